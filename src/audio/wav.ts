/** Reads and writes WAV files, also those beyond 4 GB (RF64, EBU Tech 3306). */

import { type ByteSource, blocks } from '../platform/bytes';
import type { DecodedAudio } from './decoded';
import { AGAIN, AudioFileError, READABLE } from './errors';

const PCM = 1;
const FLOAT = 3;
/** the encoding itself then stands in a GUID further on */
const EXTENSIBLE = 0xfffe;
/** What recorders write that cannot go back to fill the length in; in RF64 the length is in another chunk. */
const UNKNOWN_LENGTHS = [0, 0xffffffff];
/** Samples of all channels together that are read at a time. */
const BLOCK = 2 ** 18;

interface Format {
  readonly encoding: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

/** Where a file's sound lies, and how to read it. */
export interface WavSound extends Format {
  /** in bytes */
  readonly start: number;
  readonly size: number;
  /** samples a channel */
  readonly length: number;
}

type ReadSample = (view: DataView, at: number) => number;

const SAMPLES: Readonly<Record<string, ReadSample>> = {
  [`${PCM}:8`]: (view, at) => (view.getUint8(at) - 128) / 2 ** 7,
  [`${PCM}:16`]: (view, at) => view.getInt16(at, true) / 2 ** 15,
  [`${PCM}:24`]: (view, at) => (view.getInt8(at + 2) * 2 ** 16 + view.getUint16(at, true)) / 2 ** 23,
  [`${PCM}:32`]: (view, at) => view.getInt32(at, true) / 2 ** 31,
  [`${FLOAT}:32`]: (view, at) => view.getFloat32(at, true),
  [`${FLOAT}:64`]: (view, at) => view.getFloat64(at, true),
};

/**
 * Reads the headers only.
 * @param source a RIFF or RF64 file of type WAVE
 * @param name for errors
 * @throws AudioFileError when it is truncated, makes no sense, or is encoded otherwise
 */
export async function findWavSound(source: ByteSource, name: string): Promise<WavSound> {
  let format: Format | null = null;
  let longSize = 0;
  for (let at = 12; at + 8 <= source.size; ) {
    const bytes = await source.read(at, at + 8 + 40);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const chunk = String.fromCharCode(...bytes.subarray(0, 4));
    const declared = view.getUint32(4, true);
    if (chunk === 'ds64' && bytes.length >= 24)
      longSize = view.getUint32(16, true) + view.getUint32(20, true) * 2 ** 32;
    if (chunk === 'fmt ' && bytes.length >= 24)
      format = readFormat(view, 8, Math.min(declared, bytes.length - 8));
    if (chunk === 'data') {
      if (!format) throw new AudioFileError(name, 'its sound comes before its format', AGAIN);
      const present = source.size - at - 8;
      const size = !UNKNOWN_LENGTHS.includes(declared) ? declared : longSize || present;
      if (size > present)
        throw new AudioFileError(
          name,
          `it is truncated: of ${size} bytes of sound only ${present} are there`,
          AGAIN,
        );
      const frame = (format.bits / 8) * format.channels;
      const length = frame > 0 ? Math.floor(size / frame) : 0;
      return { ...format, start: at + 8, size, length };
    }
    at += 8 + declared + (declared % 2);
  }
  throw new AudioFileError(name, 'it is truncated: it ends before its sound begins', AGAIN);
}

function readFormat(view: DataView, at: number, size: number): Format {
  const encoding = view.getUint16(at, true);
  return {
    encoding: encoding === EXTENSIBLE && size >= 26 ? view.getUint16(at + 24, true) : encoding,
    channels: view.getUint16(at + 2, true),
    sampleRate: view.getUint32(at + 4, true),
    bits: view.getUint16(at + 14, true),
  };
}

/**
 * Integers of 8 to 32 bits and floats of 32 and 64, any number of channels, plain or extensible, piece by
 * piece.
 * @param name for errors
 * @throws AudioFileError when it cannot be read
 */
export async function* readWav(source: ByteSource, name: string): AsyncGenerator<DecodedAudio, void, void> {
  const sound = await findWavSound(source, name);
  const { encoding, bits, channels, sampleRate, start, length } = sound;
  const read = SAMPLES[`${encoding}:${bits}`];
  if (!read) throw new AudioFileError(name, `its WAV encoding is ${encoding} with ${bits} bits`, READABLE);
  if (length === 0) return;
  const width = bits / 8;
  const frame = width * channels;
  const step = frame * Math.max(1, Math.floor(BLOCK / channels));
  const whole = { size: start + length * frame, read: source.read.bind(source) };
  for await (const block of blocks(whole, step, start)) {
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    yield { channels: separate(view, read, width, channels), sampleRate };
  }
}

function separate(view: DataView, read: ReadSample, width: number, channels: number): Float32Array[] {
  const stride = width * channels;
  const length = Math.floor(view.byteLength / stride);
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(length);
    for (let n = 0, at = channel * width; n < length; n++, at += stride) samples[n] = read(view, at);
    return samples;
  });
}

export interface WavOptions {
  /** 32-bit float, kept exactly; default false: 16-bit, rounded, cut off beyond full scale */
  readonly float?: boolean;
}

const HEADER = 58;

/**
 * @param samples mono, -1..1
 * @param sampleRate Hz, an integer
 * @returns a whole file
 */
export function writeWav(
  samples: Float32Array,
  sampleRate: number,
  { float = false }: WavOptions = {},
): Uint8Array<ArrayBuffer> {
  const width = float ? 4 : 2;
  const size = samples.length * width;
  const file = new Uint8Array(HEADER + size);
  const view = new DataView(file.buffer);
  const text = (at: number, characters: string) => {
    for (let i = 0; i < characters.length; i++) file[at + i] = characters.charCodeAt(i);
  };
  text(0, 'RIFF');
  view.setUint32(4, HEADER - 8 + size, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 18, true);
  view.setUint16(20, float ? 3 : 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * width, true);
  view.setUint16(32, width, true);
  view.setUint16(34, width * 8, true);
  // encodings other than integer need a fact chunk; it does no harm to integers
  text(38, 'fact');
  view.setUint32(42, 4, true);
  view.setUint32(46, samples.length, true);
  text(50, 'data');
  view.setUint32(54, size, true);
  if (float) {
    for (let i = 0; i < samples.length; i++) view.setFloat32(HEADER + i * 4, samples[i], true);
  } else {
    for (let i = 0; i < samples.length; i++) {
      const scaled = Math.round(samples[i] * 32768);
      view.setInt16(HEADER + i * 2, Math.max(-32768, Math.min(32767, scaled)), true);
    }
  }
  return file;
}
