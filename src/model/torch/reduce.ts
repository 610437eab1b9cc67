/** What calls and persistent ids of a pickle stand for. Nothing is called: each is read as data. */

import { ImportError } from '../import/errors';
import { Dict, Global, Instance, List, OrderedDict, StorageRef, TensorRef, type Value } from './values';

/** `global(*args)` */
export function reduced(global: Global, args: List): Value {
  const { items } = args;
  switch (global.name) {
    case 'collections OrderedDict':
      return new OrderedDict();
    case 'collections defaultdict':
      return new Dict();
    case 'torch._utils _rebuild_tensor':
    case 'torch._utils _rebuild_tensor_v2':
      return tensor(items);
    case 'torch._utils _rebuild_parameter':
    case 'torch.jit._pickle restore_type_tag':
    case 'torch.jit._pickle build_tensorlist':
    case 'torch.jit._pickle build_intlist':
    case 'torch.jit._pickle build_doublelist':
    case 'torch.jit._pickle build_boollist':
      return items.length > 0 ? items[0] : null;
    default:
      return new Instance(global, args);
  }
}

function tensor([storage, offset, shape, strides]: readonly Value[]): TensorRef {
  if (!(storage instanceof StorageRef)) throw wrong('a tensor without a storage');
  if (!isCount(offset)) throw wrong('a tensor whose offset is no count');
  if (!(shape instanceof List && shape.items.every(isCount))) throw wrong('a tensor without a shape');
  if (!(strides instanceof List && strides.items.every(isCount))) throw wrong('a tensor without strides');
  if (shape.items.length !== strides.items.length) throw wrong('a tensor with a stride too many or too few');
  if (shape.items.length > 8) throw wrong(`a tensor of ${shape.items.length} dimensions`);
  return new TensorRef(storage, offset, shape.items.filter(isCount), strides.items.filter(isCount));
}

/**
 * `('storage', type, key, location, elements)`, and in the legacy layout a sixth part: None, or the key, offset
 * and count of a view.
 */
export function persistent(id: Value): StorageRef {
  if (!(id instanceof List) || id.items[0] !== 'storage') throw wrong('a persistent id that is no storage');
  const [, type, key, , elements, view = null] = id.items;
  if (!(type instanceof Global && type.module === 'torch' && type.member.endsWith('Storage')))
    throw wrong('a storage without a type');
  if (typeof key !== 'string' || !/^\d{1,20}$/.test(key)) throw wrong('a storage whose key is not a number');
  if (!isCount(elements)) throw wrong('a storage without a size');
  if (view === null) return new StorageRef(type.member, key, elements, 0, elements);
  const [, start, count] = view instanceof List ? view.items : [];
  if (!isCount(start) || !isCount(count) || start + count > elements)
    throw wrong('a view that reaches beyond its storage');
  return new StorageRef(type.member, key, elements, start, count);
}

function isCount(value: Value): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function wrong(what: string): ImportError {
  return new ImportError('pickle', `pickled object: it holds ${what}`);
}
