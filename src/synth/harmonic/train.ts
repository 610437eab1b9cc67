/** Harmonic in training. */

import type { Pointer } from '../../dsp/heap';
import { OptionError } from '../../errors';
import { OscillatorTraining } from '../oscillator-training';
import type { Options } from '../processor';
import { segmentOffset } from '../segments';
import type { TrainableType, TrainContext } from '../trainable';
import { HarmonicScale, paddedHarmonics } from './play';

/**
 * Kept between forward and backward: scaled controls (T * (1 + K)), their folded form (T * K), phases (one u32
 * a sample).
 */
class HarmonicTraining extends OscillatorTraining {
  readonly #harmonics: number;
  readonly #scale: HarmonicScale;
  readonly #padded: number;
  readonly #scaled: Pointer;
  readonly #dScaled: Pointer;
  readonly #folded: Pointer;
  readonly #dFolded: Pointer;
  /** floats from one segment's phases to the next's */
  readonly #phaseStride: number;
  readonly #phase: Pointer;
  readonly #scratch: Pointer;

  constructor(context: TrainContext, options: Options) {
    super(context);
    const { heap, hop, frames } = context;
    const { harmonics } = options;
    this.#harmonics = harmonics;
    this.#scale = new HarmonicScale(options, this.limit);
    this.#padded = paddedHarmonics(harmonics);
    this.#scaled = heap.alloc(frames * (1 + harmonics));
    this.#dScaled = heap.alloc(1 + harmonics);
    this.#folded = heap.alloc(frames * this.#padded);
    this.#dFolded = heap.alloc(frames * this.#padded);
    this.#phaseStride = (hop + 15) & ~15;
    this.#phase = heap.alloc((frames + 1) * this.#phaseStride);
    this.#scratch = heap.alloc(heap.kernels.harmonicScratch(harmonics, true));
  }

  override forward(u: Pointer, f0: Pointer): void {
    const { heap, hop, frames, stride } = this.context;
    const { kernels } = heap;
    const hz = this.hz(f0);
    for (let i = 0; i < frames; i++) {
      const folded = this.#frameOf(this.#folded, i);
      this.#scale.run(kernels, folded, this.#scaledAt(i), u + i * stride * 4, hz[i]);
    }
    this.resetPhase();
    for (const segment of this.segments) {
      const { index, from, to, skip, n, start } = segment;
      const phase = this.#phaseOf(index);
      this.movePhase(phase, segment, hz);
      kernels.harmonicSegment(
        this.signal + start * 4,
        phase,
        this.weight + skip * 4,
        skip + segmentOffset(hop),
        hop,
        this.#frameOf(this.#folded, from),
        this.#frameOf(this.#folded, to),
        hz[from],
        hz[to],
        this.limit,
        this.#harmonics,
        n,
        this.#scratch,
      );
    }
  }

  override backward(u: Pointer, f0: Pointer, du: Pointer): void {
    const { heap, hop, frames, stride } = this.context;
    const { kernels } = heap;
    const hz = this.hz(f0);
    kernels.silence(this.#dFolded, frames * this.#padded);
    for (const { index, from, to, skip, n, start } of this.segments) {
      kernels.harmonicSegmentBackward(
        this.#frameOf(this.#dFolded, from),
        this.#frameOf(this.#dFolded, to),
        this.gradient + start * 4,
        this.#phaseOf(index),
        this.weight + skip * 4,
        skip + segmentOffset(hop),
        hop,
        hz[from],
        hz[to],
        this.limit,
        this.#harmonics,
        n,
        this.#scratch,
      );
    }
    const { harmonics, amplitudeMax, limit } = this.#scale;
    for (let i = 0; i < frames; i++) {
      const at = i * stride * 4;
      const dFolded = this.#frameOf(this.#dFolded, i);
      kernels.silence(this.#dScaled, 1 + harmonics);
      kernels.harmonicControlsBackward(this.#dScaled, dFolded, this.#scaledAt(i), hz[i], limit, harmonics);
      kernels.expSigmoidBackward(du + at, this.#dScaled, u + at, amplitudeMax, 1);
      kernels.expSigmoidBackward(du + at + 4, this.#dScaled + 4, u + at + 4, 1, harmonics);
    }
  }

  #scaledAt(frame: number): Pointer {
    return this.#scaled + frame * (1 + this.#harmonics) * 4;
  }

  #frameOf(folded: Pointer, frame: number): Pointer {
    return folded + frame * this.#padded * 4;
  }

  #phaseOf(segment: number): Pointer {
    return this.#phase + segment * this.#phaseStride * 4;
  }
}

export const harmonicTraining: TrainableType = {
  create: (context, options) => {
    if (options.normaliseAll === 1)
      throw new OptionError('synth.harmonic.normaliseAll', 'models with it play, but cannot be trained');
    return new HarmonicTraining(context, options);
  },
};
