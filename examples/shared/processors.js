/** What the pages run on the audio thread beside the instrument: a limiter, and a recorder. */

/** -1 dB of full scale */
const CEILING = 0.891;
/** A gain is held for this long before it rises again, seconds. */
const HOLD = 0.02;
/** Time constant of the rise, seconds. */
const RELEASE = 0.15;

/**
 * Keeps its first input channel within -1 dB of full scale. It adds no delay: it looks at each sample as it
 * comes, lowers the gain at once and raises it slowly. Below the ceiling samples pass unchanged. The second
 * output is the gain, so that the page can show it.
 */
class Limiter extends AudioWorkletProcessor {
  #peak = 0;
  #held = 0;

  /** @param {Float32Array[][]} inputs @param {Float32Array[][]} outputs */
  process([[input]], [[output], [gains]]) {
    const fall = Math.exp(-1 / (RELEASE * sampleRate));
    for (let i = 0; i < output.length; i++) {
      const sample = input ? input[i] : 0;
      const level = Math.abs(sample);
      if (level >= this.#peak) {
        this.#peak = level;
        this.#held = HOLD * sampleRate;
      } else if (this.#held > 0) this.#held--;
      else this.#peak = Math.max(level, this.#peak * fall);
      const gain = this.#peak > CEILING ? CEILING / this.#peak : 1;
      output[i] = sample * gain;
      gains[i] = gain;
    }
    return true;
  }
}

const BLOCK = 8192;

/** Sends what it hears to the page, block by block, until it is told to stop; then the rest. */
class Recorder extends AudioWorkletProcessor {
  #block = new Float32Array(BLOCK);
  #filled = 0;
  #stopped = false;

  constructor() {
    super();
    this.port.onmessage = () => {
      this.#stopped = true;
      this.port.postMessage({ block: this.#block.subarray(0, this.#filled), last: true });
    };
  }

  /** @param {Float32Array[][]} inputs */
  process([[input]]) {
    if (this.#stopped) return false;
    if (!input) return true;
    let taken = 0;
    while (taken < input.length) {
      const some = input.subarray(taken, taken + BLOCK - this.#filled);
      this.#block.set(some, this.#filled);
      taken += some.length;
      this.#filled += some.length;
      if (this.#filled === BLOCK) {
        this.port.postMessage({ block: this.#block, last: false });
        this.#filled = 0;
      }
    }
    return true;
  }
}

registerProcessor('limiter', Limiter);
registerProcessor('recorder', Recorder);
