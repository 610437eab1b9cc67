/** The filter between two sample rates, as the kernel `polyphase` takes it. Double precision, set-up only. */

import { kaiser } from '../dsp/window';

/** Of the lower rate: what is kept whole, up to 0.95 of its Nyquist frequency; beyond that frequency nothing. */
const KEPT = 0.475;
const GONE = 0.5;
/** Kaiser's shape and length for 125 dB (Kaiser 1974) */
const BETA = 0.1102 * (125 - 8.7);
const TAPS = (125 - 7.95) / (14.36 * (GONE - KEPT));
/** Entries of the window, which is interpolated between them: to -140 dB. */
const WINDOW_STEPS = 2 ** 14;
/**
 * Values of the largest table, 64 MB. Two rates without a common divisor may need more, where the lower one is
 * far lower: they are taken for others, a hundredth of a cent from them at most.
 */
const LARGEST = 2 ** 24;

export interface ResamplingFilter {
  /** an output comes every whole + part / phases input samples */
  readonly phases: number;
  readonly whole: number;
  readonly part: number;
  /** input samples an output is made of; those up to `taps / 2 - 1` lie before it or at it */
  readonly taps: number;
  /** phases x taps */
  readonly table: Float32Array;
}

/** @param from to: rates, Hz */
export function resamplingFilter(from: number, to: number): ResamplingFilter {
  const scale = Math.min(1, to / from);
  const taps = 8 * Math.ceil(TAPS / scale / 8);
  const [phases, step] = fraction(to, from, Math.floor(LARGEST / taps));
  const table = new Float32Array(phases * taps);
  const window = Float64Array.from({ length: WINDOW_STEPS + 2 }, (_, i) =>
    kaiser(Math.min(1, i / WINDOW_STEPS), BETA),
  );
  const half = taps / 2;
  const cutoff = scale * (KEPT + GONE);
  const row = new Float64Array(taps);
  for (let phase = 0; phase < phases; phase++) {
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const x = k - half + 1 - phase / phases;
      const place = (Math.abs(x) / half) * WINDOW_STEPS;
      const below = Math.floor(place);
      const weight = window[below] + (place - below) * (window[below + 1] - window[below]);
      row[k] = weight * sinc(cutoff * x);
      sum += row[k];
    }
    // each phase passes a constant as it is
    for (let k = 0; k < taps; k++) table[phase * taps + k] = row[k] / sum;
  }
  return { phases, whole: Math.floor(step / phases), part: step % phases, taps, table };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** a / b in lowest terms, or the nearest of its convergents whose numerator is at most `largest`. */
function fraction(a: number, b: number, largest: number): [number, number] {
  let [before, found] = [
    [0, 1],
    [1, 0],
  ];
  for (let [high, low] = [a, b]; low > 0; [high, low] = [low, high % low]) {
    const times = Math.floor(high / low);
    const next = [times * found[0] + before[0], times * found[1] + before[1]];
    if (next[0] > largest) break;
    [before, found] = [found, next];
  }
  return [found[0], found[1]];
}
