/**
 * The pages of an Ogg file. Each says how long it is and carries a checksum (RFC 3533); decoders skip
 * damaged ones and call the rest a shorter recording.
 */

import type { ByteSource } from '../platform/bytes';
import { AGAIN, AudioFileError } from './errors';

const HEADER = 27;
/** The longest page: header, 255 lengths of segments, 255 bytes in each. */
export const LONGEST_PAGE = HEADER + 255 + 255 * 255;

/**
 * Whole pages, checked, about `step` bytes of them at a time.
 * @param name for errors
 * @throws AudioFileError when a page is damaged or missing, or the last one breaks off
 */
export async function* oggPages(
  source: ByteSource,
  step: number,
  name: string,
): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < source.size; ) {
    const window = await source.read(at, at + step + LONGEST_PAGE);
    const end = wholePages(window, step, at, name);
    yield window.subarray(0, end);
    at += end;
  }
}

/** @returns the end of the first page in `window` that ends at or beyond `step`, or of the last */
function wholePages(window: Uint8Array, step: number, offset: number, name: string): number {
  let at = 0;
  while (at < Math.min(step, window.length)) {
    if (!isOggPage(window, at))
      throw new AudioFileError(
        name,
        `it is damaged at byte ${offset + at}: an Ogg page should start there`,
        AGAIN,
      );
    const end = pageEnd(window, at);
    if (!(end <= window.length))
      throw new AudioFileError(
        name,
        `it is truncated: its last Ogg page breaks off at byte ${offset + window.length}`,
        AGAIN,
      );
    if (!hasOggChecksum(window.subarray(at, end)))
      throw new AudioFileError(
        name,
        `it is damaged: the checksum of its Ogg page at byte ${offset + at} is wrong`,
        AGAIN,
      );
    at = end;
  }
  return at;
}

export function isOggPage(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x4f && bytes[at + 1] === 0x67 && bytes[at + 2] === 0x67 && bytes[at + 3] === 0x53;
}

/** @returns NaN where the page's header is not all there */
function pageEnd(bytes: Uint8Array, at: number): number {
  const segments = bytes[at + HEADER - 1];
  let end = at + HEADER + segments;
  for (let i = at + HEADER; i < at + HEADER + segments; i++) end += bytes[i];
  return end;
}

const CHECKSUM = 22;
const CRC_32 = 0x04c11db7;
/** What a byte adds to a remainder, most significant bit first. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 24;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder < 0 ? CRC_32 : 0);
  return remainder;
});

/** The checksum counts as zero in itself. */
function hasOggChecksum(page: Uint8Array): boolean {
  let remainder = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= CHECKSUM && i < CHECKSUM + 4 ? 0 : page[i];
    remainder = (remainder << 8) ^ REMAINDERS[(remainder >>> 24) ^ byte];
  }
  const view = new DataView(page.buffer, page.byteOffset, page.length);
  return view.getUint32(CHECKSUM, true) === remainder >>> 0;
}
