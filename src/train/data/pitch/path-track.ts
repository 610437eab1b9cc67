/**
 * Tracks pitch as the most likely path through all frames. This corrects onsets and octave errors. The live analysis
 * gets them wrong, because it cannot look ahead.
 */

import { FIRST_F0 } from '../../../analysis/analyser';
import { LOUDNESS_FLOOR } from '../../../analysis/config';
import {
  type AnalyseOptions,
  type AnalysisSettings,
  analyseFrames,
  emptyTrack,
  type Track,
} from '../../../analysis/track';
import { Dips, MOST_DIPS } from './dips';
import { PitchGrid } from './grid';
import { PitchPath } from './viterbi';

/** Cents between the bins of the path. The resulting pitches are those of the dips. */
const STEP = 20;
/** Maximum glide, octaves per second (from the 25 cents per 2.9 ms of Mauch and Dixon 2014). */
const FASTEST = 36;
/** Expected changes between voiced and unvoiced per second. */
const CHANGES = 1;
/** Expected leaps per second. Few, because octave errors are leaps too. */
const LEAPS = 1e-3;
/** Log likelihood of a bin without a dip. */
const NOWHERE = Math.log(1e-8);
/** Bins over which the unvoiced probability is spread, because noise also has dips. */
const UNVOICED_BINS = 32;
/** Maximum number of undecided frames of the path. */
const CAPACITY = 4096;

/**
 * Analyses a recording. Frames, loudness and dips are those of live playing. Pitch and voicing come from the most
 * likely path. Memory is constant except for the track itself.
 * @param audio mono
 * @param settings `analysis.pitchMin` and `pitchMax` limit the path
 * @throws the signal's reason, if it aborts
 */
export async function trackPath(
  audio: Float32Array,
  settings: AnalysisSettings,
  options: AnalyseOptions = {},
): Promise<Track> {
  const { frameRate, analysis } = settings;
  const track = emptyTrack(audio.length, options.sampleRate ?? settings.sampleRate, frameRate);
  const grid = new PitchGrid(analysis.pitchMin, analysis.pitchMax, STEP);
  const dips = new Dips();
  const undecided = new UndecidedDips(grid);
  const path = newPath(grid, frameRate, CAPACITY, (frame, bin, voiced) => {
    if (voiced) undecided.resolve(frame, bin, track);
    else track.f0[frame] = 0;
  });
  const scores = new Float64Array(grid.count);
  await analyseFrames(audio, settings, options, (analyser, frame, heap) => {
    if (analyser.loudness > LOUDNESS_FLOOR) {
      const { shortest, longest, window } = analyser;
      dips.find(heap.view(analyser.normalised, longest + 1), shortest, longest, window);
    } else dips.clear();
    track.loudness[frame] = analyser.loudness;
    track.confidence[frame] = analyser.confidence;
    scores.fill(0);
    let pitched = 0;
    for (let k = 0; k < dips.count; k++) {
      const hz = analyser.pitchAt(dips.lags[k]);
      undecided.keep(frame, k, hz, dips.depths[k]);
      scores[grid.bin(hz)] += dips.probabilities[k];
      pitched += dips.probabilities[k];
    }
    undecided.end(frame, dips.count);
    for (let bin = 0; bin < scores.length; bin++) {
      scores[bin] = scores[bin] > 0 ? Math.max(Math.log(scores[bin]), NOWHERE) : NOWHERE;
    }
    path.push(scores, Math.log(Math.max((1 - pitched) / UNVOICED_BINS, 1e-12)));
  });
  path.finish();
  hold(track);
  return track;
}

/** Creates a path search with probabilities for voices and instruments, at any frame rate and on any grid. */
export function newPath(
  grid: PitchGrid,
  frameRate: number,
  capacity: number,
  visit: (frame: number, bin: number, voiced: boolean) => void,
): PitchPath {
  const reach = Math.max(1, Math.round((1200 * FASTEST) / (grid.step * frameRate)));
  const change = Math.min(CHANGES / frameRate, 0.5);
  return new PitchPath({ bins: grid.count, reach, leap: LEAPS / frameRate, change, capacity }, visit);
}

/** Unvoiced frames hold the last pitch, as in live playing. */
export function hold({ f0, heldF0 }: Track): void {
  let held = FIRST_F0;
  for (let i = 0; i < f0.length; i++) {
    if (f0[i] > 0) held = f0[i];
    heldF0[i] = held;
  }
}

/** A ring buffer with the dips of undecided frames. */
class UndecidedDips {
  readonly #grid: PitchGrid;
  readonly #hz = new Float32Array(CAPACITY * MOST_DIPS);
  readonly #depth = new Float32Array(CAPACITY * MOST_DIPS);
  readonly #count = new Uint8Array(CAPACITY);

  constructor(grid: PitchGrid) {
    this.#grid = grid;
  }

  keep(frame: number, index: number, hz: number, depth: number): void {
    const at = (frame % CAPACITY) * MOST_DIPS + index;
    this.#hz[at] = hz;
    this.#depth[at] = depth;
  }

  end(frame: number, count: number): void {
    this.#count[frame % CAPACITY] = count;
  }

  /** Sets the pitch to the deepest dip near the path's bin, or to the bin's own pitch if there is none. */
  resolve(frame: number, bin: number, { f0, confidence }: Track): void {
    const first = (frame % CAPACITY) * MOST_DIPS;
    const end = first + this.#count[frame % CAPACITY];
    let best = -1;
    for (let at = first; at < end; at++) {
      const near = Math.abs(this.#grid.bin(this.#hz[at]) - bin) <= 1;
      if (near && (best < 0 || this.#depth[at] < this.#depth[best])) best = at;
    }
    f0[frame] = best < 0 ? this.#grid.hz(bin) : this.#hz[best];
    if (best >= 0) confidence[frame] = 1 - this.#depth[best];
  }
}
