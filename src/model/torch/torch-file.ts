/** A file written by PyTorch: its pickled object, and the numbers behind the object's tensors. */

import { decodeHalf } from '../float16';
import { LARGEST_VALUE } from '../format';
import { ImportError } from '../import/errors';
import { isLegacy, readLegacy } from './legacy';
import { isZip, readZip, type Zip } from './read-zip';
import { unpickle } from './unpickle';
import type { TensorRef, Value } from './values';

/** Bytes of one element, by the name of its storage. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  FloatStorage: 4,
  DoubleStorage: 8,
  HalfStorage: 2,
  BFloat16Storage: 2,
  LongStorage: 8,
  IntStorage: 4,
  ShortStorage: 2,
  CharStorage: 1,
  ByteStorage: 1,
  BoolStorage: 1,
};

/** Values that may be read from a file are these times its bytes: no view may be read again and again. */
const MOST_READS = 4;

export interface TorchFile {
  readonly root: Value;
  /** of the archive's first folder, which is the file's name as it was saved; empty in the old layout */
  readonly folder: string;
  /** the text of an entry of the archive; undefined where there is none */
  text(name: string): string | undefined;
  /**
   * Checks that a tensor lies within its storage, and its storage in the file. Reads nothing.
   * @throws ImportError `tensor`
   */
  check(name: string, tensor: TensorRef): void;
  /**
   * The values of a tensor, row-major, as 32-bit floats.
   * @throws ImportError `tensor` also for values that no model has
   */
  values(name: string, tensor: TensorRef): Float32Array<ArrayBuffer>;
}

export function isTorchFile(file: Uint8Array): boolean {
  return isZip(file) || isLegacy(file);
}

/** @throws ImportError `container` or `pickle` */
export function openTorchFile(file: Uint8Array): TorchFile {
  return isLegacy(file) ? legacy(file) : zipped(file);
}

function zipped(file: Uint8Array): TorchFile {
  const zip = readZip(file);
  const folder = folderOf(zip);
  if (zip.has(`${folder}byteorder`) && decode(zip.read(`${folder}byteorder`)).trim() !== 'little')
    throw new ImportError('container', 'zip archive of a model: its numbers are not little-endian');
  const read = (key: string) => {
    const name = `${folder}data/${key}`;
    return zip.has(name) ? zip.read(name) : undefined;
  };
  return {
    folder: folder.slice(0, -1),
    root: unpickle(zip.read(`${folder}data.pkl`), 0, file.length).value,
    text: (name) => (zip.has(folder + name) ? decode(zip.read(folder + name)) : undefined),
    ...tensorReader(file.length, read),
  };
}

/** The archive's first folder, which all entries share. */
function folderOf(zip: Zip): string {
  const pickle = zip.names.find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle) return pickle.slice(0, pickle.indexOf('/') + 1);
  const [first = 'nothing'] = zip.names;
  throw new ImportError(
    'not-a-model',
    `zip archive, but not one of PyTorch: it has no data.pkl, and begins with ${first}`,
  );
}

function legacy(file: Uint8Array): TorchFile {
  const { root, storages } = readLegacy(file, (type) => ELEMENT_BYTES[type]);
  return {
    root,
    folder: '',
    text: () => undefined,
    ...tensorReader(file.length, (key) => storages.get(key)),
  };
}

function tensorReader(
  fileSize: number,
  storage: (key: string) => Uint8Array | undefined,
): Pick<TorchFile, 'check' | 'values'> {
  let allowance = MOST_READS * fileSize;
  const locate = (name: string, tensor: TensorRef): Uint8Array => {
    const { type, key, elements, start, count } = tensor.storage;
    const bytes = storage(key);
    if (!bytes) throw wrong(name, `its storage ${key} is missing`);
    const width = ELEMENT_BYTES[type];
    if (width === undefined) throw wrong(name, `its numbers are of the unknown type ${type}`);
    if (elements * width !== bytes.length)
      throw wrong(name, `its storage ${key} should have ${elements * width} bytes and has ${bytes.length}`);
    const size = tensor.shape.reduce((product, extent) => product * extent, 1);
    if (size > count) throw wrong(name, `it has ${size} values, and its storage ${count}`);
    const last = tensor.shape.reduce(
      (sum, extent, i) => sum + (extent - 1) * tensor.strides[i],
      tensor.offset,
    );
    if (size > 0 && last >= count)
      throw wrong(name, `it reaches value ${last} of its storage, which has ${count}`);
    return bytes.subarray(start * width, (start + count) * width);
  };
  return {
    check: locate,
    values(name, tensor) {
      const bytes = locate(name, tensor);
      const size = tensor.shape.reduce((product, extent) => product * extent, 1);
      allowance -= 4 * size;
      if (allowance < 0) throw wrong(name, 'the file reads its numbers more often than a model does');
      const values = gather(bytes, tensor, size);
      const wild = values.findIndex((value) => !(Math.abs(value) <= LARGEST_VALUE));
      if (wild >= 0)
        throw wrong(name, `value ${wild} is ${values[wild]}: the file is damaged, or training diverged`);
      return values;
    },
  };
}

/** Row-major values of a view. */
function gather(
  bytes: Uint8Array,
  { storage, offset, shape, strides }: TensorRef,
  size: number,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(size);
  if (storage.type === 'FloatStorage' && isContiguous(shape, strides)) {
    new Uint8Array(values.buffer).set(bytes.subarray(4 * offset, 4 * (offset + size)));
    return values;
  }
  const read = elementReader(storage.type, bytes);
  const index = shape.map(() => 0);
  let at = offset;
  for (let i = 0; i < size; i++) {
    values[i] = read(at);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return values;
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

function elementReader(type: string, bytes: Uint8Array): (index: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case 'FloatStorage':
      return (i) => view.getFloat32(4 * i, true);
    case 'DoubleStorage':
      return (i) => view.getFloat64(8 * i, true);
    case 'HalfStorage':
      return (i) => decodeHalf(view.getUint16(2 * i, true));
    case 'BFloat16Storage': {
      const bits = new DataView(new ArrayBuffer(4));
      return (i) => {
        bits.setUint32(0, view.getUint16(2 * i, true) << 16);
        return bits.getFloat32(0);
      };
    }
    case 'LongStorage':
      return (i) => Number(view.getBigInt64(8 * i, true));
    case 'IntStorage':
      return (i) => view.getInt32(4 * i, true);
    case 'ShortStorage':
      return (i) => view.getInt16(2 * i, true);
    case 'CharStorage':
      return (i) => view.getInt8(i);
    default:
      return (i) => view.getUint8(i);
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function wrong(name: string, problem: string): ImportError {
  return new ImportError('tensor', `tensor ${name}: ${problem}`);
}
