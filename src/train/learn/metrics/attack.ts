/**
 * Attacks: how far loudness (A-weighted, dB) and spectral centroid (octaves) are from the recording's in the first
 * 200 ms of its notes, as means of absolute differences over frames.
 *
 * A note begins where the recording's loudness rises by 10 dB within 80 ms and a pitch follows. The centroid is that of
 * the magnitudes from 100 Hz to 10 kHz. Frames 40 dB below the loudest of the attack do not count: the room's noise is
 * no part of a note.
 */

import { AWeighted } from './a-weighted';
import type { ComparedSpectra, Sums } from './compared-spectra';
import type { Measure } from './measure';
import type { Yardsticks } from './yardsticks';

/** dB */
const RISE = 10;
const RANGE = 40;
/** Seconds. */
const WITHIN = 0.08;
const LENGTH = 0.2;
/** dB above the quietest frame: from there on the note rises. */
const START = 3;
/** Share of the frames after a note's begin that have a pitch. */
const PITCHED = 0.5;
/** Hz */
const LOWEST = 100;
const HIGHEST = 10_000;

export class Attack implements Measure {
  /** frames, differences of loudness and of centroid */
  readonly size = 3;
  readonly #weighted: AWeighted;
  readonly #first: number;
  readonly #end: number;

  constructor(sampleRate: number, size: number) {
    this.#weighted = new AWeighted(sampleRate, size);
    this.#first = Math.ceil((LOWEST * size) / sampleRate);
    this.#end = Math.floor((Math.min(HIGHEST, sampleRate / 2) * size) / sampleRate) + 1;
  }

  add(sums: Sums, spectra: ComparedSpectra): void {
    const loudness = Float64Array.from({ length: spectra.frames }, (_, i) =>
      this.#weighted.loudness(spectra.recording(i)),
    );
    for (const [from, to] of attacks(loudness, spectra.f0, spectra.hop)) {
      const loudest = Math.max(...loudness.subarray(from, to));
      for (let i = from; i < to; i++) {
        if (loudness[i] < loudest - RANGE) continue;
        sums[0]++;
        sums[1] += Math.abs(this.#weighted.loudness(spectra.model(i)) - loudness[i]);
        sums[2] += Math.abs(
          Math.log2(this.#centroid(spectra.model(i)) / this.#centroid(spectra.recording(i))),
        );
      }
    }
  }

  result([frames, loudness, centroid]: Sums): Yardsticks {
    if (frames === 0) return {};
    return {
      attackLoudness: { value: loudness / frames, recording: 0 },
      attackCentroid: { value: centroid / frames, recording: 0 },
    };
  }

  /** In bins, above 0. */
  #centroid(powers: Float32Array): number {
    let sum = 1e-9;
    let moment = 1e-9 * this.#first;
    for (let k = this.#first; k < this.#end; k++) {
      const magnitude = Math.sqrt(powers[k]);
      sum += magnitude;
      moment += k * magnitude;
    }
    return moment / sum;
  }
}

/**
 * @param loudness dB
 * @param f0 Hz, 0 = unvoiced
 * @param hop seconds between values
 * @returns first frame and end of the beginning of each note
 */
export function attacks(
  loudness: ArrayLike<number>,
  f0: ArrayLike<number>,
  hop: number,
): [from: number, to: number][] {
  const [back, length] = [Math.round(WITHIN / hop), Math.round(LENGTH / hop)];
  const found: [number, number][] = [];
  for (let i = back; i < loudness.length; i++) {
    let lowest = Number.POSITIVE_INFINITY;
    for (let j = i - back; j < i; j++) lowest = Math.min(lowest, loudness[j]);
    if (loudness[i] < lowest + RISE) continue;
    let from = i;
    while (loudness[from - 1] > lowest + START) from--;
    const to = from + length;
    if (to > loudness.length) break;
    let pitched = 0;
    for (let j = from; j < to; j++) pitched += Number(f0[j] > 0);
    if (pitched < PITCHED * length) continue;
    found.push([from, to]);
    // the same rise again is no other note
    i = to + back;
  }
  return found;
}
