/** About how long a file plays, by its headers alone. */

import type { ByteSource } from '../platform/bytes';
import { firstPacket, flacInfo, identify, isMp3Frame, promisedSamples, viewOf } from './container';
import { isOggPage, LONGEST_PAGE } from './ogg';
import { findWavSound } from './wav';

/** kbit/s by the index in the header of a frame, of MPEG 1 and of the lower sample rates. */
const BIT_RATES = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const LOW_BIT_RATES = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const TYPICAL_BIT_RATE = 128;

/**
 * For telling the time left; exact but for some MP3 files.
 * @returns seconds; a guess from size and bit rate where the headers do not say; 0 when it is no audio
 * @throws AudioFileError when it is a broken WAV
 */
export async function audioSeconds(source: ByteSource): Promise<number> {
  const container = await identify(source);
  const { kind, head, start } = container;
  if (kind === 'wav') {
    const { length, sampleRate } = await findWavSound(source, '');
    return sampleRate > 0 ? length / sampleRate : 0;
  }
  if (!kind) return 0;
  const guess = (source.size - start) / (125 * (bitRate(head) || TYPICAL_BIT_RATE));
  if (isOggPage(head, 0)) {
    const packet = firstPacket(head);
    if (head.length < packet + 40) return guess;
    const rate =
      kind === 'opus'
        ? 48_000
        : kind === 'vorbis'
          ? viewOf(head).getUint32(packet + 12, true)
          : flacInfo(head, packet + 17).rate;
    const last = await lastGranule(source);
    return rate > 0 && last > 0 ? last / rate : guess;
  }
  const samples = promisedSamples(container);
  const rate = kind === 'flac' ? flacInfo(head, 8).rate : isMp3Frame(head, 0) ? mp3Rate(head) : 0;
  return samples > 0 && rate > 0 ? samples / rate : guess;
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

/** kbit/s of an MP3's first frame; 0 where there is none, or it does not say. */
function bitRate(head: Uint8Array): number {
  if (!isMp3Frame(head, 0)) return 0;
  const isMpeg1 = (head[1] & 0x18) === 0x18;
  return (isMpeg1 ? BIT_RATES : LOW_BIT_RATES)[head[2] >> 4];
}

function mp3Rate(frame: Uint8Array): number {
  const rate = [44_100, 48_000, 32_000][(frame[2] >> 2) & 3];
  const version = (frame[1] >> 3) & 3;
  return version === 3 ? rate : version === 2 ? rate / 2 : rate / 4;
}
