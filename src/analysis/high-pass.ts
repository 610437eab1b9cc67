/**
 * A high-pass filter for the input. It removes rumble, handling noise and DC, which lie below the pitch range.
 *
 * Butterworth, 4th order (24 dB per octave). It is two second-order sections in transposed direct form II. The
 * coefficients come from the bilinear transform (Bristow-Johnson, "Audio EQ Cookbook"). It computes in double
 * precision. It runs on the audio thread, except for the constructor.
 */

/** Q of the two sections of a 4th-order Butterworth filter. */
const QUALITIES = [0.541196100146197, 1.306562964876377];

export class HighPass {
  readonly #sections: readonly Section[];

  /**
   * @param sampleRate Hz
   * @param cutoff Hz; the attenuation here is 3 dB. It must be below half the sample rate.
   */
  constructor(sampleRate: number, cutoff: number) {
    this.#sections = QUALITIES.map((quality) => new Section((2 * Math.PI * cutoff) / sampleRate, quality));
  }

  /** Filters samples `from` to `to` (excluded) in place. The result does not depend on how a stream is cut. */
  process(samples: Float32Array, from: number, to: number): void {
    for (let i = 0; i < this.#sections.length; i++) this.#sections[i].process(samples, from, to);
  }

  reset(): void {
    for (let i = 0; i < this.#sections.length; i++) this.#sections[i].reset();
  }
}

class Section {
  readonly #b: number;
  readonly #a1: number;
  readonly #a2: number;
  #first = 0;
  #second = 0;

  /** @param angle radians a sample */
  constructor(angle: number, quality: number) {
    const cosine = Math.cos(angle);
    const alpha = Math.sin(angle) / (2 * quality);
    this.#b = (1 + cosine) / 2 / (1 + alpha);
    this.#a1 = (-2 * cosine) / (1 + alpha);
    this.#a2 = (1 - alpha) / (1 + alpha);
  }

  process(samples: Float32Array, from: number, to: number): void {
    const b = this.#b;
    const a1 = this.#a1;
    const a2 = this.#a2;
    let first = this.#first;
    let second = this.#second;
    for (let i = from; i < to; i++) {
      const x = samples[i];
      const y = b * x + first;
      first = -2 * b * x - a1 * y + second;
      second = b * x - a2 * y;
      samples[i] = y;
    }
    // denormal numbers are slow
    this.#first = Math.abs(first) < 1e-30 ? 0 : first;
    this.#second = Math.abs(second) < 1e-30 ? 0 : second;
  }

  reset(): void {
    this.#first = 0;
    this.#second = 0;
  }
}
