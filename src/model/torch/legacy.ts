/**
 * The layout of PyTorch before 1.6: five pickles (a magic number, a version, the machine's sizes, the object,
 * the keys of its storages), then each storage's count of elements and its elements.
 */

import { ImportError } from '../import/errors';
import { unpickle } from './unpickle';
import { Dict, List, type Value } from './values';

/** The first pickle: protocol 2, LONG1 of ten bytes. */
const MAGIC = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const VERSION = 1001;
const COUNT_BYTES = 8;

export interface LegacyFile {
  readonly root: Value;
  readonly storages: ReadonlyMap<string, Uint8Array>;
}

export function isLegacy(file: Uint8Array): boolean {
  return file.length >= MAGIC.length && MAGIC.every((byte, i) => file[i] === byte);
}

/**
 * @param elementBytes bytes of an element, by the name of its storage; undefined where it is unknown
 * @throws ImportError
 */
export function readLegacy(file: Uint8Array, elementBytes: (type: string) => number | undefined): LegacyFile {
  let at = 0;
  const types = new Map<string, string>();
  const next = () => {
    const { value, end } = unpickle(file, at, file.length, ({ key, type }) => types.set(key, type));
    at = end;
    return value;
  };
  next();
  if (next() !== VERSION) throw wrong(`its version is not ${VERSION}`);
  const system = next();
  if (!(system instanceof Dict) || system.entries.get('little_endian') !== true)
    throw wrong('its numbers are not little-endian');
  const root = next();
  const keys = next();
  if (!(keys instanceof List)) throw wrong('it has no list of storages');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const storages = new Map<string, Uint8Array>();
  for (const key of keys.items) {
    const width = typeof key === 'string' ? elementBytes(types.get(key) ?? '') : undefined;
    if (typeof key !== 'string' || width === undefined) throw wrong('a storage that no tensor uses');
    if (at + COUNT_BYTES > file.length) throw wrong(`it ends before storage ${key}`);
    const size = Number(view.getBigUint64(at, true)) * width;
    at += COUNT_BYTES;
    if (at + size > file.length) throw wrong(`it ends inside storage ${key}`);
    storages.set(key, file.subarray(at, at + size));
    at += size;
  }
  return { root, storages };
}

function wrong(problem: string): ImportError {
  return new ImportError('container', `PyTorch file of the layout before version 1.6: ${problem}`);
}
