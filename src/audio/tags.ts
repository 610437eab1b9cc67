/** What other programs put before and behind the sound of a file: ID3 and APE tags, and zeros. */

import { type ByteSource, part } from '../platform/bytes';
import { has, viewOf } from './magic';

/** A file may have several tags at either end; more than these are damage. */
const MOST_TAGS = 16;
/** Zeros behind the sound are looked through as far as this, in bytes. */
const MOST_ZEROS = 2 ** 24;
const STEP = 2 ** 16;
/** Fewer zeros at the end may be the sound itself, for instance the checksum of a silent FLAC frame. */
const FEWEST_ZEROS = 64;

/** The source without ID3v2 tags in front. */
export async function withoutFrontTags(source: ByteSource): Promise<ByteSource> {
  let start = 0;
  for (let tags = 0; tags < MOST_TAGS && start < source.size; tags++) {
    const length = id3Length(await source.read(start, start + 10));
    if (length === 0) break;
    start = Math.min(source.size, start + length);
  }
  return start === 0 ? source : part(source, start, source.size);
}

/** The source without ID3v1, ID3v2 and APE tags behind the sound, and without a long run of zeros there. */
export async function withoutEndTags(source: ByteSource): Promise<ByteSource> {
  let end = source.size;
  for (let tags = 0; tags < MOST_TAGS; tags++) {
    // a tag may itself end in zeros
    let shorter = await beforeTag(source, end);
    if (shorter === end) {
      const zeros = end - (await beforeZeros(source, end));
      shorter = await beforeTag(source, end - zeros);
      if (shorter === end - zeros && zeros >= FEWEST_ZEROS) shorter += FEWEST_ZEROS;
      else if (shorter === end - zeros) shorter = end;
    }
    if (shorter === end) break;
    end = shorter;
  }
  return end === source.size ? source : part(source, 0, end);
}

/** Bytes of an ID3v2 tag; 0 where there is none. */
function id3Length(header: Uint8Array): number {
  if (!has(header, 0, 'ID3') || header.length < 10) return 0;
  const footer = header[5] & 0x10 ? 10 : 0;
  return 10 + footer + ((header[6] << 21) | (header[7] << 14) | (header[8] << 7) | header[9]);
}

/** @returns where the tag that ends at `end` begins; `end` where there is none */
async function beforeTag(source: ByteSource, end: number): Promise<number> {
  const tail = await source.read(Math.max(0, end - 128), end);
  const footer = (length: number) => Math.max(0, tail.length - length);
  if (tail.length === 128 && has(tail, 0, 'TAG')) return end - 128;
  if (has(tail, footer(10), '3DI')) {
    const at = tail.slice(footer(10));
    at.set([0x49, 0x44, 0x33]);
    return Math.max(0, end - id3Length(at));
  }
  if (has(tail, footer(32), 'APETAGEX')) {
    const view = viewOf(tail.subarray(footer(32)));
    const header = view.getUint32(20, true) & 0x80000000 ? 32 : 0;
    return Math.max(0, end - header - view.getUint32(12, true));
  }
  return end;
}

/** @returns the end of what is not zero, where that is found near by; else `end` */
async function beforeZeros(source: ByteSource, end: number): Promise<number> {
  const first = Math.max(0, end - MOST_ZEROS);
  for (let to = end; to > first; to -= STEP) {
    const from = Math.max(first, to - STEP);
    const last = (await source.read(from, to)).findLastIndex((byte) => byte !== 0);
    if (last >= 0) return from + last + 1;
  }
  return end;
}
