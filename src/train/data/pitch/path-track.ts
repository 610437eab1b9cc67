/**
 * The pitch of a recording as the likeliest path through what its frames allow, instead of frame by frame:
 * what the live analysis, which cannot wait, finds too late or an octave off.
 */

import { FIRST_F0, LOUDNESS_FLOOR } from '../../../analysis/analyser';
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

/** Cents between the bins of the path; pitches are those of the dips. */
const STEP = 20;
/** Octaves a second that a pitch glides at most (Mauch and Dixon 2014, by way of their 25 cents in 2.9 ms) */
const FASTEST = 36;
/** Changes a second between voiced and unvoiced that are expected. */
const CHANGES = 1;
/** Leaps a second that are expected. Few: octave errors are leaps, too. */
const LEAPS = 1e-3;
/** Log likelihood of a bin without a dip. */
const NOWHERE = Math.log(1e-8);
/** Bins over which the probability of no pitch is spread: noise, too, has a dip near most bins at times. */
const UNVOICED_BINS = 32;
/** Frames that the path leaves undecided. */
const CAPACITY = 4096;

/**
 * Analyses a recording: frames, loudness and dips are those of the live analysis, pitch and voicing those of
 * the likeliest path. Memory beyond the track itself does not grow with the recording.
 * @param audio mono
 * @param settings whose `analysis.pitchMin` and `pitchMax` bound the path
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

/** A path whose habits are those of voices and instruments, whatever the frame rate and the grid. */
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

/** Unvoiced frames hold the last pitch, as they do live. */
export function hold({ f0, heldF0 }: Track): void {
  let held = FIRST_F0;
  for (let i = 0; i < f0.length; i++) {
    if (f0[i] > 0) held = f0[i];
    heldF0[i] = held;
  }
}

/** The dips of the frames that the path has not decided yet, in a ring. */
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

  /** The deepest dip near the path's bin; where there is none, the bin's own pitch. */
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
