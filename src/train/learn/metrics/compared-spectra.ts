/** What the yardsticks look at: a recording and what a model makes of it, as spectra on the same frames. */

import type { FftPlans } from '../../../dsp/fft';
import type { Heap, Pointer, TrainKernels } from '../../../dsp/heap';
import { PowerSpectrogram } from './power-spectrogram';

export interface ComparedSpectra {
  readonly frames: number;
  /** seconds between frames */
  readonly hop: number;
  /** the recording's pitch at each frame's centre, Hz; 0 = unvoiced */
  readonly f0: Float32Array;
  /** its lowest and highest pitch within the frame's window; 0 where any of it is unvoiced */
  readonly lowest: Float32Array;
  readonly highest: Float32Array;
  /** powers of a frame's bins */
  model(frame: number): Float32Array;
  recording(frame: number): Float32Array;
}

/** Sums over sounds: those of several sounds, added, are the sums of all. */
export type Sums = Float64Array;

export interface SpectraShape {
  /** samples of a sound */
  readonly length: number;
  /** Hz */
  readonly sampleRate: number;
  /** samples of a frame, a power of two from 32 */
  readonly size: number;
  readonly hop: number;
  readonly window: Float64Array;
  /** samples between values of the pitch */
  readonly pitchHop: number;
}

export class SpectrumPair implements ComparedSpectra {
  readonly frames: number;
  readonly hop: number;
  readonly f0: Float32Array;
  readonly lowest: Float32Array;
  readonly highest: Float32Array;
  readonly #shape: SpectraShape;
  readonly #heap: Heap<TrainKernels>;
  readonly #spectrogram: PowerSpectrogram;
  readonly #modelAt: Pointer;
  readonly #recordingAt: Pointer;

  /** @throws RangeError when a sound is shorter than a frame */
  constructor(heap: Heap<TrainKernels>, plans: FftPlans, shape: SpectraShape) {
    this.#shape = shape;
    this.#heap = heap;
    this.#spectrogram = new PowerSpectrogram(heap, plans, shape);
    this.frames = this.#spectrogram.frames;
    this.hop = shape.hop / shape.sampleRate;
    this.f0 = new Float32Array(this.frames);
    this.lowest = new Float32Array(this.frames);
    this.highest = new Float32Array(this.frames);
    const floats = this.frames * this.#spectrogram.stride;
    this.#modelAt = heap.alloc(floats);
    this.#recordingAt = heap.alloc(floats);
  }

  /**
   * @param model,recording the sounds' samples
   * @param f0 the recording's pitch, Hz, 0 = unvoiced: value i belongs to samples [i, i + 1) of `pitchHop`
   */
  compute(model: Pointer, recording: Pointer, f0: ArrayLike<number>): void {
    this.#spectrogram.compute(this.#modelAt, model);
    this.#spectrogram.compute(this.#recordingAt, recording);
    const { size, hop, pitchHop } = this.#shape;
    const at = (sample: number) => Math.min(Math.floor(sample / pitchHop), f0.length - 1);
    for (let i = 0; i < this.frames; i++) {
      const start = i * hop;
      let [lowest, highest] = [Number.POSITIVE_INFINITY, 0];
      // what the window weighs: its middle half
      for (let j = at(start + size / 4); j <= at(start + (3 * size) / 4); j++) {
        lowest = Math.min(lowest, f0[j]);
        highest = Math.max(highest, f0[j]);
      }
      this.f0[i] = f0[at(start + size / 2)];
      this.lowest[i] = lowest;
      this.highest[i] = lowest > 0 ? highest : 0;
    }
  }

  model(frame: number): Float32Array {
    return this.#row(this.#modelAt, frame);
  }

  recording(frame: number): Float32Array {
    return this.#row(this.#recordingAt, frame);
  }

  #row(at: Pointer, frame: number): Float32Array {
    const { bins, stride } = this.#spectrogram;
    return this.#heap.view(at + frame * stride * 4, bins);
  }
}
