/**
 * Analyses one frame: from a window of samples to f0, confidence and loudness.
 *
 * The same code runs on the audio thread and over the files that a model is trained on. One transform of the window
 * serves both results. Loudness is its weighted power. Pitch comes from the autocorrelation, which is the inverse
 * transform of the power.
 */

import { FftPlans, fftSizeFor, type RealFft } from '../dsp/fft';
import type { Heap, Pointer } from '../dsp/heap';
import { type AnalysisConfig, LOUDNESS_FLOOR } from './config';
import { binWeights, lagWeights } from './loudness';

/** f0 before the first voiced frame, Hz. */
export const FIRST_F0 = 440;

/** Hz: only lower guesses are tested for chords. Chords with a shorter common period lie above the range of voices. */
const CHORD_BELOW = 500;
/**
 * Share of the power in the first three harmonics. A low note has at least NOTE_LOW_SHARE; a bassoon has the least. A
 * chord that is taken for a low note hardly has CHORD_LOW_SHARE. It is not zero because the thirds of equal temperament
 * lie slightly beside the harmonics.
 */
const NOTE_LOW_SHARE = 0.022;
const CHORD_LOW_SHARE = 0.012;

/** Hz: a higher pitch is a whistle, which must be a clear tone. */
const CLEAR_ABOVE = 2000;
/** Hz: no voice growls at a higher pitch. */
const GROWL_BELOW = 1000;
/** Upper limit of the doubt of a growl's period, whose neighbours are weaker by up to half. */
const GROWL = 0.2;
/**
 * Largest share of that doubt that may remain after the loudness is evened out. For the octave of a note, a fifth or
 * more remains.
 */
const ALIKE = 0.1;
const ALIKE_ROUNDING = 0.001;

/** Half a semitone. */
const NEAR = 2 ** (1 / 24);

export interface AnalyserContext {
  readonly heap: Heap;
  /** sample rate of the context, Hz */
  readonly sampleRate: number;
  /** sample rate that the configuration is meant for, Hz */
  readonly modelRate: number;
  readonly config: AnalysisConfig;
}

/** Samples of a window at `sampleRate`. It is even and lasts as long as a window at the model's rate. */
export function windowAt(sampleRate: number, modelRate: number, config: AnalysisConfig): number {
  return 2 * Math.round((config.window * sampleRate) / modelRate / 2);
}

export class Analyser {
  /** W at the context's rate, even */
  readonly window: number;
  /** where the caller writes the window's samples */
  readonly input: Pointer;
  /** first and last lag of the pitch range, both included */
  readonly shortest: number;
  readonly longest: number;
  /** d' of the last `run` at lags 0..longest (see src/kernels/analysis/yin.ts), unless it was silent */
  readonly normalised: Pointer;
  /** Hz; 0 = unvoiced */
  f0 = 0;
  /** The likeliest pitch in Hz, also in an unvoiced frame; 0: none. The rule `first` has none in unvoiced frames. */
  guess = 0;
  /** Confidence of the guess, 0..1. A frame is voiced above 1 - threshold. */
  confidence = 0;
  /** dB, -80 and up */
  loudness = LOUDNESS_FLOOR;

  readonly #kernels: Heap['kernels'];
  readonly #fft: RealFft;
  readonly #sampleRate: number;
  readonly #threshold: number;
  readonly #rule: 'first' | 'clear';
  readonly #lags: number;
  readonly #padded: Pointer;
  readonly #spectrum: Pointer;
  readonly #correlation: Pointer;
  readonly #weights: Pointer;
  /** Weight of the squared mean in the power. */
  readonly #meanWeight: number;
  readonly #difference: Pointer;
  readonly #doubt: Pointer;
  readonly #clear: number;
  readonly #shortestGrowl: number;
  readonly #growl: Pointer;

