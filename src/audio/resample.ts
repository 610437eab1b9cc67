/** Between sample rates and channel counts. */

import type { TrainKernels } from '../dsp/heap';
import { Heap, type Pointer } from '../dsp/heap';
import { trainModule } from '../dsp/train-module';
import { join } from '../platform/join';
import { type ResamplingFilter, resamplingFilter } from './resampling-filter';

/** Samples handed to the kernel at a time. */
const BLOCK = 2 ** 14;
/** Samples after which other tasks get their turn. */
const TURN = 2 ** 20;

/**
 * Band-limited resampling of a stream, without delay: sample n of the result lies at n / to seconds, however
 * the input is cut into blocks. Flat to 0.95 of the lower rate's Nyquist frequency, 125 dB down beyond it.
 */
export class Resampler {
  readonly #from: number;
  readonly #to: number;
  /** null: both rates are the same */
  readonly #run: FilterRun | null;
  #read = 0;
  #written = 0;

  private constructor(from: number, to: number, run: FilterRun | null) {
    this.#from = from;
    this.#to = to;
    this.#run = run;
  }

  /** @param from to: rates in Hz */
  static async create(from: number, to: number): Promise<Resampler> {
    const run = from === to ? null : new FilterRun(await trainModule(), resamplingFilter(from, to));
    return new Resampler(from, to, run);
  }

  /** @returns what can be said already, a little less than the block lasts */
  push(block: Float32Array): Float32Array {
    this.#read += block.length;
    return this.#run ? this.#take(this.#run.push(block)) : block;
  }

  /** @returns the rest: all together is then round(samples pushed * to / from) long */
  finish(): Float32Array {
    if (!this.#run) return new Float32Array(0);
    return this.#take(this.#run.push(new Float32Array(this.#run.reach)), true);
  }

  /** @param last whether nothing follows that rounding could be made up with */
  #take(converted: Float32Array, last = false): Float32Array {
    const total = Math.round((this.#read * this.#to) / this.#from);
    const missing = Math.max(0, total - this.#written);
    const taken = converted.length > missing ? converted.subarray(0, missing) : converted;
    this.#written += taken.length;
    if (!last || this.#written === total) return taken;
    const filled = new Float32Array(taken.length + total - this.#written);
    filled.set(taken);
    return filled;
  }
}

/** The filter over a stream: what it has read and still needs. */
class FilterRun {
  readonly #heap: Heap<TrainKernels>;
  readonly #filter: Omit<ResamplingFilter, 'table'>;
  readonly #table: Pointer;
  readonly #input: Pointer;
  readonly #output: Pointer;
  readonly #samples: Float32Array;
  /** samples in `input` */
  #filled: number;
  /** of the next output: the first sample in `input` that it is made of, and its place behind */
  #at = 0;
  #phase = 0;

  constructor(module: WebAssembly.Module, { table, ...filter }: ResamplingFilter) {
    const heap = new Heap<TrainKernels>(module);
    const { taps, whole, part, phases } = filter;
    this.#heap = heap;
    this.#filter = filter;
    this.#table = heap.put(table);
    this.#input = heap.alloc(taps + BLOCK);
    this.#output = heap.alloc(Math.ceil(((BLOCK + 1) * phases) / (whole * phases + part)) + 1);
    heap.seal();
    this.#samples = heap.view(this.#input, taps + BLOCK);
    // silence before the first sample, which the first output lies at
    this.#filled = taps / 2 - 1;
  }

  /** Samples of silence that push the last output out, and whatever rounding may add. */
  get reach(): number {
    return this.#filter.taps / 2 + this.#filter.whole + 2;
  }

  push(block: Float32Array): Float32Array {
    const parts: Float32Array[] = [];
    for (let at = 0; at < block.length; at += BLOCK) {
      const piece = block.subarray(at, at + BLOCK);
      this.#samples.set(piece, this.#filled);
      this.#filled += piece.length;
      parts.push(this.#advance());
    }
    return join(Float32Array, parts);
  }

  #advance(): Float32Array {
    const { taps, phases, whole, part } = this.#filter;
    const step = whole * phases + part;
    // outputs whose last sample is there
    const spare = (this.#filled - taps - this.#at + 1) * phases - this.#phase;
    const count = Math.max(0, Math.ceil(spare / step));
    if (count > 0) {
      const input = this.#input + 4 * this.#at;
      this.#heap.kernels.polyphase(
        this.#output,
        input,
        this.#table,
        taps,
        count,
        this.#phase,
        phases,
        whole,
        part,
      );
      const next = this.#phase + count * step;
      this.#at += Math.floor(next / phases);
      this.#phase = next % phases;
    }
    const drop = Math.min(this.#at, this.#filled);
    this.#samples.copyWithin(0, drop, this.#filled);
    this.#filled -= drop;
    this.#at -= drop;
    return this.#heap.view(this.#output, count).slice();
  }
}

/**
 * A whole recording; see `Resampler`.
 * @param audio mono; returned as it is when the rates are equal
 * @returns round(length * to / from) samples
 * @throws the signal's reason when it aborts
 */
export async function resample(
  audio: Float32Array,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<Float32Array> {
  if (from === to) return audio;
  const resampler = await Resampler.create(from, to);
  const parts: Float32Array[] = [];
  for (let at = 0; at < audio.length; at += TURN) {
    signal?.throwIfAborted();
    parts.push(resampler.push(audio.subarray(at, at + TURN)));
    await new Promise((resolve) => setTimeout(resolve));
  }
  parts.push(resampler.finish());
  return join(Float32Array, parts);
}

/** The mean of all channels; the channel itself, not a copy, when there is only one. */
export function downmix(channels: readonly Float32Array[]): Float32Array {
  if (channels.length === 1) return channels[0];
  const mono = new Float32Array(channels[0].length);
  for (const channel of channels) {
    for (let i = 0; i < mono.length; i++) mono[i] += channel[i];
  }
  for (let i = 0; i < mono.length; i++) mono[i] /= channels.length;
  return mono;
}
