/**
 * pYIN as published (Mauch and Dixon 2014), over the same difference function as here. The thresholds have a beta(2,
 * 18) distribution. Each threshold chooses the first dip below it. Bins are 10 cents wide, and the unvoiced probability
 * is spread over all of them. docs/research/pitch.md says how the path for training differs.
 *
 * It is used to evaluate models, because it neither makes the training data nor analyses live input.
 */

import { LOUDNESS_FLOOR } from '../../../analysis/config';
import { type AnalysisSettings, analyseFrames } from '../../../analysis/track';
import { PitchGrid } from './grid';
import { PitchPath } from './viterbi';

const THRESHOLDS = 100;
const LAST_RESORT = 0.01;
const CHANGE = 0.01;
/** Maximum glide, octaves per second. */
const FASTEST = 35.92;
const STEP = 10;
/** Leap probability so small that a path cannot move faster than FASTEST. */
const NO_LEAPS = 1e-100;
const IMPOSSIBLE = Math.log(1e-100);

/** Cumulative distribution function of beta(2, 18). */
const below = (x: number) => 1 - (1 - x) ** 18 * (1 + 18 * x);

interface Candidate {
  readonly hz: number;
  probability: number;
}

/** One value per frame; frames as in `Track`. */
export interface PyinTrack {
  /** Hz: the likeliest pitch, also in unvoiced frames */
  readonly f0: Float64Array;
  /** 1 or 0 */
  readonly voiced: Uint8Array;
}

/**
 * @param audio mono, at the settings' rate
 * @param settings `analysis.pitchMin` and `pitchMax` limit the path
 */
export async function trackPyin(audio: Float32Array, settings: AnalysisSettings): Promise<PyinTrack> {
  const { sampleRate, frameRate, analysis } = settings;
  const count = Math.ceil(audio.length / Math.round(sampleRate / frameRate));
  const f0 = new Float64Array(count);
  const voiced = new Uint8Array(count);
  const frames: Candidate[][] = [];
  const grid = new PitchGrid(analysis.pitchMin, analysis.pitchMax, STEP);
  const reach = Math.round((1200 * FASTEST) / (STEP * frameRate));
  const path = new PitchPath(
    { bins: grid.count, reach, leap: NO_LEAPS, change: CHANGE },
    (frame, bin, said) => {
      const near = frames[frame].find(({ hz }) => grid.bin(hz) === bin);
      f0[frame] = near?.hz ?? grid.hz(bin);
      voiced[frame] = Number(said);
    },
  );
  const scores = new Float64Array(grid.count);
  await analyseFrames(audio, settings, {}, (analyser, frame, heap) => {
    const silent = analyser.loudness <= LOUDNESS_FLOOR;
    const normalised = heap.view(analyser.normalised, analyser.longest + 1);
    const lags = silent ? [] : dips(normalised, analyser.shortest, analyser.longest);
    const depths = lags.map((lag) => normalised[lag]);
    const shares = probabilities(depths);
    frames[frame] = lags.map((lag, k) => ({ hz: analyser.pitchAt(lag), probability: shares[k] }));
    scores.fill(0);
    for (const { hz, probability } of frames[frame]) scores[grid.bin(hz)] += probability;
    const pitched = scores.reduce((sum, share) => sum + share, 0);
    path.push(
      scores.map((share) => (share > 0 ? Math.log(share) : IMPOSSIBLE)),
      Math.log(Math.max((1 - pitched) / grid.count, 1e-100)),
    );
  });
  path.finish();
  return { f0, voiced };
}

function dips(normalised: Float32Array, shortest: number, longest: number): number[] {
  const lags: number[] = [];
  for (let lag = shortest; lag < longest; lag++) {
    const depth = normalised[lag];
    if (depth < normalised[lag - 1] && depth <= normalised[lag + 1]) lags.push(lag);
  }
  return lags;
}

function probabilities(depths: readonly number[]): number[] {
  const shares = depths.map(() => 0);
  const lowest = depths.indexOf(Math.min(...depths));
  for (let i = 1; i <= THRESHOLDS && depths.length > 0; i++) {
    const mass = below(i / THRESHOLDS) - below((i - 1) / THRESHOLDS);
    const first = depths.findIndex((depth) => depth < i / THRESHOLDS);
    if (first >= 0) shares[first] += mass;
    else shares[lowest] += LAST_RESORT * mass;
  }
  return shares;
}
