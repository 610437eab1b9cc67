/** About how long a file plays, by its headers alone. */

import type { ByteSource } from '../platform/bytes';
import { findAiffSound } from './aiff';
import { identify, promisedSamples } from './container';
import { flacInfo } from './flac';
import { viewOf } from './magic';
import { isMp3Frame, mp3BitRate, mp3Rate } from './mp3';
import { codecOf, firstPacket, isOggPage, LONGEST_PAGE, pageLength } from './ogg';
import { findWavSound } from './wav';

/** kbit/s */
const TYPICAL_BIT_RATE = 128;

/**
 * For telling the time left; exact but for some MP3 files, for AAC and for chained Ogg.
 * @returns seconds; a guess from size and bit rate where the headers do not say; 0 when it is no audio
 * @throws AudioFileError when it is a broken WAV or AIFF
 */
export async function audioSeconds(source: ByteSource): Promise<number> {
  const container = await identify(source);
  const { kind, head, content } = container;
  if (!kind) return 0;
  if (kind === 'wav' || kind === 'aiff') {
    const { length, sampleRate } = await (kind === 'wav' ? findWavSound : findAiffSound)(content, '');
    return sampleRate > 0 ? length / sampleRate : 0;
  }
  const isMp3 = kind === 'mp3' && isMp3Frame(head, 0);
  const guess = content.size / (125 * ((isMp3 && mp3BitRate(head)) || TYPICAL_BIT_RATE));
  if (kind === 'ogg') {
    const rate = oggRate(head);
    const last = await lastGranule(content);
    return rate > 0 && last > 0 ? last / rate : guess;
  }
  const samples = promisedSamples(container);
  const rate = kind === 'flac' ? flacInfo(head, 8).rate : isMp3 ? mp3Rate(head) : 0;
  return samples > 0 && rate > 0 ? samples / rate : guess;
}

/** Hz of an Ogg file's first stream of sound; 0 where its header is cut short or missing. */
function oggRate(head: Uint8Array): number {
  const page = firstSound(head);
  const packet = page ? firstPacket(page) : 0;
  if (!page || page.length < packet + 40) return 0;
  switch (codecOf(page)) {
    case 'opus':
      return 48_000;
    case 'vorbis':
      return viewOf(page).getUint32(packet + 12, true);
    default:
      return flacInfo(page, packet + 17).rate;
  }
}

/** The first page of a stream of sound, and what follows; null where there is none. */
function firstSound(head: Uint8Array): Uint8Array | null {
  for (let at = 0; isOggPage(head, at); ) {
    const page = head.subarray(at);
    if (codecOf(page)) return page;
    at += pageLength(page, 0);
  }
  return null;
}

/** The position that the last page of an Ogg file ends at, in samples; 0 where none is found. */
async function lastGranule(source: ByteSource): Promise<number> {
  const tail = await source.read(Math.max(0, source.size - LONGEST_PAGE), source.size);
  for (let at = tail.length - 27; at >= 0; at--) {
    if (!isOggPage(tail, at)) continue;
    const view = viewOf(tail);
    return view.getUint32(at + 10, true) * 2 ** 32 + view.getUint32(at + 6, true);
  }
  return 0;
}
