/**
 * Harmonics to noise, dB: the power of the harmonics over that of what lies between them, in four bands, mean over
 * the frames in which the pitch is steady.
 *
 * Between two harmonics the middle three tenths are noise, at whose density it is taken to fill the whole band. A frame counts
 * for a band when its harmonics stay out of that middle: the window's main lobe is narrow enough for the pitch, and the pitch
 * moves little enough within the window. Each sound's pitch is found anew around the recording's, where its harmonics are
 * strongest, because a few cents matter at the twentieth harmonic.
 */

import type { ComparedSpectra, Sums } from './compared-spectra';
import type { Measure } from './measure';
import type { Measured, YardstickName, Yardsticks } from './yardsticks';

/** Hz between the bands. */
const EDGES = [300, 1000, 2500, 5000, 10_000];
const NAMES: readonly YardstickName[] = [
  'harmonics300Hz',
  'harmonics1kHz',
  'harmonics2500Hz',
  'harmonics5kHz',
];
/** The noise lies between these shares of the way from a harmonic to the next. */
const NOISE = [0.35, 0.65];
/** Bins of the main lobe on either side of a harmonic. */
const LOBE = 4;
/** Share of a pitch by which a harmonic may move within a window, from its mean. */
const MOVES = 0.1;
/** Tuning: share by which a sound's pitch may differ, and steps on either side. */
const TUNING = 0.006;
const STEPS = 12;
/** Hz: harmonics up to here tune. */
const TUNED = 3000;
const FLOOR = 1e-12;

export class HarmonicsToNoise implements Measure {
  /** of each band: frames, dB of the model, dB of the recording */
  readonly size = 3 * NAMES.length;
  /** Hz between bins */
  readonly #binHertz: number;

  constructor(
    readonly sampleRate: number,
    size: number,
  ) {
    this.#binHertz = sampleRate / size;
  }

  add(sums: Sums, spectra: ComparedSpectra): void {
    for (let i = 0; i < spectra.frames; i++) {
      const f0 = spectra.f0[i];
      if (!(spectra.lowest[i] > 0) || NOISE[0] * f0 < LOBE * this.#binHertz) continue;
      const moves = (spectra.highest[i] / spectra.lowest[i] - 1) / 2;
      const sounds = [spectra.model(i), spectra.recording(i)];
      const tuned = sounds.map((powers) => this.#tune(powers, f0));
      NAMES.forEach((_, band) => {
        const [low, high] = [EDGES[band], EDGES[band + 1]];
        if (high > this.sampleRate / 2 || moves * high > MOVES * f0) return;
        const [model, recording] = sounds.map((powers, s) => this.#ratio(powers, tuned[s], low, high));
        if (model === null || recording === null) return;
        sums[3 * band]++;
        sums[3 * band + 1] += model;
        sums[3 * band + 2] += recording;
      });
    }
  }

  result(sums: Sums): Yardsticks {
    const found: Partial<Record<YardstickName, Measured>> = {};
    NAMES.forEach((name, band) => {
      const [frames, model, recording] = sums.subarray(3 * band);
      if (frames > 0) found[name] = { value: model / frames, recording: recording / frames };
    });
    return found;
  }

  /** The pitch around `f0` whose harmonics are strongest, Hz. */
  #tune(powers: Float32Array, f0: number): number {
    let best = f0;
    let strongest = -1;
    for (let step = -STEPS; step <= STEPS; step++) {
      const pitch = f0 * (1 + (TUNING * step) / STEPS);
      let strength = 0;
      for (let hz = pitch; hz < TUNED; hz += pitch)
        strength += Math.sqrt(powers[Math.round(hz / this.#binHertz)]);
      if (strength <= strongest) continue;
      strongest = strength;
      best = pitch;
    }
    return best;
  }

  /** @returns dB; null when no harmonic lies in the band */
  #ratio(powers: Float32Array, f0: number, low: number, high: number): number | null {
    let harmonics = 0;
    let noise = 0;
    let bins = 0;
    let noiseBins = 0;
    const [first, end] = [Math.ceil(low / f0), Math.ceil(high / f0)];
    if (first >= end) return null;
    const pitch = f0 / this.#binHertz;
    const last = Math.min(Math.floor((end - 0.5) * pitch), powers.length - 1);
    for (let k = Math.ceil((first - 0.5) * pitch); k <= last; k++) {
      const share = (k / pitch) % 1;
      bins++;
      if (share > NOISE[0] && share < NOISE[1]) {
        noise += powers[k];
        noiseBins++;
      } else harmonics += powers[k];
    }
    const density = (noise + FLOOR) / noiseBins;
    const tone = harmonics - density * (bins - noiseBins);
    return 10 * Math.log10(Math.max(tone, FLOOR) / (density * bins));
  }
}
