/** Mixes channels to mono and looks for faults in the sound. */

import type { DecodedAudio } from '../../audio/decoded';
import { downmix } from '../../audio/resample';
import { ClippingMeter } from './clipping';

/** Channels cancel each other when the mix loses this many dB more than unrelated channels would. */
const CANCELLATION = 6;

export class Mix {
  found = { sampleRate: 0, channels: 0 };
  #energy = 0;
  #mixedEnergy = 0;
  readonly #clipping: ClippingMeter[] = [];

  /** @returns the mean of the channels */
  add({ channels, sampleRate }: DecodedAudio): Float32Array {
    this.found = { sampleRate, channels: channels.length };
    const mixed = downmix(channels);
    channels.forEach((samples, i) => {
      this.#clipping[i] ??= new ClippingMeter();
      this.#clipping[i].add(samples);
      if (channels.length > 1) this.#energy += energy(samples) / channels.length;
    });
    if (channels.length > 1) this.#mixedEnergy += energy(mixed);
    return mixed;
  }

  /** Remarks for the user. Unrelated channels lose 3 dB per doubling, opposite channels lose everything. */
  notes(): string[] {
    const { channels } = this.found;
    const notes = channels > 2 ? [`${channels} channels, mixed to one`] : [];
    const lost = 10 * Math.log10(this.#energy / this.#mixedEnergy);
    if (this.#energy > 0 && lost > 10 * Math.log10(channels) + CANCELLATION)
      notes.push(
        `its channels cancel each other out (${Math.min(lost, 99).toFixed(0)} dB are lost): keep one of them`,
      );
    const clipped = Math.max(...this.#clipping.map((meter) => meter.share));
    if (clipped > 0)
      notes.push(
        `it is clipped (${percent(clipped)} of its samples are cut off): record it again with a lower input gain; ` +
          'the model learns distortion as part of the instrument',
      );
    return notes;
  }
}

function energy(samples: Float32Array): number {
  let sum = 0;
  for (let n = 0; n < samples.length; n++) sum += samples[n] * samples[n];
  return sum;
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(2)}%`;
}
