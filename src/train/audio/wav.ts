/** Reads and writes WAV files. */

import type { DecodedAudio } from './decoded';
import { AGAIN, AudioFileError, READABLE } from './errors';

const PCM = 1;
const FLOAT = 3;
/** the encoding itself then stands in a GUID further on */
const EXTENSIBLE = 0xfffe;
/** What recorders write that cannot go back to fill the length in. */
const UNKNOWN_LENGTHS = [0, 0xffffffff];

interface Format {
  readonly encoding: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
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
 * Integers of 8 to 32 bits and floats of 32 and 64, any number of channels, plain or extensible.
 * @param bytes a RIFF file of type WAVE
 * @param name for errors
 * @throws AudioFileError when it is truncated, makes no sense, or is encoded otherwise
 */
export function readWav(bytes: Uint8Array, name: string): DecodedAudio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: Format | null = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const chunk = String.fromCharCode(...bytes.subarray(at, at + 4));
    const declared = view.getUint32(at + 4, true);
    const present = bytes.length - at - 8;
    if (chunk === 'fmt ' && present >= 16) format = readFormat(view, at + 8, Math.min(declared, present));
    if (chunk === 'data') {
      if (!format) throw new AudioFileError(name, 'its sound comes before its format', AGAIN);
      const size = UNKNOWN_LENGTHS.includes(declared) ? present : declared;
      if (size > present)
        throw new AudioFileError(
          name,
          `it is truncated: of ${size} bytes of sound only ${present} are there`,
          AGAIN,
        );
      return { channels: readChannels(view, at + 8, size, format, name), sampleRate: format.sampleRate };
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

function readChannels(
  view: DataView,
  start: number,
  size: number,
  { encoding, channels: count, bits }: Format,
  name: string,
): Float32Array[] {
  const read = SAMPLES[`${encoding}:${bits}`];
  if (!read) throw new AudioFileError(name, `its WAV encoding is ${encoding} with ${bits} bits`, READABLE);
  const width = bits / 8;
  const length = count === 0 ? 0 : Math.floor(size / (width * count));
  return Array.from({ length: length === 0 ? 0 : count }, (_, channel) => {
    const samples = new Float32Array(length);
    for (let n = 0, at = start + channel * width; n < length; n++, at += width * count) {
      samples[n] = read(view, at);
    }
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
