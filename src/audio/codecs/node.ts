/** Node decodes by packages that carry decoders in WebAssembly. They are loaded when first needed. */

import { messageOf } from '../../errors';
import { blocks } from '../../platform/bytes';
import { packages } from '../../platform/lazy-packages/node';
import type { DecodedAudio } from '../decoded';
import { AGAIN, AudioFileError, READABLE } from '../errors';
import { flacBlocks } from '../flac';
import { oggPages } from '../ogg';
import type { Compressed, Decompress } from './compressed';

/** What every decoder answers; some also report frames they had to skip. */
interface Decoded {
  readonly channelData: Float32Array[];
  readonly sampleRate: number;
  readonly errors?: readonly { message: string }[];
}

/** Decoders cut off the encoder's delay and padding. */
interface Decoder {
  decode(bytes: Uint8Array): Decoded;
  /** MP3's has nothing left at the end. */
  flush?(): Decoded;
  free(): void;
}

const DECODERS: Readonly<Record<string, () => Promise<{ decoder(): Promise<Decoder> }>>> = {
  flac: packages.flac,
  mp3: packages.mp3,
  'ogg flac': packages.flac,
  'ogg vorbis': packages.vorbis,
  'ogg opus': packages.opus,
};

/** Kinds of files, beside Ogg, that can be decoded here. */
export const DECODED_HERE: ReadonlySet<Compressed['kind']> = new Set(['flac', 'mp3']);

/** Threads decode as the main thread does. */
export const needsPage = async (_sound: Compressed): Promise<boolean> => false;

/**
 * Compressed bytes decoded at a time. Even pure silence, which FLAC stores in a thousandth of the space,
 * then takes some megabytes a channel.
 */
const BLOCK = 2 ** 15;

export const decompress: Decompress = async function* (sound) {
  const { kind, name } = sound;
  const { decoder: create } = await DECODERS[kind]();
  const decoder = await create();
  const run = (work: () => Decoded): DecodedAudio | null => {
    const { channelData, sampleRate, errors } = attempt(work, kind, name);
    const [error] = errors ?? [];
    if (error)
      throw new AudioFileError(name, `parts of its ${kind} cannot be decoded (${error.message})`, AGAIN);
    return channelData[0]?.length ? { channels: channelData, sampleRate } : null;
  };
  try {
    for await (const block of input(sound)) {
      const piece = run(() => decoder.decode(block));
      if (piece) yield piece;
    }
    const rest = run(() => decoder.flush?.() ?? { channelData: [], sampleRate: 0 });
    if (rest) yield rest;
  } finally {
    decoder.free();
  }
};

function input(sound: Compressed): AsyncGenerator<Uint8Array, void, void> {
  if ('link' in sound) return oggPages(sound.link, BLOCK);
  return sound.kind === 'flac' ? flacBlocks(sound.content, BLOCK) : blocks(sound.content, BLOCK);
}

/** Decoders print what they also report: it is told once. */
function attempt<T>(work: () => T, kind: string, name: string): T {
  const { error: print } = console;
  console.error = () => {};
  try {
    return work();
  } catch (cause) {
    const reason = messageOf(cause);
    throw new AudioFileError(name, `its ${kind} cannot be decoded (${reason})`, READABLE, { cause });
  } finally {
    console.error = print;
  }
}
