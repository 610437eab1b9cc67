/** Converts to and from IEEE 754 half precision. */

/** The largest finite half. */
export const HALF_MAX = 65504;

/** 2^(e - 15) for each biased exponent e of a normal half. */
const SCALE = Float64Array.from({ length: 32 }, (_, exponent) => 2 ** (exponent - 15));
/** The smallest subnormal half. */
const STEP = 2 ** -24;
/** Adding and then subtracting 2^52 rounds a small double to a whole number, ties to even. */
const ROUNDER = 2 ** 52;

/** Reads `count` little-endian halves. */
export function decodeHalves(bytes: Uint8Array, count: number): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = decodeHalf(view.getUint16(i * 2, true));
  return values;
}

/** @param bits of one half */
export function decodeHalf(bits: number): number {
  const exponent = (bits >>> 10) & 31;
  const mantissa = bits & 1023;
  let value: number;
  if (exponent === 0) value = mantissa * STEP;
  else if (exponent < 31) value = (1 + mantissa / 1024) * SCALE[exponent];
  else value = mantissa === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  return bits & 0x8000 ? -value : value;
}

/**
 * Writes `values` as little-endian halves, rounded to nearest, ties to even. A value that rounds beyond the largest
 * half becomes an infinity.
 * @param values without NaN
 */
export function encodeHalves(values: Float32Array, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < values.length; i++) {
    const sign = (words[i] >>> 16) & 0x8000;
    const magnitude = words[i] & 0x7fffffff;
    let half: number;
    // 0x477ff000 is 65520, halfway beyond the largest half; 0x38800000 is 2^-14, the smallest normal half
    if (magnitude >= 0x477ff000) half = 0x7c00;
    else if (magnitude < 0x38800000) half = Math.abs(values[i]) / STEP + ROUNDER - ROUNDER;
    else half = ((magnitude + 0xfff + ((magnitude >>> 13) & 1)) >>> 13) - ((127 - 15) << 10);
    view.setUint16(i * 2, sign | half, true);
  }
}
