/** The pitch of a recording as a network hears it, joined by the same path as the live tracker's dips. */

import { LOUDNESS_FLOOR } from '../../../../analysis/analyser';
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
 * Hz of bin 0. CREPE's paper says 32.70, its code 1997.38 cents above 10 Hz, which is what networks are
 * trained with: at 32.70 they would all be half a semitone sharp.
 */
const LOWEST = 10 * 2 ** (1997.3794084376191 / 1200);
/** Bins on either side that a pitch is averaged over. */
const AROUND = 4;
/** An activation from which on a frame is voiced, where every frame decides for itself. */
const VOICED = 0.5;
const NOWHERE = 1e-8;
/** Frames handed to the network at a time. */
const BATCH = 64;
/** Frames that the path leaves undecided. */
const CAPACITY = 2048;
/** Share of the work that is not the network's. */
const ANALYSIS = 0.05;

const grid = new PitchGrid(LOWEST, LOWEST * 2 ** (((NETWORK_BINS - 1) * STEP) / 1200), STEP);

/**
 * Analyses a recording: loudness by the live analysis, pitch by a network, whose frames of 64 ms are centred
 * where ours are. `analysis.pitchMin` and `pitchMax` bound the pitch, within 31.7 to 2006 Hz.
 * @param audio mono
 * @param viterbi whether the likeliest path joins the frames; else each has the pitch of its largest
 *   activation, if that is above 0.5
 * @throws PitchNetworkError when it answers something else than activations, the signal's reason if it aborts
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

/** From activations to pitches. */
class ActivationPath {
  readonly #track: Track;
  readonly #viterbi: boolean;
  readonly #first: number;
  readonly #last: number;
  readonly #path: ReturnType<typeof newPath>;
  /** of the frames that are not decided yet, in a ring */
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

  /** The next frame. */
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
