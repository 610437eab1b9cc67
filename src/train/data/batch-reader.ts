/** Reads batches from the database, in a training worker. */

import { LOUDNESS_FLOOR } from '../../analysis/config';
import type { StoreReader } from '../../platform/stores/store';
import type { Batch } from '../learn/replica';
import { measuredInput } from './inputs';
import { type Slice, type SliceIndex, SliceReader } from './slice-reader';

/** The positions of examples. */
export interface Places {
  /** indices of slices in the dataset */
  readonly slices: Uint32Array;
  /** frames by which each example starts after its slice */
  readonly shifts: Int32Array;
}

/** A batch as the main thread requests it: positions instead of sound. */
export interface BatchRequest extends Places {
  /** seed of the noise of each example */
  readonly seeds: Uint32Array;
  /** gain of each example, dB */
  readonly gains: Float64Array;
  /** see `Batch` */
  readonly step: number;
}

export class BatchReader {
  readonly #reader: SliceReader;
  readonly #frames: number;
  readonly #samples: number;
  /** further inputs */
  readonly #inputs: readonly string[];
  #expected: { readonly key: string; readonly slices: Promise<Slice[]> } | null = null;

  constructor(store: StoreReader, index: SliceIndex) {
    this.#reader = new SliceReader(store, index);
    this.#frames = index.frames;
    this.#inputs = index.inputs ?? [];
    this.#samples = index.frames * index.hop;
  }

  /**
   * Starts reading the next batch. A browser reads while this thread computes; a slice takes a millisecond or
   * two, a fifth of its gradient's time.
   */
  expect(places: Places): void {
    this.#expected = { key: keyOf(places), slices: this.#readAll(places) };
    // the error is reported when the batch is requested
    this.#expected.slices.catch(() => {});
  }

  /** @throws DatabaseError when the database fails, or a slice is missing or damaged */
  async read(request: BatchRequest): Promise<Batch> {
    const { seeds, gains, step } = request;
    const count = request.slices.length;
    const expected = this.#expected?.key === keyOf(request) ? this.#expected.slices : null;
    this.#expected = null;
    const read = await (expected ?? this.#readAll(request));
    const audio = new Float32Array(count * this.#samples);
    const f0 = new Float32Array(count * this.#frames);
    const trackedF0 = new Float32Array(count * this.#frames);
    const loudness = new Float32Array(count * this.#frames);
    const inputs = Object.fromEntries(
      this.#inputs.map((name) => [name, new Float32Array(count * this.#frames)]),
    );
    read.forEach((slice, i) => {
      if (gains[i] !== 0) amplify(slice, gains[i]);
      audio.set(slice.audio, i * this.#samples);
      f0.set(slice.f0, i * this.#frames);
      trackedF0.set(slice.trackedF0, i * this.#frames);
      loudness.set(slice.loudness, i * this.#frames);
      for (const name of this.#inputs) inputs[name].set(slice.inputs![name], i * this.#frames);
    });
    const batch = { count, audio, f0, trackedF0, loudness, seeds, step };
    return this.#inputs.length > 0 ? { ...batch, inputs } : batch;
  }

  #readAll({ slices, shifts }: Places): Promise<Slice[]> {
    return Promise.all(Array.from(slices, (index, i) => this.#reader.read(index, shifts[i])));
  }
}

const keyOf = ({ slices, shifts }: Places) => `${slices.join()} ${shifts.join()}`;

/** Changes the sound and all inputs as if it had been played `decibels` louder. */
function amplify({ audio, loudness, inputs = {} }: Slice, decibels: number): void {
  const factor = 10 ** (decibels / 20);
  for (let n = 0; n < audio.length; n++) audio[n] *= factor;
  for (let t = 0; t < loudness.length; t++) {
    loudness[t] = Math.max(LOUDNESS_FLOOR, loudness[t] + decibels);
  }
  for (const [name, values] of Object.entries(inputs)) {
    const input = measuredInput(name);
    if (!input?.amplify) continue;
    for (let t = 0; t < values.length; t++) values[t] = input.amplify(values[t], decibels);
  }
}
