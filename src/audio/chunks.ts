/** The chunks that WAV and AIFF files are made of: four letters, a length, content. */

import type { ByteSource } from '../platform/bytes';
import { AGAIN, AudioFileError } from './errors';
import { viewOf } from './magic';

/** Recorders write some ten; more of them are damage. */
const MOST = 1000;
const HEADER = 8;

export interface Chunk {
  readonly id: string;
  /** where its content begins */
  readonly start: number;
  /** its length as the file says it */
  readonly declared: number;
}

/**
 * Chunk after chunk, by their headers alone.
 * @param at of the first one
 * @param name for errors
 * @throws AudioFileError when something else follows than a chunk
 */
export async function* readChunks(
  source: ByteSource,
  at: number,
  littleEndian: boolean,
  name: string,
): AsyncGenerator<Chunk, void, void> {
  for (let count = 0; at + HEADER <= source.size; count++) {
    // some programs leave out the byte that fills up an odd length
    const header = await source.read(at - 1, at + HEADER);
    const shift = isChunkId(header, 1) ? 1 : isChunkId(header, 0) && count > 0 ? 0 : -1;
    if (shift < 0 || count === MOST)
      throw new AudioFileError(name, `it is damaged at byte ${at}: a chunk should start there`, AGAIN);
    const start = at - 1 + shift + HEADER;
    const id = String.fromCharCode(...header.subarray(shift, shift + 4));
    const declared = viewOf(header).getUint32(shift + 4, littleEndian);
    yield { id, start, declared };
    at = start + declared + (declared % 2);
  }
}

/** Whether the bytes from `at` on are chunks to the end of the file, and nothing else. */
export function isAllChunks(bytes: Uint8Array, at: number, littleEndian: boolean): boolean {
  if (!isChunkId(bytes, at)) return false;
  const view = viewOf(bytes);
  while (at + HEADER <= bytes.length) {
    if (!isChunkId(bytes, at)) return false;
    const length = view.getUint32(at + 4, littleEndian);
    at += HEADER + length + (length % 2);
  }
  return at === bytes.length || at === bytes.length + 1;
}

/** Letters, digits and what else is printed. */
function isChunkId(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + 4; i++) if (!(bytes[i] >= 0x20 && bytes[i] < 0x7f)) return false;
  return bytes.length >= at + 4;
}
