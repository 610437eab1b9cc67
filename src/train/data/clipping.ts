/** Detects clipping: sound cut off at the limit of a converter or a file. */

/** Minimum length of a flat top, in samples. The crest of a sine is narrower at any pitch in use. */
const FLAT = 3;
/** Full scale: the largest 16-bit value is 0.99997. */
const FULL_SCALE = 0.9999;
/** A recording is clipped when flat tops at full scale have more than this share of its samples (5 per second). */
const AUDIBLE = 1e-4;
/** Below full scale: a steady sine has 3% of its samples this near to its peak, clipped sound has more. */
const NEAR_PEAK = 0.999;
const STEADY = 0.05;

export class ClippingMeter {
  #samples = 0;
  /** samples in flat tops at full scale */
  #full = 0;
  #run = 0;
  #peak = 0;
  /** samples in flat tops near the peak so far */
  #near = 0;
  #nearRun = 0;

  /** @param samples the next samples of one channel */
  add(samples: Float32Array): void {
    this.#samples += samples.length;
    for (let n = 0; n < samples.length; n++) {
      const level = Math.abs(samples[n]);
      this.#run = level >= FULL_SCALE ? this.#run + 1 : 0;
      this.#full += flat(this.#run);
      if (level > this.#peak / NEAR_PEAK) {
        this.#peak = level;
        this.#near = 0;
        this.#nearRun = 1;
      } else {
        this.#nearRun = level >= this.#peak * NEAR_PEAK ? this.#nearRun + 1 : 0;
        this.#near += flat(this.#nearRun);
      }
    }
  }

  /** Share of clipped samples; 0 when the recording is not clipped. */
  get share(): number {
    if (this.#samples === 0 || this.#peak === 0) return 0;
    const full = this.#full / this.#samples;
    const near = this.#near / this.#samples;
    if (full > AUDIBLE) return full;
    return near > STEADY ? near : 0;
  }
}

/** @returns how many samples join the flat tops with the `run`th sample in a row at the limit */
function flat(run: number): number {
  if (run < FLAT) return 0;
  return run === FLAT ? FLAT : 1;
}
