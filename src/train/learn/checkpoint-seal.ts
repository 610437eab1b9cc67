/**
 * The checksum of a checkpoint file. It is stored in the file's metadata as eight hexadecimal digits, and
 * computed with zeros in their place.
 */

import { checksum } from '../../platform/checksum';

const DIGITS = 8;
/** Unique in the header: inside other strings, the quotes would be escaped. */
const MARK = '"checksum":"';

/** The placeholder before the file is sealed. */
export const UNSEALED = '0'.repeat(DIGITS);

/** Writes the checksum into a file with a placeholder; returns the same file. */
export function sealCheckpoint(file: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const at = placeOf(file);
  file.set(new TextEncoder().encode(UNSEALED), at);
  file.set(new TextEncoder().encode(hex(checksum(file))), at);
  return file;
}

export function isWhole(file: Uint8Array): boolean {
  const at = placeOf(file);
  if (at < 0) return false;
  const found = new TextDecoder().decode(file.subarray(at, at + DIGITS));
  const copy = new Uint8Array(file);
  copy.set(new TextEncoder().encode(UNSEALED), at);
  return found === hex(checksum(copy));
}

/** Position of the digits; -1 without a checksum. */
function placeOf(file: Uint8Array): number {
  const first = MARK.charCodeAt(0);
  for (let at = file.indexOf(first); at >= 0; at = file.indexOf(first, at + 1)) {
    if ([...MARK].every((letter, i) => file[at + i] === letter.charCodeAt(0))) return at + MARK.length;
  }
  return -1;
}

const hex = (sum: number): string => sum.toString(16).padStart(DIGITS, '0');
