/** Reads AIFF and AIFF-C files of uncompressed samples. */

import type { ByteSource } from '../platform/bytes';
import { readChunks } from './chunks';
import { AGAIN, AudioFileError, READABLE } from './errors';
import { has, viewOf } from './magic';
import { isReadable, type PcmFormat, type PcmSound } from './pcm';

/** By the four letters of AIFF-C; an AIFF file has none and is `NONE`. Little-endian files are `sowt`. */
const ENCODINGS: Readonly<Record<string, Pick<PcmFormat, 'encoding' | 'littleEndian'>>> = {
  NONE: { encoding: 'integer', littleEndian: false },
  twos: { encoding: 'integer', littleEndian: false },
  in24: { encoding: 'integer', littleEndian: false },
  in32: { encoding: 'integer', littleEndian: false },
  sowt: { encoding: 'integer', littleEndian: true },
  '42ni': { encoding: 'integer', littleEndian: true },
  '23ni': { encoding: 'integer', littleEndian: true },
  'raw ': { encoding: 'unsigned', littleEndian: false },
  fl32: { encoding: 'float', littleEndian: false },
  FL32: { encoding: 'float', littleEndian: false },
  fl64: { encoding: 'float', littleEndian: false },
  FL64: { encoding: 'float', littleEndian: false },
};

/**
 * Reads the headers only.
 * @param source a FORM file of type AIFF or AIFC
 * @param name for errors
 * @throws AudioFileError when it is truncated, makes no sense, or is compressed
 */
export async function findAiffSound(source: ByteSource, name: string): Promise<PcmSound> {
  const isAifc = has(await source.read(8, 12), 0, 'AIFC');
  let format: (PcmFormat & { readonly frames: number }) | null = null;
  let sound: { readonly start: number; readonly size: number } | null = null;
  for await (const { id, start, declared } of readChunks(source, 12, false, name)) {
    if (id === 'COMM') format = readCommon(await source.read(start, start + 22), isAifc, name);
    if (id === 'SSND') {
      const view = viewOf(await source.read(start, start + 4));
      const offset = view.byteLength === 4 ? 8 + view.getUint32(0) : 8;
      sound = { start: start + offset, size: Math.max(0, declared - offset) };
    }
    // the format may stand behind the sound
    if (format && sound) break;
  }
  if (!format) throw new AudioFileError(name, 'it is truncated: it ends before its format', AGAIN);
  const { frames, ...pcm } = format;
  if (!sound || frames === 0) return { ...pcm, start: 0, length: 0 };
  const frame = pcm.width * pcm.channels;
  const present = source.size - sound.start;
  const size = frames * frame;
  if (size > present)
    throw new AudioFileError(
      name,
      `it is truncated: of ${size} bytes of sound only ${Math.max(0, present)} are there`,
      AGAIN,
    );
  return { ...pcm, start: sound.start, length: frame > 0 ? frames : 0 };
}

function readCommon(bytes: Uint8Array, isAifc: boolean, name: string): PcmFormat & { frames: number } {
  if (bytes.length < (isAifc ? 22 : 18)) throw new AudioFileError(name, 'it is truncated', AGAIN);
  const view = viewOf(bytes);
  const compression = isAifc ? String.fromCharCode(...bytes.subarray(18, 22)) : 'NONE';
  const bits = view.getInt16(6);
  const encoding = ENCODINGS[compression];
  const format = encoding && {
    ...encoding,
    ...{ bits, width: Math.ceil(bits / 8), channels: view.getInt16(0), sampleRate: extended(view, 8) },
    frames: view.getUint32(2),
  };
  if (format && bits > 0 && isReadable(format)) return format;
  throw new AudioFileError(name, `its AIFF encoding is ${compression} with ${bits} bits`, READABLE);
}

/** A number of 80 bits: sign and exponent, then a mantissa with its leading 1. */
function extended(view: DataView, at: number): number {
  const exponent = view.getUint16(at) & 0x7fff;
  const mantissa = view.getUint32(at + 2) * 2 ** 32 + view.getUint32(at + 6);
  return mantissa * 2 ** (exponent - 16383 - 63);
}
