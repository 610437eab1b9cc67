/** Tracks pitch with a network. The frames are joined by the same path search as the dips of YIN. */

import { LOUDNESS_FLOOR } from '../../../../analysis/config';
import {
  type AnalyseOptions,
  type AnalysisSettings,
  analyseFrames,
  emptyTrack,
  type Track,
} from '../../../../analysis/track';
import { resample } from '../../../../audio/resample';
import { PitchGrid } from '../grid';
import { hold, newPath } from '../path-track';
import { networkFrames } from './frames';
import { NETWORK_BINS, NETWORK_RATE, type PitchNetwork } from './network';

/** Cents between bins. */
const STEP = 20;
/**
 * Hz, of bin 0. The CREPE paper says 32.70 Hz, but its code uses 1997.38 cents above 10 Hz. Networks are trained with
 * the latter. With 32.70 Hz all pitches would be half a semitone sharp.
 */
const LOWEST = 10 * 2 ** (1997.3794084376191 / 1200);
/** Number of bins on each side over which a pitch is averaged. */
const AROUND = 4;
/** Without a path, a frame is voiced if its largest activation is above this. */
const VOICED = 0.5;
const NOWHERE = 1e-8;
/** Frames per run of the network. */
const BATCH = 64;
/** Maximum number of undecided frames of the path. */
const CAPACITY = 2048;
/** Share of the work outside the network. */
const ANALYSIS = 0.05;

const grid = new PitchGrid(LOWEST, LOWEST * 2 ** (((NETWORK_BINS - 1) * STEP) / 1200), STEP);

/**
 * Analyses a recording: loudness by the live analysis, pitch by a network. The network's frames of 64 ms have the same
 * centres as the model's frames. `analysis.pitchMin` and `pitchMax` limit the pitch, within 31.7 to 2006 Hz.
 * @param audio mono
 * @param viterbi true: the most likely path; false: the largest activation of each frame, if above 0.5
 * @throws PitchNetworkError when its output has another shape, the signal's reason when aborted
 */
export async function trackNeural(
  audio: Float32Array,
  settings: AnalysisSettings,
  network: PitchNetwork,
  viterbi: boolean,
  { sampleRate = settings.sampleRate, signal, onProgress }: AnalyseOptions = {},
): Promise<Track> {
  const track = emptyTrack(audio.length, sampleRate, settings.frameRate);
  const count = track.f0.length;
  const analyse = {
    sampleRate,
    signal,
    onProgress: (share: number) => onProgress?.(share * ANALYSIS),
  };
  await analyseFrames(audio, settings, analyse, (analyser, frame) => {
    track.loudness[frame] = analyser.loudness;
  });
  const slow = await resample(audio, sampleRate, NETWORK_RATE, signal);
  const step = Math.round(sampleRate / settings.frameRate) / sampleRate;
  const decoder = new ActivationPath(track, settings, viterbi);
  for (let at = 0; at < count; at += BATCH) {
    signal?.throwIfAborted();
    const frames = Math.min(BATCH, count - at);
    const activations = await network.run(networkFrames(slow, step, at, frames));
    for (let i = 0; i < frames; i++) {
      decoder.push(activations.subarray(i * NETWORK_BINS, (i + 1) * NETWORK_BINS));
    }
    onProgress?.(ANALYSIS + (1 - ANALYSIS) * ((at + frames) / count));
    await new Promise((resolve) => setTimeout(resolve));
  }
  decoder.finish();
  hold(track);
  return track;
}

/** Converts activations to pitches. */
class ActivationPath {
  readonly #track: Track;
  readonly #viterbi: boolean;
  readonly #first: number;
  readonly #last: number;
  readonly #path: ReturnType<typeof newPath>;
  /** ring buffer of the undecided frames */
  readonly #activations = new Float32Array(CAPACITY * NETWORK_BINS);
  readonly #scores = new Float64Array(NETWORK_BINS);
  #frame = 0;

  constructor(track: Track, { frameRate, analysis }: AnalysisSettings, viterbi: boolean) {
    this.#track = track;
    this.#viterbi = viterbi;
    this.#first = grid.bin(analysis.pitchMin);
    this.#last = grid.bin(analysis.pitchMax);
    this.#path = newPath(grid, frameRate, CAPACITY, (frame, bin, voiced) =>
      this.#resolve(frame, bin, voiced),
    );
  }

  /** Adds a frame. */
  push(activations: Float32Array): void {
    const frame = this.#frame++;
    this.#activations.set(activations, (frame % CAPACITY) * NETWORK_BINS);
    const silent = this.#track.loudness[frame] <= LOUDNESS_FLOOR;
    let best = this.#first;
    for (let bin = this.#first; bin <= this.#last; bin++) {
      if (activations[bin] > activations[best]) best = bin;
    }
    const most = silent ? 0 : activations[best];
    this.#track.confidence[frame] = Math.min(Math.max(most, 0), 1);
    if (!this.#viterbi) {
      this.#resolve(frame, best, most >= VOICED);
      return;
    }
    for (let bin = 0; bin < NETWORK_BINS; bin++) {
      const heard = !silent && bin >= this.#first && bin <= this.#last ? activations[bin] : 0;
      this.#scores[bin] = Math.log(Math.max(heard, NOWHERE));
    }
    this.#path.push(this.#scores, Math.log(Math.max(1 - most, NOWHERE)));
  }

  finish(): void {
    this.#path.finish();
  }

  #resolve(frame: number, bin: number, voiced: boolean): void {
    if (!voiced) return;
    const start = (frame % CAPACITY) * NETWORK_BINS;
    let sum = 0;
    let weighted = 0;
    for (let k = Math.max(bin - AROUND, 0); k <= Math.min(bin + AROUND, NETWORK_BINS - 1); k++) {
      const activation = this.#activations[start + k];
      sum += activation;
      weighted += activation * k;
    }
    this.#track.f0[frame] = grid.hz(sum > 0 ? weighted / sum : bin);
    this.#track.confidence[frame] = Math.min(Math.max(this.#activations[start + bin], 0), 1);
  }
}
