/** Reads and writes WAV files, also those beyond 4 GB (RF64 and BW64, EBU Tech 3306 and ITU-R BS.2088). */

import type { ByteSource } from '../platform/bytes';
import { isAllChunks, readChunks } from './chunks';
import { AGAIN, AudioFileError, READABLE } from './errors';
import { viewOf } from './magic';
import { isReadable, type PcmFormat, type PcmSound } from './pcm';

const PCM = 1;
const FLOAT = 3;
/** the encoding itself then stands in a GUID further on */
const EXTENSIBLE = 0xfffe;
/**
 * Recorders that cannot go back to fill in the length leave 0 or a large number: 0xffffffff, 0x7fffffff
 * (Android's Oboe), 0x7ffff000 (sox into a pipe). A file with so much sound has its length from other places.
 */
const PLACEHOLDER = 0x7ff00000;
/** Chunks behind sound of an unknown length are looked for in this many bytes at the end of the file. */
const SEARCHED = 2 ** 20;

/** A header's fields as they stand in the file. */
interface Header {
  readonly encoding: number;
  readonly channels: number;
  readonly sampleRate: number;
  /** bytes that a sample of every channel takes */
  readonly frame: number;
  readonly bits: number;
}

/**
 * Reads the headers only.
 * @param source a RIFF, RF64 or BW64 file of type WAVE
 * @param name for errors
 * @throws AudioFileError when it is truncated, makes no sense, or is encoded otherwise
 */
export async function findWavSound(source: ByteSource, name: string): Promise<PcmSound> {
  let header: Header | null = null;
  let longSize = 0;
  for await (const { id, start, declared } of readChunks(source, 12, true, name)) {
    if (id === 'ds64') {
      const view = viewOf(await source.read(start, start + 16));
      if (view.byteLength === 16) longSize = view.getUint32(8, true) + view.getUint32(12, true) * 2 ** 32;
    }
    if (id === 'fmt ' && declared >= 16)
      header = readHeader(viewOf(await source.read(start, start + Math.min(declared, 40))));
    if (id !== 'data') continue;
    if (!header) throw new AudioFileError(name, 'its sound comes before its format', AGAIN);
    const format = formatOf(header, name);
    const present = source.size - start;
    const isUnknown = declared === 0 || declared >= PLACEHOLDER;
    const size = !isUnknown ? declared : longSize || (await unknownSize(source, start, declared));
    if (size > present)
      throw new AudioFileError(
        name,
        `it is truncated: of ${size} bytes of sound only ${present} are there`,
        AGAIN,
      );
    const frame = format.width * format.channels;
    return { ...format, start, length: frame > 0 ? Math.floor(size / frame) : 0 };
  }
  throw new AudioFileError(name, 'it is truncated: it ends before its sound begins', AGAIN);
}

function readHeader(view: DataView): Header | null {
  if (view.byteLength < 16) return null;
  const encoding = view.getUint16(0, true);
  return {
    encoding: encoding === EXTENSIBLE && view.byteLength >= 26 ? view.getUint16(24, true) : encoding,
    channels: view.getUint16(2, true),
    sampleRate: view.getUint32(4, true),
    frame: view.getUint16(12, true),
    bits: view.getUint16(14, true),
  };
}

/** @throws AudioFileError for encodings that are not read */
function formatOf({ encoding, channels, sampleRate, frame, bits }: Header, name: string): PcmFormat {
  const least = Math.ceil(bits / 8);
  // some programs leave the frame's size out, or get it wrong
  const width = frame % channels === 0 && frame / channels >= least ? frame / channels : least;
  const format: PcmFormat = {
    encoding: encoding === FLOAT ? 'float' : width === 1 ? 'unsigned' : 'integer',
    littleEndian: true,
    ...{ bits, width, channels, sampleRate },
  };
  const isWhole = encoding === PCM || (encoding === FLOAT && bits === 8 * width);
  if (isWhole && bits > 0 && isReadable(format)) return format;
  throw new AudioFileError(name, `its WAV encoding is ${encoding} with ${bits} bits`, READABLE);
}

/**
 * Sound of an unknown length goes to the end of the file, or to the chunks there. Where chunks are all that
 * follows, it is an empty take.
 */
async function unknownSize(source: ByteSource, start: number, declared: number): Promise<number> {
  const from = Math.max(start, source.size - SEARCHED);
  const rest = await source.read(from, source.size);
  // a header of a length in between was never finished: nothing was written behind the sound
  if (declared > 0 && declared < 0xffffffff) return source.size - start;
  for (let at = (from - start) % 2; at + 8 <= rest.length; at += 2) {
    if (isAllChunks(rest, at, true)) return from + at - start;
  }
  return source.size - start;
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
