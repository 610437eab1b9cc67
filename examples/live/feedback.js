/** Notices when the loudspeaker reaches the microphone. */

/** The microphone, dB of full scale, and the limiter's work, dB, above which it may be feedback. */
const INPUT = -12;
const REDUCTION = 3;
/** For so long without a pause, seconds. A loop only gets louder; a singer breathes and changes notes. */
const PATIENCE = 1;

export class FeedbackGuard {
  #seconds = 0;

  /**
   * @param {number} input dB
   * @param {number} reduction what the limiter takes away, dB
   * @param {number} seconds since the last call
   * @returns {boolean} whether it howls
   */
  check(input, reduction, seconds) {
    this.#seconds = input > INPUT && reduction > REDUCTION ? this.#seconds + seconds : 0;
    if (this.#seconds < PATIENCE) return false;
    this.#seconds = 0;
    return true;
  }
}
