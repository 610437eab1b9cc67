/**
 * Relative error of harmonic amplitudes (Horner, Beauchamp & So 2004): for each voiced frame the root of
 * sum (A(k) - A'(k))^2 / sum A(k)^2 over the harmonics k, then the mean over frames. Of the measures that they compared it
 * agrees best with what listeners tell apart.
 *
 * An amplitude is the root of the power within two bins of the harmonic, which is all of the Hann window's main lobe;
 * below a pitch of four bins the power halfway to the neighbours.
 */

import type { ComparedSpectra, Sums } from './compared-spectra';
import type { Measure } from './measure';
import type { Yardsticks } from './yardsticks';

/** Bins on either side of a harmonic. */
const LOBE = 2;

export class HarmonicError implements Measure {
  /** frames, sum of their errors */
  readonly size = 2;
  /** Hz between bins */
  readonly #binHertz: number;

  constructor(sampleRate: number, size: number) {
    this.#binHertz = sampleRate / size;
  }

  add(sums: Sums, spectra: ComparedSpectra): void {
    for (let i = 0; i < spectra.frames; i++) {
      if (!(spectra.lowest[i] > 0)) continue;
      const pitch = spectra.f0[i] / this.#binHertz;
      const [model, recording] = [spectra.model(i), spectra.recording(i)];
      const reach = Math.min(LOBE, pitch / 2);
      let missed = 0;
      let wanted = 0;
      for (let bin = pitch; bin + reach < recording.length; bin += pitch) {
        const amplitude = amplitudeAt(recording, bin, reach);
        missed += (amplitudeAt(model, bin, reach) - amplitude) ** 2;
        wanted += amplitude ** 2;
      }
      if (!(wanted > 0)) continue;
      sums[0]++;
      sums[1] += Math.sqrt(missed / wanted);
    }
  }

  result([frames, error]: Sums): Yardsticks {
    return frames > 0 ? { harmonicError: { value: error / frames, recording: 0 } } : {};
  }
}

function amplitudeAt(powers: Float32Array, bin: number, reach: number): number {
  let sum = 0;
  for (let k = Math.ceil(bin - reach); k < bin + reach; k++) sum += powers[k];
  return Math.sqrt(sum);
}
