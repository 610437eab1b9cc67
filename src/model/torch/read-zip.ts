/**
 * Reads the zip archives that PyTorch writes. Entries are views of the file: nothing is copied or inflated.
 * Format: APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16.
 */

import { ImportError } from '../import/errors';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;
const STORED = 0;
const ENCRYPTED = 1;

export interface Zip {
  /** names in the order of the directory */
  readonly names: readonly string[];
  has(name: string): boolean;
  /**
   * The bytes of an entry, a view of the file.
   * @throws ImportError `container` if the entry is absent, compressed, encrypted or reaches beyond the file
   */
  read(name: string): Uint8Array;
}

interface Entry {
  readonly flags: number;
  readonly method: number;
  readonly size: number;
  readonly packedSize: number;
  readonly header: number;
}

export function isZip(file: Uint8Array): boolean {
  return file.length >= 4 && viewOf(file).getUint32(0, true) === LOCAL;
}

/** @throws ImportError `container` where the directory is damaged */
export function readZip(file: Uint8Array): Zip {
  const view = viewOf(file);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  const start = view.getUint32(end + 16, true);
  if (start + size > end) throw damaged('its directory lies outside of the file');
  const entries = new Map<string, Entry>();
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_BYTES > start + size || view.getUint32(at, true) !== CENTRAL)
      throw damaged(`its directory is damaged at entry ${i} of ${count}`);
    const nameLength = view.getUint16(at + 28, true);
    const next =
      at + CENTRAL_BYTES + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > start + size) throw damaged(`its directory is damaged at entry ${i} of ${count}`);
    const name = text(file.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameLength));
    if (entries.has(name)) throw damaged(`it has two entries named ${name}`);
    entries.set(name, {
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      header: view.getUint32(at + 42, true),
    });
    at = next;
  }
  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    read(name) {
      const entry = entries.get(name);
      if (!entry) throw damaged(`it has no entry ${name}`);
      return body(file, name, entry, start);
    },
  };
}

/** The sizes of the directory count: those of local headers may be 0. */
function body(file: Uint8Array, name: string, entry: Entry, limit: number): Uint8Array {
  const { flags, method, size, packedSize, header } = entry;
  if (flags & ENCRYPTED) throw damaged(`its entry ${name} is encrypted`);
  if (method !== STORED || size !== packedSize)
    throw damaged(`its entry ${name} is compressed, which PyTorch never does`);
  const view = viewOf(file);
  if (header + LOCAL_BYTES > limit || view.getUint32(header, true) !== LOCAL)
    throw damaged(`its entry ${name} has no header`);
  const begin = header + LOCAL_BYTES + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  if (begin + size > limit) throw damaged(`its entry ${name} claims ${size} bytes, more than the file holds`);
  return file.subarray(begin, begin + size);
}

function findEnd(view: DataView): number {
  const first = Math.max(0, view.byteLength - END_BYTES - LONGEST_COMMENT);
  for (let at = view.byteLength - END_BYTES; at >= first; at--) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw new ImportError('container', 'zip archive without its end: the file is truncated', {
    remedy: 'download or copy it again',
  });
}

function damaged(problem: string): ImportError {
  return new ImportError('container', `zip archive of a model: ${problem}`);
}

function viewOf(file: Uint8Array): DataView {
  return new DataView(file.buffer, file.byteOffset, file.byteLength);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
