/** The checksum of everything that is kept and read again: CRC-32C (Castagnoli). */

/** The polynomial 0x1edc6f41, its bits in reverse order. */
const POLYNOMIAL = 0x82f63b78;
/** Bytes that one round takes. */
const ROUND = 4;

/** Row k, entry b: the remainder of byte b with k zero bytes behind it (Sarwate 1988, Kounavis and Berry 2005). */
const TABLES = makeTables();

function makeTables(): readonly Int32Array[] {
  const tables = Array.from({ length: ROUND }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[0][byte] = crc;
  }
  for (let k = 1; k < ROUND; k++) {
    tables[k] = tables[k - 1].map((crc) => (crc >>> 8) ^ tables[0][crc & 255]);
  }
  return tables;
}

/**
 * Finds damage; it does not withstand forgery.
 * @returns an unsigned 32-bit integer; it differs after any change within 32 successive bits, and after all but
 *   one in four billion of other changes
 */
export function checksum(bytes: Uint8Array): number {
  const [last, third, second, first] = TABLES;
  const whole = bytes.length - (bytes.length % ROUND);
  let crc = -1;
  for (let i = 0; i < whole; i += ROUND) {
    const word = crc ^ (bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24));
    crc = first[word & 255] ^ second[(word >>> 8) & 255] ^ third[(word >>> 16) & 255] ^ last[word >>> 24];
  }
  for (let i = whole; i < bytes.length; i++) crc = (crc >>> 8) ^ last[(crc ^ bytes[i]) & 255];
  return ~crc >>> 0;
}

/** Bytes that a checksum takes in a file. */
export const CHECKSUM_BYTES = 4;

/** @returns a copy with its checksum at the end, little-endian */
export function seal(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const sealed = new Uint8Array(bytes.length + CHECKSUM_BYTES);
  sealed.set(bytes);
  new DataView(sealed.buffer).setUint32(bytes.length, checksum(bytes), true);
  return sealed;
}

/** @returns what was sealed, in the same memory; null when it or its checksum is damaged */
export function unseal<T extends ArrayBufferLike>(sealed: Uint8Array<T>): Uint8Array<T> | null {
  const length = sealed.length - CHECKSUM_BYTES;
  if (length < 0) return null;
  const bytes = sealed.subarray(0, length);
  const view = new DataView(sealed.buffer, sealed.byteOffset);
  return view.getUint32(length, true) === checksum(bytes) ? bytes : null;
}
