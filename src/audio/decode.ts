/** Audio files to samples: WAV, FLAC, MP3, Ogg Vorbis and Opus, in Node and in browsers. */

import { packages } from '#packages';
import { messageOf } from '../errors';
import { type ByteSource, blocks, bytesInMemory } from '../platform/bytes';
import { type AudioKind, type Container, identify, promisedSamples } from './container';
import type { DecodedAudio } from './decoded';
import { AGAIN, AudioFileError, READABLE } from './errors';
import { flacBlocks } from './flac';
import { isOggPage, oggPages } from './ogg';
import { readWav } from './wav';

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

type Compressed = Exclude<AudioKind, 'wav'>;

/** Loaded when first needed: each carries a decoder in WASM. */
const DECODERS: Readonly<Record<Compressed, () => Promise<{ decoder(): Promise<Decoder> }>>> = {
  flac: packages.flac,
  mp3: packages.mp3,
  vorbis: packages.vorbis,
  opus: packages.opus,
};

/**
 * Compressed bytes decoded at a time. Even pure silence, which FLAC stores in a thousandth of the space,
 * then takes some megabytes a channel.
 */
const BLOCK = 2 ** 15;

const LOWEST_RATE = 4000;
const HIGHEST_RATE = 192_000;
/** 40 dB above full scale: no recording, but integers that were stored as floats. */
const LOUDEST = 100;

/**
 * Decodes a whole file by its content; the name only appears in errors.
 * @param bytes not kept
 * @throws AudioFileError when it is empty, no audio, damaged, truncated, or holds NaN or absurd values
 */
export async function decodeAudio(bytes: Uint8Array, name: string): Promise<DecodedAudio> {
  const pieces: DecodedAudio[] = [];
  for await (const piece of decodePieces(bytesInMemory(bytes), name)) pieces.push(piece);
  const [{ sampleRate, channels }] = pieces;
  return { sampleRate, channels: channels.map((_, i) => join(pieces.map((piece) => piece.channels[i]))) };
}

function join(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0];
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * The same piece by piece, each some seconds long at most: memory does not grow with the file. What is
 * wrong with a file may only show after some of its pieces.
 */
export async function* decodePieces(
  source: ByteSource,
  name: string,
): AsyncGenerator<DecodedAudio, void, void> {
  const container = await identifyAudio(source, name);
  const { kind } = container;
  const pieces =
    kind === 'wav' ? readWav(source, name) : decompress(source, container, kind as Compressed, name);
  let first: DecodedAudio | null = null;
  let length = 0;
  for await (const piece of pieces) {
    if (!first) checkRate(piece, name);
    first ??= piece;
    checkSame(piece, first, name);
    checkSamples(piece, length, name);
    length += piece.channels[0].length;
    yield piece;
  }
  if (!first) throw new AudioFileError(name, 'it holds no sound that can be decoded', AGAIN);
  const promised = promisedSamples(container);
  if (length < promised)
    throw new AudioFileError(name, `only ${length} of its ${promised} samples can be read`, AGAIN);
}

async function identifyAudio(source: ByteSource, name: string): Promise<Container> {
  if (source.size === 0) throw new AudioFileError(name, 'it is empty', AGAIN);
  const container = await identify(source);
  if (!container.kind) throw new AudioFileError(name, `it is ${container.otherwise}`, READABLE);
  return container;
}

async function* decompress(
  source: ByteSource,
  { head, start }: Container,
  kind: Compressed,
  name: string,
): AsyncGenerator<DecodedAudio, void, void> {
  const input = isOggPage(head, 0)
    ? oggPages(source, BLOCK, name)
    : kind === 'flac'
      ? flacBlocks(source, BLOCK, start)
      : blocks(source, BLOCK);
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
    for await (const block of input) {
      const piece = run(() => decoder.decode(block));
      if (piece) yield piece;
    }
    const rest = run(() => decoder.flush?.() ?? { channelData: [], sampleRate: 0 });
    if (rest) yield rest;
  } finally {
    decoder.free();
  }
}

/** What decoders print they also report: it is told once. */
function attempt<T>(work: () => T, kind: Compressed, name: string): T {
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

function checkRate({ sampleRate }: DecodedAudio, name: string): void {
  if (sampleRate >= LOWEST_RATE && sampleRate <= HIGHEST_RATE) return;
  throw new AudioFileError(
    name,
    `its sample rate is ${sampleRate} Hz`,
    `convert it to one between ${LOWEST_RATE} and ${HIGHEST_RATE} Hz`,
  );
}

/** Ogg files can be chained, out of parts of different kinds. */
function checkSame(piece: DecodedAudio, first: DecodedAudio, name: string): void {
  if (piece.sampleRate === first.sampleRate && piece.channels.length === first.channels.length) return;
  throw new AudioFileError(
    name,
    `its sample rate or its channels change from ${describe(first)} to ${describe(piece)}`,
    'split it where they change',
  );
}

function describe({ sampleRate, channels }: DecodedAudio): string {
  return `${sampleRate} Hz, ${channels.length} channels`;
}

/** @param offset of the piece's first sample */
function checkSamples({ channels }: DecodedAudio, offset: number, name: string): void {
  channels.forEach((samples, channel) => {
    // written so that NaN is found too
    const at = samples.findIndex((value) => !(Math.abs(value) <= LOUDEST));
    if (at < 0) return;
    const where = `sample ${offset + at} of channel ${channel + 1} is ${samples[at]}`;
    throw Number.isFinite(samples[at])
      ? new AudioFileError(name, `${where}, far beyond full scale`, 'scale it to -1..1')
      : new AudioFileError(name, where, 'export it anew without NaN or infinities');
  });
}
