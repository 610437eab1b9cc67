/**
 * Writes a zip archive as PyTorch reads it: entries are stored, bodies are aligned to 64 bytes by an extra field.
 * Format: APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16.
 */

import CRC32 from 'crc-32';

const ALIGNMENT = 64;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const EXTRA_BYTES = 4;
/** names are UTF-8 */
const FLAGS = 0x0800;
/** 1 January 1980: the same model gives the same file */
const DATE = 0x0021;
/** "FB", whose content is padding */
const EXTRA_ID = 0x4246;

/** @param entries names and bodies, in the order of the file */
export function writeZip(entries: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts = [...entries].map(([name, body]) => ({
    name: encoder.encode(name),
    body,
    crc: CRC32.buf(body) >>> 0,
    at: 0,
  }));
  let size = 0;
  for (const part of parts) {
    part.at = size;
    size += LOCAL_BYTES + part.name.length + extraLength(size, part.name.length) + part.body.length;
  }
  const directory = size;
  for (const { name } of parts) size += CENTRAL_BYTES + name.length;
  const file = new Uint8Array(size + END_BYTES);
  const view = new DataView(file.buffer);
  let at = directory;
  for (const { name, body, crc, at: header } of parts) {
    const extra = extraLength(header, name.length);
    const common = (offset: number) => {
      view.setUint16(offset, FLAGS, true);
      view.setUint16(offset + 6, DATE, true);
      view.setUint32(offset + 8, crc, true);
      view.setUint32(offset + 12, body.length, true);
      view.setUint32(offset + 16, body.length, true);
      view.setUint16(offset + 20, name.length, true);
    };
    view.setUint32(header, 0x04034b50, true);
    common(header + 6);
    view.setUint16(header + 28, extra, true);
    file.set(name, header + LOCAL_BYTES);
    view.setUint16(header + LOCAL_BYTES + name.length, EXTRA_ID, true);
    view.setUint16(header + LOCAL_BYTES + name.length + 2, extra - EXTRA_BYTES, true);
    file.set(body, header + LOCAL_BYTES + name.length + extra);
    view.setUint32(at, 0x02014b50, true);
    common(at + 8);
    view.setUint32(at + 42, header, true);
    file.set(name, at + CENTRAL_BYTES);
    at += CENTRAL_BYTES + name.length;
  }
  view.setUint32(at, 0x06054b50, true);
  view.setUint16(at + 8, parts.length, true);
  view.setUint16(at + 10, parts.length, true);
  view.setUint32(at + 12, at - directory, true);
  view.setUint32(at + 16, directory, true);
  return file;
}

/** Bytes of the extra field that put the body on a multiple of 64. */
function extraLength(header: number, nameLength: number): number {
  const bare = header + LOCAL_BYTES + nameLength + EXTRA_BYTES;
  return EXTRA_BYTES + ((ALIGNMENT - (bare % ALIGNMENT)) % ALIGNMENT);
}
