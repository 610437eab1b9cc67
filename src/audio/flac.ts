/** FLAC files, cut for a decoder that loses frames whose header lies in two blocks. */

import type { ByteSource } from '../platform/bytes';

/** The longest header of a frame. */
const HEADER = 16;

/**
 * About `step` bytes at a time; no block ends within what may be the header of a frame.
 * @param start where the file begins, behind its tags
 */
export async function* flacBlocks(
  source: ByteSource,
  step: number,
  start = 0,
): AsyncGenerator<Uint8Array, void, void> {
  for (let at = start; at < source.size; ) {
    const block = await source.read(at, at + step);
    const end = at + block.length < source.size ? beforeHeader(block) : block.length;
    yield block.subarray(0, end);
    at += end;
  }
}

/** The end of the block, or where a header may begin shortly before it: 14 bits of sync, a zero. */
function beforeHeader(block: Uint8Array): number {
  for (let at = Math.max(1, block.length - HEADER); at < block.length; at++) {
    if (block[at] === 0xff && (at + 1 === block.length || (block[at + 1] & 0xfe) === 0xf8)) return at;
  }
  return block.length;
}
