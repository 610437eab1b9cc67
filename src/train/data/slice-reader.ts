/** Reads slices from a store, on any thread. */

import { FIRST_F0 } from '../../analysis/analyser';
import { LOUDNESS_FLOOR } from '../../analysis/config';
import { decoderInput } from '../../decoder/inputs';
import type { StoreReader } from '../../platform/stores/store';
import { AUDIO_CHUNK, FRAME_CHUNK, readChunk } from './database';
import type { MeasuredTrack } from './inputs';

/** The location of a recording in the store. */
export interface StoredRecording {
  readonly name: string;
  /** key of its audio */
  readonly audio: string;
  /** key of its features */
  readonly features: string;
  /** at the model's rate */
  readonly samples: number;
  readonly frames: number;
}

/** All slices of a dataset, small enough to send to every thread. */
export interface SliceIndex {
  /** H */
  readonly hop: number;
  /** T, frames of a slice */
  readonly frames: number;
  readonly recordings: readonly StoredRecording[];
  /** the recording of each slice */
  readonly owners: Uint32Array;
  /** the first frame of each slice in its recording */
  readonly starts: Uint32Array;
  /** inputs that were measured besides f0 and loudness, in the order of their planes; default none */
  readonly inputs?: readonly string[];
}

/** The samples and frames of a slice. */
export interface Slice {
  /** L = T * H samples at the model's rate; silence beyond the recording's end */
  readonly audio: Float32Array;
  /** T values in Hz, above 0: unvoiced frames hold the last voiced pitch */
  readonly f0: Float32Array;
  /** T values in Hz, 0 where unvoiced */
  readonly trackedF0: Float32Array;
  /** T values, dB */
  readonly loudness: Float32Array;
  /** T values for each further input; omitted if there is none */
  readonly inputs?: Readonly<Record<string, Float32Array>>;
}

/** The order of values in a chunk: a run for each of these, then one for each further input. */
export const PLANES = ['f0', 'heldF0', 'confidence', 'loudness'] as const;

export class SliceReader {
  readonly #store: StoreReader;
  readonly #index: SliceIndex;

  constructor(store: StoreReader, index: SliceIndex) {
    this.#store = store;
    this.#index = index;
  }

  /**
   * @param shift frames by which the slice starts later; may be negative, down to the recording's start
   * @throws DatabaseError when the store fails, or the slice is missing or damaged
   */
  async read(slice: number, shift = 0): Promise<Slice> {
    const { recordings, owners, starts, hop, frames, inputs: names = [] } = this.#index;
    const recording = recordings[owners[slice]];
    const start = starts[slice] + shift;
    const [audio, { f0, heldF0, loudness, inputs }] = await Promise.all([
      readSamples(this.#store, recording, start * hop, (start + frames) * hop),
      readTrack(this.#store, recording, start, start + frames, names),
    ]);
    return { audio, f0: heldF0, trackedF0: f0, loudness, ...(inputs && { inputs }) };
  }
}

/** Samples `from` to `to` at the model's rate, zero beyond the recording's end. */
export async function readSamples(
  store: StoreReader,
  { audio: key, samples }: Pick<StoredRecording, 'audio' | 'samples'>,
  from: number,
  to: number,
): Promise<Float32Array> {
  const audio = new Float32Array(to - from);
  await eachChunk(AUDIO_CHUNK, from, Math.min(to, samples), async (index, begin, end) => {
    const chunk = await readChunk(store, key, index);
    const offset = index * AUDIO_CHUNK;
    audio.set(chunk.subarray(begin - offset, end - offset), begin - from);
  });
  return audio;
}

/**
 * Frames `from` to `to`. Beyond the recording's last frame there is silence, which holds the pitch.
 * @param names further inputs to read; those that were measured
 */
export async function readTrack(
  store: StoreReader,
  { features: key, frames }: Pick<StoredRecording, 'features' | 'frames'>,
  from: number,
  to: number,
  names: readonly string[] = [],
): Promise<MeasuredTrack> {
  const count = to - from;
  const track = {
    f0: new Float32Array(count),
    heldF0: new Float32Array(count).fill(FIRST_F0),
    confidence: new Float32Array(count),
    loudness: new Float32Array(count).fill(LOUDNESS_FLOOR),
  };
  const inputs = Object.fromEntries(
    names.map((name) => [name, new Float32Array(count).fill(decoderInput(name)!.default)]),
  );
  const planes = [...PLANES.map((plane) => track[plane]), ...names.map((name) => inputs[name])];
  const last = Math.min(to, frames);
  await eachChunk(FRAME_CHUNK, from, last, async (index, begin, end) => {
    const chunk = await readChunk(store, key, index);
    const length = chunk.length / planes.length;
    const offset = index * FRAME_CHUNK;
    planes.forEach((plane, i) => {
      const at = i * length - offset;
      plane.set(chunk.subarray(at + begin, at + end), begin - from);
    });
  });
  if (last > from) track.heldF0.fill(track.heldF0[last - from - 1], last - from);
  return names.length > 0 ? { ...track, inputs } : track;
}

/** Calls `visit` for every chunk that overlaps `from` to `to`, with the overlapping part. */
async function eachChunk(
  size: number,
  from: number,
  to: number,
  visit: (index: number, begin: number, end: number) => Promise<void>,
): Promise<void> {
  const work: Promise<void>[] = [];
  for (let index = Math.floor(from / size); index * size < to; index++) {
    work.push(visit(index, Math.max(from, index * size), Math.min(to, (index + 1) * size)));
  }
  await Promise.all(work);
}
