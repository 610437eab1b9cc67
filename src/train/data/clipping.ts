/** Finds sound that was cut off at the limit of a converter or a file. */

/** Samples in a row at the limit that are a flat top. The top of a sine is narrower at any pitch that we learn. */
const FLAT = 3;
/** Of full scale: the largest 16-bit value is 0.99997. */
const FULL_SCALE = 0.9999;
/** Share of the samples in flat tops at full scale from which on a recording is clipped: 5 a second. */
const AUDIBLE = 1e-4;
/** Below full scale a steady sine has 3% of its samples this near to its peak. Only flat tops have more. */
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

  /** @param samples of one channel, those that follow the last ones */
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

  /** Share of the samples that are cut off; 0 when the recording is not clipped. */
  get share(): number {
    if (this.#samples === 0 || this.#peak === 0) return 0;
    const full = this.#full / this.#samples;
    const near = this.#near / this.#samples;
    if (full > AUDIBLE) return full;
    return near > STEADY ? near : 0;
  }
}

/** @returns what one more sample adds to those in flat tops, when it is the `run`th in a row at the limit */
function flat(run: number): number {
  if (run < FLAT) return 0;
  return run === FLAT ? FLAT : 1;
}
