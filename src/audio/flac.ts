/** FLAC files, cut for a decoder that loses frames whose header lies in two blocks. */

import { type ByteSource, part } from '../platform/bytes';
import { viewOf } from './magic';

/** The longest header of a frame. */
const HEADER = 16;

/** About `step` bytes at a time; no block ends within what may be the header of a frame. */
export async function* flacBlocks(source: ByteSource, step: number): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < source.size; ) {
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

/**
 * @param at where STREAMINFO begins
 * @returns sample rate in Hz and samples a channel; 0 where they are not said
 */
export function flacInfo(head: Uint8Array, at: number): { rate: number; samples: number } {
  if (head.length < at + 18) return { rate: 0, samples: 0 };
  const view = viewOf(head);
  return {
    rate: view.getUint32(at + 10) >>> 12,
    samples: (head[at + 13] & 15) * 2 ** 32 + view.getUint32(at + 14),
  };
}

/** Frames are seldom longer. */
const LAST_FRAME = 2 ** 18;
const CRC_16 = 0x8005;

/**
 * The source without zeros behind its last frame: the decoder would take them for a part of it. A frame with its
 * checksum has the remainder 0.
 */
export async function withoutZeros(source: ByteSource): Promise<ByteSource> {
  const start = Math.max(0, source.size - LAST_FRAME);
  const bytes = await source.read(start, source.size);
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  // the checksum itself may end in zeros
  if (bytes.length - end < 3) return source;
  for (let at = end - 2; at >= 0; at--) {
    if (bytes[at] !== 0xff || (bytes[at + 1] & 0xfe) !== 0xf8) continue;
    let remainder = crc16(bytes.subarray(at, end));
    for (let to = end; to <= end + 2; to++) {
      if (remainder === 0) return part(source, 0, start + to);
      remainder = crc16(bytes.subarray(to, to + 1), remainder);
    }
  }
  return source;
}

function crc16(bytes: Uint8Array, remainder = 0): number {
  for (const byte of bytes) {
    remainder ^= byte << 8;
    for (let bit = 0; bit < 8; bit++)
      remainder = ((remainder << 1) ^ (remainder & 0x8000 ? CRC_16 : 0)) & 0xffff;
  }
  return remainder;
}
