/** Writes a pickle of protocol 2: the counterpart of unpickle.ts. */

import {
  Dict,
  Float,
  Global,
  Instance,
  List,
  OrderedDict,
  StorageRef,
  TensorRef,
  Tuple,
  type Value,
} from './values';

/**
 * Lists, dictionaries and objects that occur more than once are written once, so they may hold themselves.
 * @param value tensors refer to storages by their keys
 */
export function pickle(value: Value): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.bytes.push(0x80, 2);
  writer.value(value);
  writer.bytes.push(0x2e);
  return Uint8Array.from(writer.bytes);
}

const MARK = 0x28;
const TUPLE = 0x74;
const REDUCE = 0x52;
const NEWOBJ = 0x81;
const BUILD = 0x62;
const SETITEMS = 0x75;
const APPENDS = 0x65;
const EMPTY_TUPLE = 0x29;

class Writer {
  readonly bytes: number[] = [];
  readonly #memo = new Map<object, number>();
  readonly #encoder = new TextEncoder();

  value(value: Value): void {
    if (value === null) this.bytes.push(0x4e);
    else if (typeof value === 'boolean') this.bytes.push(value ? 0x88 : 0x89);
    else if (typeof value === 'number') this.#number(value);
    else if (value instanceof Float) this.#float(value.value);
    else if (typeof value === 'bigint') throw new Error('a checkpoint holds no number beyond 2^53');
    else if (typeof value === 'string') this.#text(value);
    else if (value instanceof StorageRef) this.#storage(value);
    else if (value instanceof TensorRef) this.#tensor(value);
    else if (value instanceof Tuple) this.#tuple(value.items);
    else if (value instanceof Global) this.#global(value.module, value.member);
    else this.#shared(value);
  }

  #shared(value: List | Dict | Instance): void {
    const known = this.#memo.get(value);
    if (known !== undefined) {
      this.bytes.push(0x6a, ...uint32(known));
      return;
    }
    if (value instanceof Instance) {
      this.value(value.global);
      this.value(value.args);
      this.bytes.push(NEWOBJ);
    } else if (value instanceof OrderedDict) {
      this.#global('collections', 'OrderedDict');
      this.bytes.push(EMPTY_TUPLE, REDUCE);
    } else this.bytes.push(value instanceof List ? 0x5d : 0x7d);
    this.bytes.push(0x72, ...uint32(this.#memo.size));
    this.#memo.set(value, this.#memo.size);
    if (value instanceof List) this.#items(value.items);
    else if (value instanceof Dict) this.#entries(value.entries);
    else {
      this.value(value.state);
      this.bytes.push(BUILD);
    }
  }

  #items(items: readonly Value[]): void {
    if (items.length === 0) return;
    this.bytes.push(MARK);
    for (const item of items) this.value(item);
    this.bytes.push(APPENDS);
  }

  #entries(entries: ReadonlyMap<Value, Value>): void {
    if (entries.size === 0) return;
    this.bytes.push(MARK);
    for (const [key, item] of entries) {
      this.value(key);
      this.value(item);
    }
    this.bytes.push(SETITEMS);
  }

  #tuple(items: readonly Value[]): void {
    if (items.length === 0) {
      this.bytes.push(EMPTY_TUPLE);
      return;
    }
    this.bytes.push(MARK);
    for (const item of items) this.value(item);
    this.bytes.push(TUPLE);
  }

  #number(value: number): void {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 31 && !Object.is(value, -0)) {
      this.bytes.push(0x4a, ...uint32(value));
    } else this.#float(value);
  }

  #float(value: number): void {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value, false);
    this.bytes.push(0x47, ...new Uint8Array(view.buffer));
  }

  #text(text: string): void {
    const encoded = this.#encoder.encode(text);
    this.bytes.push(0x58, ...uint32(encoded.length));
    for (const byte of encoded) this.bytes.push(byte);
  }

  #global(module: string, member: string): void {
    this.bytes.push(0x63, ...this.#encoder.encode(`${module}\n${member}\n`));
  }

  #storage({ type, key, elements }: StorageRef): void {
    this.#tuple(['storage', new Global('torch', type), key, 'cpu', elements]);
    this.bytes.push(0x51);
  }

  #tensor({ storage, offset, shape, strides }: TensorRef): void {
    this.#global('torch._utils', '_rebuild_tensor_v2');
    this.#tuple([storage, offset, new Tuple([...shape]), new Tuple([...strides]), false, new OrderedDict()]);
    this.bytes.push(REDUCE);
  }
}

function uint32(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255];
}
