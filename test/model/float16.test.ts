import { describe, expect, it } from 'vitest';
import { decodeHalves, encodeHalves } from '../../src/model/float16';

function encode(values: number[]): Uint16Array {
  const bytes = new Uint8Array(values.length * 2);
  encodeHalves(Float32Array.from(values), bytes);
  return new Uint16Array(bytes.buffer);
}

const allFinite = Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits);
const values = decodeHalves(new Uint8Array(allFinite.buffer), allFinite.length);

describe('float16', () => {
  it('knows the landmarks', () => {
    expect([...values.subarray(0, 2)]).toEqual([0, 2 ** -24]);
    expect(values[0x0400]).toBe(2 ** -14);
    expect(values[0x3c00]).toBe(1);
    expect(values[0x7bff]).toBe(65504);
    expect([...decodeHalves(new Uint8Array([0, 0x7c, 0, 0xfc, 1, 0x7c]), 3)]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });

  it('returns every finite half unchanged, of either sign', () => {
    expect(encode([...values])).toEqual(allFinite);
    expect(encode([...values].map((value) => -value))).toEqual(allFinite.map((bits) => bits | 0x8000));
  });

  it('rounds to the nearest, ties to even', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const middle = (values[bits] + values[bits + 1]) / 2;
      const nudge = middle * 2 ** -22;
      const even = bits % 2 === 0 ? bits : bits + 1;
      expect([...encode([middle - nudge, middle, middle + nudge])]).toEqual([bits, even, bits + 1]);
    }
  });

  it('overflows to infinity from halfway beyond the largest on', () => {
    expect([...encode([65519, 65520, 1e30, -1e30])]).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00]);
  });

  it('reads and writes at odd addresses', () => {
    const bytes = new Uint8Array(9);
    encodeHalves(Float32Array.of(0, 1, -2, 0.5).subarray(1), bytes.subarray(1, 7));
    expect([...decodeHalves(bytes.subarray(1), 3)]).toEqual([1, -2, 0.5]);
  });
});
