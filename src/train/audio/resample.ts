/** Between sample rates and channel counts. */

import { packages } from '#packages';

type Converter = Awaited<ReturnType<Awaited<ReturnType<typeof packages.samplerate>>['create']>>;

/** Samples handed over at a time: a fifth of a second's work, then other tasks get their turn. */
const BLOCK = 2 ** 18;
/** The best filter reaches 143 samples to either side, of whichever rate is lower. */
const REACH = 256;

/**
 * Band-limited resampling of a stream (libsamplerate, best sinc: 145 dB), without delay: sample n of the
 * result lies at n / to seconds, however the input is cut into blocks.
 */
export class Resampler {
  readonly #from: number;
  readonly #to: number;
  /** null: both rates are the same */
  readonly #converter: Converter | null;
  #read = 0;
  #written = 0;

  private constructor(from: number, to: number, converter: Converter | null) {
    this.#from = from;
    this.#to = to;
    this.#converter = converter;
  }

  /** @param from to: rates in Hz */
  static async create(from: number, to: number): Promise<Resampler> {
    if (from === to) return new Resampler(from, to, null);
    const { create, ConverterType } = await packages.samplerate();
    const options = { converterType: ConverterType.SRC_SINC_BEST_QUALITY };
    return new Resampler(from, to, await create(1, from, to, options));
  }

  /** @returns what can be said already, a little less than the block lasts */
  push(block: Float32Array): Float32Array {
    this.#read += block.length;
    if (!this.#converter) return block;
    return this.#take(this.#converter.full(block));
  }

  /** @returns the rest: all together is then round(samples pushed * to / from) long */
  finish(): Float32Array {
    if (!this.#converter) return new Float32Array(0);
    // the converter withholds what its filter has not seen the end of: silence pushes it out
    const flush = new Float32Array(Math.ceil(REACH * Math.max(1, this.#from / this.#to)));
    const rest = this.#take(this.#converter.full(flush));
    const missing = this.#total() - this.#written;
    if (missing <= 0) return rest;
    const filled = new Float32Array(rest.length + missing);
    filled.set(rest);
    return filled;
  }

  close(): void {
    this.#converter?.destroy();
  }

  #total(): number {
    return Math.round((this.#read * this.#to) / this.#from);
  }

  /** A copy, never beyond the end: the converter returns views of its memory. */
  #take(converted: Float32Array): Float32Array {
    const taken = converted.slice(0, Math.max(0, this.#total() - this.#written));
    this.#written += taken.length;
    return taken;
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
  const output = new Float32Array(Math.round((audio.length * to) / from));
  const resampler = await Resampler.create(from, to);
  let written = 0;
  const write = (converted: Float32Array) => {
    output.set(converted, written);
    written += converted.length;
  };
  try {
    for (let at = 0; at < audio.length; at += BLOCK) {
      signal?.throwIfAborted();
      write(resampler.push(audio.subarray(at, at + BLOCK)));
      await new Promise((resolve) => setTimeout(resolve));
    }
    write(resampler.finish());
  } finally {
    resampler.close();
  }
  return output;
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
