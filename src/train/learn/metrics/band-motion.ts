/**
 * How much the levels of spectral bands move while a note is held.
 *
 * - `levelMotion`, dB: standard deviation over time of a band's level within the sustained parts of notes, each part
 *   about its own mean, then the mean over bands.
 * - `envelopeMotion`, dB: the same of the levels without the frame's A-weighted loudness. A model is told the loudness;
 *   this is what it adds to it.
 * - `modulation`, dB: the envelope's motion by its rate, in octaves from 0.5 to 20 Hz: root mean square over bands of
 *   what the levels, without their straight trend and under a Hann window, hold in the octave. A part counts for the
 *   octaves of which it holds a period.
 *
 * The bands are 16, evenly spaced in mel from 250 Hz (below it there is rumble) to 12 kHz (above it compressed
 * recordings end).
 */

import { AWeighted } from './a-weighted';
import type { ComparedSpectra, Sums } from './compared-spectra';
import type { Measure } from './measure';
import { type MelBank, melBank } from './mel';
import { sustainedParts } from './sustained';
import type { Measured, YardstickName, Yardsticks } from './yardsticks';

const BANDS = 16;
const LOWEST = 250;
const HIGHEST = 12_000;
const FLOOR = 1e-4;
/** Hz between the octaves. */
const EDGES = [0.5, 1, 2, 4, 8, 20];
const OCTAVES: readonly YardstickName[] = [
  'modulation1Hz',
  'modulation2Hz',
  'modulation4Hz',
  'modulation8Hz',
  'modulation20Hz',
];
/** A sound's sums: square deviations of each band's level, of the envelope there, then the power in each octave. */
const SOUND = 2 * BANDS + OCTAVES.length;

export class BandMotion implements Measure {
  /** degrees of freedom of the deviations, frames of each octave, then the sums of the model and of the recording */
  readonly size = 1 + OCTAVES.length + 2 * SOUND;
  readonly #bank: MelBank;
  readonly #weighted: AWeighted;

  constructor(sampleRate: number, size: number) {
    this.#bank = melBank(sampleRate, size, BANDS, LOWEST, Math.min(HIGHEST, sampleRate / 2));
    this.#weighted = new AWeighted(sampleRate, size);
  }

  add(sums: Sums, spectra: ComparedSpectra): void {
    const { f0, hop } = spectra;
    for (const [from, to] of sustainedParts(f0, hop)) {
      const count = to - from;
      const bins = octaves(count, hop);
      const turn = new Turn(count);
      sums[0] += count - 1;
      bins.forEach((octave, o) => {
        if (octave.length > 0) sums[1 + o] += count;
      });
      [spectra.model, spectra.recording].forEach((powers, sound) => {
        const own = sums.subarray(1 + OCTAVES.length + sound * SOUND);
        const frames = Array.from({ length: count }, (_, i) => powers.call(spectra, from + i));
        const loudness = frames.map((frame) => this.#weighted.loudness(frame));
        this.#levels(frames).forEach((levels, b) => {
          const envelope = levels.map((level, i) => level - loudness[i]);
          own[b] += squareDeviation(levels);
          own[BANDS + b] += squareDeviation(envelope);
          octavePowers(envelope, bins, turn).forEach((power, o) => {
            own[2 * BANDS + o] += power;
          });
        });
      });
    }
  }

  result(sums: Sums): Yardsticks {
    const found: Partial<Record<YardstickName, Measured>> = {};
    const [freedom] = sums;
    const of = (sound: number) => sums.subarray(1 + OCTAVES.length + sound * SOUND);
    const motion = (sound: number, first: number) => {
      const bands = of(sound).subarray(first, first + BANDS);
      return bands.reduce((sum, square) => sum + Math.sqrt(square / freedom), 0) / BANDS;
    };
    if (freedom > 0) {
      found.levelMotion = { value: motion(0, 0), recording: motion(1, 0) };
      found.envelopeMotion = { value: motion(0, BANDS), recording: motion(1, BANDS) };
    }
    OCTAVES.forEach((name, o) => {
      const frames = sums[1 + o];
      const rms = (sound: number) => Math.sqrt(of(sound)[2 * BANDS + o] / (frames * BANDS));
      if (frames > 0) found[name] = { value: rms(0), recording: rms(1) };
    });
    return found;
  }

  /** dB of each band in each frame */
  #levels(frames: readonly Float32Array[]): Float64Array[] {
    return this.#bank.bands.map(({ first, weights }) =>
      Float64Array.from(frames, (frame) => {
        let sum = FLOOR;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * frame[first + k];
        return 10 * Math.log10(sum);
      }),
    );
  }
}

function squareDeviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

/** One turn of the circle, in as many steps as a part has frames. */
class Turn {
  readonly cosine: Float64Array;
  readonly sine: Float64Array;

  constructor(count: number) {
    this.cosine = Float64Array.from({ length: count }, (_, i) => Math.cos((2 * Math.PI * i) / count));
    this.sine = Float64Array.from({ length: count }, (_, i) => Math.sin((2 * Math.PI * i) / count));
  }
}

/** The bins of a transform of `count` values that belong to each octave; none where a period takes longer. */
function octaves(count: number, hop: number): number[][] {
  return OCTAVES.map((_, o) => {
    const [low, high] = [EDGES[o] * count * hop, EDGES[o + 1] * count * hop];
    const first = Math.ceil(low);
    return low < 1 ? [] : Array.from({ length: Math.max(0, Math.ceil(high) - first) }, (_, i) => first + i);
  });
}

/**
 * `values.length` times the mean square in each octave, after trend and window.
 * @param bins of each octave
 */
function octavePowers(values: Float64Array, bins: readonly (readonly number[])[], turn: Turn): number[] {
  const count = values.length;
  const moved = detrended(values).map((value, i) => value * (0.5 - 0.5 * turn.cosine[i]));
  return bins.map((octave) =>
    octave.reduce((sum, bin) => {
      let re = 0;
      let im = 0;
      for (let i = 0; i < count; i++) {
        const at = (bin * i) % count;
        re += moved[i] * turn.cosine[at];
        im += moved[i] * turn.sine[at];
      }
      // both signs of the frequency; the window's mean square is 3/8
      return sum + (2 * (re * re + im * im)) / (count * (3 / 8));
    }, 0),
  );
}

/** Without the straight line that fits best. */
function detrended(values: Float64Array): Float64Array {
  const middle = (values.length - 1) / 2;
  let mean = 0;
  let slope = 0;
  let spread = 0;
  values.forEach((value, i) => {
    mean += value / values.length;
    slope += value * (i - middle);
    spread += (i - middle) ** 2;
  });
  return values.map((value, i) => value - mean - (slope / Math.max(spread, 1)) * (i - middle));
}