  /**
   * Set-up only: allocates.
   * @throws RangeError if the window is too short for any lag of the pitch range
   */
  constructor({ heap, sampleRate, modelRate, config }: AnalyserContext) {
    const { kernels } = heap;
    this.#kernels = kernels;
    this.#sampleRate = sampleRate;
    this.#threshold = config.threshold;
    this.#rule = config.dip ?? 'first';
    this.window = windowAt(sampleRate, modelRate, config);
    // At longer lags too few samples are left to compare. Chance makes any sound look periodic there.
    const most = Math.floor((3 * this.window) / 4);
    this.shortest = Math.max(Math.ceil(sampleRate / config.pitchMax), 2);
    this.longest = Math.min(Math.ceil(sampleRate / config.pitchMin) - 1, most);
    if (!(this.shortest < this.longest)) {
      throw new RangeError(
        `window ${config.window} is too short for ${config.pitchMin} to ${config.pitchMax} Hz`,
      );
    }
    this.#lags = Math.min(this.longest + 1 + kernels.dipReach(), this.window);
    // all lags must fit: the weights need them if the window is no power of two
    this.#fft = FftPlans.of(heap).get(fftSizeFor(2 * this.window));
    const { size, spectrumLength } = this.#fft;
    const weights = heap.computed(`bin-weights/${config.window}`, () =>
      binWeights(this.window, sampleRate, config.window, modelRate),
    );
    this.#meanWeight = weights[0] * this.window ** 2;
    this.input = heap.alloc(this.window);
    this.#padded = heap.alloc(size);
    this.#spectrum = heap.alloc(spectrumLength);
    this.#correlation = heap.alloc(size);
    this.#weights = heap.alloc(spectrumLength / 2);
    this.#difference = heap.alloc(this.#lags);
    this.normalised = heap.alloc(this.#lags);
    this.#doubt = heap.alloc(this.#lags);
    this.#clear = Math.max(Math.ceil(sampleRate / CLEAR_ABOVE), this.shortest);
    this.#shortestGrowl = Math.ceil(sampleRate / GROWL_BELOW);
    this.#growl = heap.alloc(kernels.growlWork(this.window, this.#shortestGrowl));
    this.#fillWeights(heap, weights);
  }

  /** Converts weights of the window's bins into weights of the padded transform's bins. */
  #fillWeights(heap: Heap, weights: Float64Array): void {
    const { size, bins, tables, work } = this.#fft;
    const step = size / this.window;
    const padded = heap.view(this.#weights, bins);
    if (Number.isInteger(step)) {
      weights.forEach((weight, k) => {
        padded[k * step] = weight;
      });
      return;
    }
    const byLag = heap.computed(`lag-weights/${this.window}`, () => lagWeights(weights, this.window, size));
    heap.view(this.#correlation, size).set(byLag);
    this.#kernels.rfft(this.#spectrum, this.#correlation, tables, work, size);
    // each bin between the first and the last stands for two bins of the full transform
    padded.set(heap.view(this.#spectrum, bins).map((re, k) => (re * (k % (bins - 1) ? 2 : 1)) / size));
  }

  /** Any thread. Analyses the samples in `input`. */
  run(): void {
    const kernels = this.#kernels;
    const { size, tables, work } = this.#fft;
    this.loudness = LOUDNESS_FLOOR;
    this.f0 = 0;
    this.guess = 0;
    this.confidence = 0;
    if (kernels.isSilent(this.input, this.window) !== 0) return;
    const mean = kernels.analysisWindow(this.#padded, this.input, this.window, size);
    kernels.rfft(this.#spectrum, this.#padded, tables, work, size);
    const power = kernels.weightedPower(this.#spectrum, this.#weights, size) + this.#meanWeight * mean * mean;
    this.loudness = Math.max(10 * Math.log10(power), LOUDNESS_FLOOR);
    if (this.loudness > LOUDNESS_FLOOR) this.#pitch();
  }

  #pitch(): void {
    const kernels = this.#kernels;
    const { size, tables, work } = this.#fft;
    kernels.irfft(this.#correlation, this.#spectrum, tables, work, size);
    kernels.yinDifference(
      this.#difference,
      this.normalised,
      this.#correlation,
      this.#padded,
      this.window,
      this.#lags,
    );
    kernels.dipDoubt(this.#doubt, this.#difference, this.#correlation, this.#lags);
    if (this.#rule === 'first') this.#firstDip();
    else this.#clearDip();
  }

  /** The rule of YIN. A frame is voiced if any d' is below the threshold. The first such dip is the period. */
  #firstDip(): void {
    const kernels = this.#kernels;
    const { normalised, shortest, longest } = this;
    const lag = kernels.yinLag(normalised, shortest, longest, this.#threshold);
    const doubt = lag > 0 ? kernels.yinAt(normalised, lag) : kernels.yinLowest(normalised, shortest, longest);
    this.confidence = Math.min(Math.max(1 - doubt, 0), 1);
    if (lag > 0) this.guess = this.f0 = this.pitchAt(lag);
  }

  /** Takes the first dip that is about as low as the lowest one. Its depth decides whether the frame is voiced. */
  #clearDip(): void {
    const kernels = this.#kernels;
    const doubt = this.#doubt;
    const found = kernels.dipLag(doubt, this.shortest, this.longest, this.#clear);
    if (found === 0) return;
    const lag = this.#period(Math.abs(found));
    const period = kernels.dipRefine(doubt, lag);
    const atLag = kernels.yinAt(doubt, lag);
    // d' between lags, scaled in proportion to u
    const share = atLag > 0 ? Math.min(kernels.dipDepth(doubt, lag, period) / atLag, 1) : 0;
    this.guess = this.#sampleRate / period;
    this.confidence = Math.max(1 - share * kernels.yinAt(this.normalised, lag), 0);
    // the tone lies above the range
    if (found < 0) this.confidence = 0;
    if (this.guess < CHORD_BELOW && this.confidence > 0) this.confidence *= this.#oneness(Math.round(period));
    if (this.confidence > 1 - this.#threshold) this.f0 = this.guess;
  }

  /** The lag itself, or half of it if every second period is only weaker (see src/kernels/analysis/growl.ts). */
  #period(lag: number): number {
    const kernels = this.#kernels;
    const doubt = this.#doubt;
    const half = kernels.dipHalf(doubt, lag, Math.max(this.shortest, this.#shortestGrowl));
    if (half === 0) return lag;
    const whole = this.#depth(lag);
    const uneven = this.#depth(half) - whole;
    if (!(uneven < GROWL)) return lag;
    // both values are taken at whole lags, because interpolation changes both alike
    const evened =
      kernels.yinAt(doubt, half) - kernels.growlDoubt(this.#padded, this.window, half, this.#growl);
    const unlike = uneven - evened;
    return unlike < ALIKE * uneven + ALIKE_ROUNDING ? half : lag;
  }

  /** Doubt of a dip, interpolated between lags. */
  #depth(lag: number): number {
    return this.#kernels.dipDepth(this.#doubt, lag, this.#kernels.dipRefine(this.#doubt, lag));
  }

  /**
   * Confidence factor against chords: 1 for a note. The notes of a chord have a common period, two or more octaves
   * below them. The factor is smaller if the first three harmonics of the period are missing.
   */
  #oneness(period: number): number {
    const low = this.#kernels.dipLowHarmonics(this.#doubt, period, Math.cos((2 * Math.PI) / period));
    const oneness = (low - CHORD_LOW_SHARE) / (NOTE_LOW_SHARE - CHORD_LOW_SHARE);
    return Math.min(Math.max(oneness, 0), 1);
  }

  /** Lowest doubt in the frame of a pitch near `hz`. It is 1 if there is none, or with the rule `first`. */
  doubtAt(hz: number): number {
    if (this.#rule === 'first' || !(this.loudness > LOUDNESS_FLOOR)) return 1;
    const lag = this.#sampleRate / hz;
    const from = Math.max(Math.floor(lag / NEAR), this.shortest);
    const to = Math.min(Math.ceil(lag * NEAR), this.longest);
    return Math.min(this.#kernels.yinLowest(this.#doubt, from, to), 1);
  }

  /** Hz of the interpolated dip of the difference function at a whole lag, after `run`. */
  pitchAt(lag: number): number {
    return this.#sampleRate / this.#kernels.dipRefine(this.#doubt, lag);
  }
}
