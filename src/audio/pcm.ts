/** Uncompressed samples, as WAV and AIFF store them. */

import { type ByteSource, blocks } from '../platform/bytes';
import type { DecodedAudio } from './decoded';

/** Samples of all channels together that are read at a time. */
const BLOCK = 2 ** 18;

export interface PcmFormat {
  readonly encoding: 'integer' | 'unsigned' | 'float';
  readonly littleEndian: boolean;
  /** of a sample that carry sound */
  readonly bits: number;
  /** bytes that a sample takes, 1..8 */
  readonly width: number;
  readonly channels: number;
  /** Hz */
  readonly sampleRate: number;
}

/** Where a file's samples lie, and how to read them. */
export interface PcmSound extends PcmFormat {
  /** bytes */
  readonly start: number;
  /** samples a channel */
  readonly length: number;
}

type ReadSample = (view: DataView, at: number) => number;

/** @returns null where such samples are not read */
function reader({ encoding, littleEndian, width }: PcmFormat): ReadSample | null {
  if (encoding === 'float') {
    if (width === 4) return (view, at) => view.getFloat32(at, littleEndian);
    return width === 8 ? (view, at) => view.getFloat64(at, littleEndian) : null;
  }
  if (encoding === 'unsigned') return width === 1 ? (view, at) => (view.getUint8(at) - 128) / 2 ** 7 : null;
  switch (width) {
    case 1:
      return (view, at) => view.getInt8(at) / 2 ** 7;
    case 2:
      return (view, at) => view.getInt16(at, littleEndian) / 2 ** 15;
    case 3: {
      const [high, low] = littleEndian ? [2, 0] : [0, 1];
      return (view, at) =>
        (view.getInt8(at + high) * 2 ** 16 + view.getUint16(at + low, littleEndian)) / 2 ** 23;
    }
    case 4:
      return (view, at) => view.getInt32(at, littleEndian) / 2 ** 31;
    default:
      return null;
  }
}

export function isReadable(format: PcmFormat): boolean {
  return reader(format) !== null;
}

/** Piece by piece, one array a channel. */
export async function* readPcm(
  source: ByteSource,
  sound: PcmSound,
): AsyncGenerator<DecodedAudio, void, void> {
  const { width, channels, sampleRate, start, length } = sound;
  const read = reader(sound);
  if (!read || length === 0) return;
  const frame = width * channels;
  const step = frame * Math.max(1, Math.floor(BLOCK / channels));
  const samples = { size: start + length * frame, read: source.read.bind(source) };
  let scale = 0;
  for await (const block of blocks(samples, step, start)) {
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    const piece = separate(view, read, width, channels);
    scale ||= paddingScale(piece, sound);
    if (scale > 1) for (const channel of piece) for (let n = 0; n < channel.length; n++) channel[n] *= scale;
    yield { channels: piece, sampleRate };
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

/**
 * Samples of fewer bits than their bytes hold (24 in 4 bytes, 12 in 2) belong into the upper bits. Some
 * programs put them into the lower ones: then values are small, and not multiples of the padding.
 * @returns what to multiply by, 1 for samples in the upper bits; 0 where the piece is silent and does not show it
 */
function paddingScale(piece: readonly Float32Array[], { encoding, bits, width }: PcmFormat): number {
  if (encoding !== 'integer' || bits >= 8 * width) return 1;
  const padding = 2 ** (8 * width - bits);
  const unit = 2 ** (8 * width - 1);
  let largest = 0;
  let inLower = false;
  for (const channel of piece) {
    for (const value of channel) {
      largest = Math.max(largest, Math.abs(value));
      if ((value * unit) % padding !== 0) inLower = true;
    }
  }
  if (largest === 0) return 0;
  return inLower && largest * padding <= 1 ? padding : 1;
}
