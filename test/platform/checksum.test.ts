import { describe, expect, it } from 'vitest';
import { checksum, seal, unseal } from '../../src/platform/checksum';

const text = (letters: string) => new TextEncoder().encode(letters);

describe('the checksum', () => {
  it('is CRC-32C', () => {
    // RFC 3720, B.4
    expect(checksum(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(checksum(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(checksum(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(checksum(text('123456789'))).toBe(0xe3069283);
    expect(checksum(new Uint8Array())).toBe(0);
  });

  it('stands behind what it belongs to', () => {
    const sealed = seal(text('sound'));
    expect(new TextDecoder().decode(unseal(sealed)!)).toBe('sound');
    for (let bit = 0; bit < 8 * sealed.length; bit++) {
      const damaged = sealed.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(unseal(damaged)).toBeNull();
    }
    expect(unseal(sealed.subarray(1))).toBeNull();
    expect(unseal(new Uint8Array(3))).toBeNull();
  });
});
