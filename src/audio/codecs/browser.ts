/**
 * Pages decode with what the browser has: WebCodecs, also in workers. Mediabunny takes the files apart. Where
 * WebCodecs is missing or does not know a codec, `decodeAudioData` is left, which only a page's main thread has.
 */

import { messageOf } from '../../errors';
import type { ByteSource } from '../../platform/bytes';
import type { DecodedAudio } from '../decoded';
import { AudioFileError, READABLE } from '../errors';
import { mp3Info } from '../mp3';
import { oggEnd, plainFlac } from '../ogg';
import type { Compressed, Decompress } from './compressed';
import type { Piece } from './webcodecs';

/** Kinds of files, beside Ogg, that can be decoded here. */
export const DECODED_HERE: ReadonlySet<Compressed['kind']> = new Set(['flac', 'mp3', 'mp4', 'aac', 'webm']);

/** Samples that every MP3 decoder is late by, beside what the encoder put in front. */
const MP3_DECODER_DELAY = 529;

/** The file that a browser is given; FLAC in Ogg, which Mediabunny does not know, becomes plain FLAC. */
async function contentOf(sound: Compressed): Promise<ByteSource> {
  if ('content' in sound) return sound.kind === 'flac' ? withZeros(sound.content) : sound.content;
  return sound.kind === 'ogg flac' ? withZeros(await plainFlac(sound.link)) : sound.link.content;
}

/** Mediabunny overlooks a last frame of FLAC of less than 16 bytes, as silence has. */
function withZeros({ size, read }: ByteSource, zeros = 16): ByteSource {
  return {
    size: size + zeros,
    async read(from, to) {
      const bytes = new Uint8Array(Math.min(to, size + zeros) - from);
      if (from < size) bytes.set(await read(from, Math.min(to, size)));
      return bytes;
    },
  };
}

export const decompress: Decompress = async function* (sound) {
  const { name, kind } = sound;
  try {
    const { canDecode, decodeTrack, openTrack } = await import('./webcodecs');
    const content = await contentOf(sound);
    const { track, dispose } = await openTrack(content);
    try {
      if (await canDecode(track)) yield* trimmed(decodeTrack(track), await limits(sound));
      else yield await decodeWhole(content, await track.getSampleRate());
    } finally {
      dispose();
    }
  } catch (cause) {
    if (cause instanceof AudioFileError) throw cause;
    throw new AudioFileError(name, `its ${kind} cannot be decoded (${messageOf(cause)})`, READABLE, {
      cause,
    });
  }
};

/** Whether only a page's main thread decodes it, where this is one. */
export async function needsPage(sound: Compressed): Promise<boolean> {
  if (typeof OfflineAudioContext === 'undefined') return false;
  const { canDecode, openTrack } = await import('./webcodecs');
  const { track, dispose } = await openTrack(await contentOf(sound));
  return !(await canDecode(track).finally(dispose));
}

/** Where a sound begins and ends, in samples of what is decoded. */
interface Limits {
  readonly from: number;
  readonly to: number;
}

async function limits(sound: Compressed): Promise<Limits> {
  if ('link' in sound) return { from: 0, to: await oggEnd(sound.link) };
  const info = sound.kind === 'mp3' ? mp3Info(sound.head) : null;
  if (!info?.padding) return { from: 0, to: Number.POSITIVE_INFINITY };
  const { frames, frameSize, padding } = info;
  const from = padding.front + MP3_DECODER_DELAY;
  return {
    from,
    to: frames > 0 ? frames * frameSize - padding.end + MP3_DECODER_DELAY : Number.POSITIVE_INFINITY,
  };
}

async function* trimmed(
  pieces: AsyncIterable<Piece>,
  { from, to }: Limits,
): AsyncGenerator<DecodedAudio, void, void> {
  for await (const { channels, sampleRate, at } of pieces) {
    const length = channels[0]?.length ?? 0;
    const first = Math.max(0, from - at);
    const last = Math.min(length, to - at);
    if (first >= last) continue;
    yield { channels: channels.map((samples) => samples.subarray(first, last)), sampleRate };
  }
}

/** Seconds that a browser's decoder has for an answer, and further ones for each MB of a file. */
const PATIENCE = 20;
const PATIENCE_PER_MB = 2;

/** `decoding`, or a rejection: WebKit's decoder sometimes never answers where a file is cut short. */
async function answered<T>(decoding: Promise<T>, bytes: number): Promise<T> {
  const seconds = PATIENCE + (PATIENCE_PER_MB * bytes) / 2 ** 20;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const reason = `the browser's decoder did not answer within ${Math.round(seconds)} s`;
    timer = setTimeout(() => reject(new Error(reason)), seconds * 1000);
  });
  try {
    return await Promise.race([decoding, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * For the whole file at once, on a page's main thread. The context has the sound's own rate, because
 * `decodeAudioData` resamples to the context's.
 */
async function decodeWhole(content: ByteSource, rate: number): Promise<DecodedAudio> {
  if (typeof OfflineAudioContext === 'undefined') throw new Error('this browser decodes it on pages only');
  const context = new OfflineAudioContext(1, 1, rate);
  const bytes = (await content.read(0, content.size)).slice();
  const buffer = await answered(context.decodeAudioData(bytes.buffer), bytes.length);
  return {
    channels: Array.from({ length: buffer.numberOfChannels }, (_, i) => buffer.getChannelData(i)),
    sampleRate: buffer.sampleRate,
  };
}
