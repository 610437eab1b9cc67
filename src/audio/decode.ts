/** Audio files to samples, in Node and in browsers. */

import { DECODED_HERE, decompress, needsPage } from '#codecs';
import { type ByteSource, bytesInMemory } from '../platform/bytes';
import { join } from '../platform/join';
import { findAiffSound } from './aiff';
import type { Compressed } from './codecs/compressed';
import { type Container, identify, promisedSamples } from './container';
import type { DecodedAudio } from './decoded';
import { AGAIN, AudioFileError, READABLE } from './errors';
import { oggLinks } from './ogg';
import { readPcm } from './pcm';
import { downmix } from './resample';
import { findWavSound, writeWav } from './wav';

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
  return {
    sampleRate,
    channels: channels.map((_, i) =>
      join(
        Float32Array,
        pieces.map((piece) => piece.channels[i]),
      ),
    ),
  };
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
  const pieces = decodeContent(container, name);
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
  const { kind, format } = container;
  if (kind === null || (isCompressed(kind) && !DECODED_HERE.has(kind)))
    throw new AudioFileError(name, `it is ${format}`, READABLE);
  return container;
}

const isCompressed = (kind: string): kind is Compressed['kind'] =>
  kind !== 'wav' && kind !== 'aiff' && kind !== 'ogg';

async function* decodeContent(container: Container, name: string): AsyncGenerator<DecodedAudio, void, void> {
  const { kind, content } = container;
  if (kind === 'wav') yield* readPcm(content, await findWavSound(content, name));
  else if (kind === 'aiff') yield* readPcm(content, await findAiffSound(content, name));
  else for (const sound of await compressedParts(container, name)) yield* decompress(sound);
}

/** Of a chained Ogg file every link, of any other the whole. */
async function compressedParts({ kind, content, head }: Container, name: string): Promise<Compressed[]> {
  if (kind === 'ogg')
    return (await oggLinks(content, name)).map((link) => ({
      kind: `ogg ${link.codec}` as const,
      link,
      name,
    }));
  return kind && isCompressed(kind) ? [{ kind, content, head, name }] : [];
}

/**
 * Some browsers decode some files on a page's main thread only, not in workers. There this decodes such a file,
 * so that a worker can have it.
 * @returns a WAV file, mono; null where a worker can do without
 */
export async function decodedForWorkers(
  source: ByteSource,
  name: string,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const [sound] = await compressedParts(await identify(source), name);
    if (!sound || !(await needsPage(sound))) return null;
    const pieces: Float32Array[] = [];
    let rate = 0;
    for await (const { channels, sampleRate } of decodePieces(source, name)) {
      pieces.push(downmix(channels));
      rate = sampleRate;
    }
    return writeWav(join(Float32Array, pieces), rate, { float: true });
  } catch {
    // the worker finds out what is wrong, and says so
    return null;
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
