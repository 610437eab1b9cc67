/**
 * Tracks hum lines: a base frequency near the mains frequency and its multiples. It measures the lines, learns their
 * amplitudes and subtracts them. It runs on the audio thread, except for the constructor. See hum.ts.
 */

/** The lines are measured at this multiple of the highest line's frequency: samples are summed in groups. */
const OVERSAMPLING = 5;
/** Largest relative error of the mains frequency. The error of a sound card's clock adds little to it. */
const MOST_OFF = 0.006;
/** Squared amplitude below which a line is not subtracted: -106 dBFS. */
const INAUDIBLE = 5e-11;
/** How strongly other sounds reduce the trust in the phase of a line. */
const DOUBT = 0.005;
/** Hz: a line closer than this to a partial of a note is not learned. */
const NEAR = 6;

export class HumComb {
  readonly #base: number;
  readonly #sampleRate: number;
  readonly #lines: number;
  readonly #group: number;
  readonly #frame: number;
  /** radians per sample, of line 1 */
  #angle: number;
  /** radians, phase of line 1 at the start of this frame */
  #phase = 0;
  /** samples since the start of this frame */
  #samples = 0;
  /** complex amplitudes, relative to the base phase */
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  /** the same amplitudes, from the last frame in which nobody played */
  readonly #idleRe: Float64Array;
  readonly #idleIm: Float64Array;
  /** the same amplitudes, in the last few frames */
  readonly #pastRe: readonly Float64Array[];
  readonly #pastIm: readonly Float64Array[];
  readonly #pastAngle: Float64Array;
  readonly #pastMoved: Float64Array;
  /** radians: the total that the phase-locked loop has added to the base phase */
  #moved = 0;
  #newest = 0;
  /** correlation of this frame's samples with each line */
  readonly #heardRe: Float64Array;
  readonly #heardIm: Float64Array;
  /** unit vectors that turn backwards at the line's frequency, one step per group */
  readonly #turnRe: Float64Array;
  readonly #turnIm: Float64Array;
  readonly #stepRe: Float64Array;
  readonly #stepIm: Float64Array;
  #sum = 0;
  #summed = 0;
  #groups = 0;
  /** recurrences of the subtracted cosines: cos(n + 1) = 2 cos(1) cos(n) - cos(n - 1) */
  readonly #now: Float64Array;
  readonly #before: Float64Array;
  readonly #twice: Float64Array;
  /** 1: the line is loud enough to be subtracted */
  readonly #audible: Uint8Array;
  /** running means of the measured amplitudes and of their power */
  readonly #meanRe: Float64Array;
  readonly #meanIm: Float64Array;
  readonly #meanPower: Float64Array;

  /**
   * @param sampleRate Hz
   * @param frame seconds
   * @param base Hz, of line 1
   * @param lines number of lines
   * @param late number of frames that are remembered, and that `takeBack` undoes
   */
  constructor(sampleRate: number, frame: number, base: number, lines: number, late: number) {
    const zeros = () => new Float64Array(lines);
    this.#base = base;
    this.#sampleRate = sampleRate;
    this.#frame = frame;
    this.#lines = lines;
    this.#group = Math.max(Math.round(sampleRate / (OVERSAMPLING * base * lines)), 1);
    this.#angle = (2 * Math.PI * base) / sampleRate;
    [this.#re, this.#im, this.#heardRe, this.#heardIm] = [zeros(), zeros(), zeros(), zeros()];
    [this.#turnRe, this.#turnIm, this.#stepRe, this.#stepIm] = [zeros(), zeros(), zeros(), zeros()];
    [this.#now, this.#before, this.#twice] = [zeros(), zeros(), zeros()];
    [this.#idleRe, this.#idleIm] = [zeros(), zeros()];
    this.#audible = new Uint8Array(lines);
    [this.#meanRe, this.#meanIm, this.#meanPower] = [zeros(), zeros(), zeros()];
    this.#pastRe = Array.from({ length: late }, zeros);
    this.#pastIm = Array.from({ length: late }, zeros);
    this.#pastAngle = new Float64Array(late);
    this.#pastMoved = new Float64Array(late);
    this.reset();
  }

  /** Hz, of line 1 */
  get frequency(): number {
    return (this.#angle * this.#sampleRate) / (2 * Math.PI);
  }

  /** power of all lines together; 1 = a square wave of full scale */
  get power(): number {
    let sum = 0;
    for (let k = 0; k < this.#lines; k++) sum += this.#re[k] ** 2 + this.#im[k] ** 2;
    return sum / 2;
  }

  /** @param frequency Hz, of line 1 */
  reset(frequency = this.#base): void {
    this.#angle = (2 * Math.PI * frequency) / this.#sampleRate;
    this.#phase = 0;
    this.#re.fill(0);
    this.#im.fill(0);
    this.#idleRe.fill(0);
    this.#idleIm.fill(0);
    for (let i = 0; i < this.#pastRe.length; i++) {
      this.#pastRe[i].fill(0);
      this.#pastIm[i].fill(0);
    }
    this.#pastAngle.fill(this.#angle);
    this.#pastMoved.fill(0);
    this.#moved = 0;
    this.#meanRe.fill(0);
    this.#meanIm.fill(0);
    this.#meanPower.fill(0);
    this.#begin();
  }

  /**
   * Continues from the state of `other`, which has heard `ahead` samples more.
   * @param other a comb with the same base and number of lines
   */
  adopt(other: HumComb, ahead: number): void {
    this.reset();
    this.#angle = other.#angle;
    this.#phase = (other.#phase + (other.#samples - ahead) * other.#angle) % (2 * Math.PI);
    this.#re.set(other.#re);
    this.#im.set(other.#im);
    this.#idleRe.set(other.#idleRe);
    this.#idleIm.set(other.#idleIm);
    this.#pastAngle.fill(this.#angle);
    for (let i = 0; i < this.#pastRe.length; i++) {
      this.#pastRe[i].set(this.#re);
      this.#pastIm[i].set(this.#im);
    }
    this.#begin();
  }

  subtract(samples: Float32Array, from: number, to: number): void {
    for (let k = 0; k < this.#lines; k++) {
      if (!this.#audible[k]) continue;
      const twice = this.#twice[k];
      let now = this.#now[k];
      let before = this.#before[k];
      for (let i = from; i < to; i++) {
        samples[i] -= now;
        const next = twice * now - before;
        before = now;
        now = next;
      }
      this.#now[k] = now;
      this.#before[k] = before;
    }
  }

  listen(samples: Float32Array, from: number, to: number): void {
    const group = this.#group;
    this.#samples += to - from;
    let sum = this.#sum;
    let summed = this.#summed;
    for (let i = from; i < to; i++) {
      sum += samples[i];
      if (++summed < group) continue;
      this.#hear(sum);
      sum = 0;
      summed = 0;
    }
    this.#sum = sum;
    this.#summed = summed;
  }

  /** Adds the frame that has ended to the running means, with the weight `share`. */
  measure(share: number): void {
    const scale = 2 / Math.max(this.#groups * this.#group, 1);
    for (let k = 0; k < this.#lines; k++) {
      const re = scale * this.#heardRe[k];
      const im = scale * this.#heardIm[k];
      this.#meanRe[k] += share * (re - this.#meanRe[k]);
      this.#meanIm[k] += share * (im - this.#meanIm[k]);
      this.#meanPower[k] += share * (re ** 2 + im ** 2 - this.#meanPower[k]);
    }
    this.#remember(this.#meanRe, this.#meanIm);
    this.#end();
  }

  /** Hz, of line 1; measured from the rotation of the running means over the remembered frames. */
  get measuredFrequency(): number {
    const oldest = (this.#newest + 1) % this.#pastRe.length;
    let turned = 0;
    let weight = 0;
    for (let k = 0; k < this.#lines; k++) {
      const re = this.#meanRe[k] * this.#pastRe[oldest][k] + this.#meanIm[k] * this.#pastIm[oldest][k];
      const im = this.#meanIm[k] * this.#pastRe[oldest][k] - this.#meanRe[k] * this.#pastIm[oldest][k];
      const power = Math.hypot(re, im);
      turned += (k + 1) * power * Math.atan2(im, re);
      weight += (k + 1) ** 2 * power;
    }
    const seconds = (this.#pastRe.length - 1) * this.#frame;
    return weight > 0 ? this.frequency + turned / weight / (2 * Math.PI * seconds) : this.frequency;
  }

  /** Sum of the squared amplitudes of all coherent lines: at least the share `least` of their power is coherent. */
  coherentPower(least: number): number {
    let sum = 0;
    for (let k = 0; k < this.#lines; k++) {
      const power = this.#meanRe[k] ** 2 + this.#meanIm[k] ** 2;
      if (power > least * this.#meanPower[k]) sum += power;
    }
    return sum;
  }

  /**
   * Learns from the frame that has ended.
   * @param gain share of the remaining error that is corrected
   * @param loop share of the remaining phase error by which the base phase moves
   * @param playing somebody plays. The phase is then compared with the amplitudes from before the note. The amplitudes
   *   that are being learned follow the note a little, and the loop would follow it with them.
   * @param f0 Hz of a note; lines near its partials are not learned; 0 = none
   */
  learn(gain: number, loop: number, playing: boolean, f0: number): void {
    const scale = 2 / Math.max(this.#groups * this.#group, 1);
    const { frequency } = this;
    let error = 0;
    let weight = 0;
    for (let k = 0; k < this.#lines; k++) {
      const hz = (k + 1) * frequency;
      if (f0 > 0 && Math.abs(hz - Math.max(Math.round(hz / f0), 1) * f0) < NEAR) continue;
      const re = scale * this.#heardRe[k];
      const im = scale * this.#heardIm[k];
      error += (k + 1) * (im * this.#idleRe[k] - re * this.#idleIm[k]);
      // where other sounds are much louder than the hum, its phase is hardly known
      const power = this.#idleRe[k] ** 2 + this.#idleIm[k] ** 2 + DOUBT * (re ** 2 + im ** 2);
      weight += (k + 1) ** 2 * power;
      this.#re[k] += gain * re;
      this.#im[k] += gain * im;
    }
    if (!playing) {
      this.#idleRe.set(this.#re);
      this.#idleIm.set(this.#im);
    }
    this.#end();
    if (weight > 0) this.#lock(error / weight, loop);
    this.#remember(this.#re, this.#im);
    this.#begin();
  }

  /** Undoes what was learned in the last frames. */
  takeBack(): void {
    const oldest = (this.#newest + 1) % this.#pastRe.length;
    this.#re.set(this.#pastRe[oldest]);
    this.#im.set(this.#pastIm[oldest]);
    this.#idleRe.set(this.#re);
    this.#idleIm.set(this.#im);
    this.#angle = this.#pastAngle[oldest];
    this.#phase += this.#pastMoved[oldest] - this.#moved;
    this.#moved = this.#pastMoved[oldest];
  }

  #lock(error: number, share: number): void {
    this.#phase += share * error;
    this.#moved += share * error;
    const base = (2 * Math.PI * this.#base) / this.#sampleRate;
    const angle = this.#angle + (share ** 2 / 4) * (error / (this.#frame * this.#sampleRate));
    this.#angle = Math.min(Math.max(angle, base * (1 - MOST_OFF)), base * (1 + MOST_OFF));
  }

  #remember(re: Float64Array, im: Float64Array): void {
    this.#newest = (this.#newest + 1) % this.#pastRe.length;
    this.#pastRe[this.#newest].set(re);
    this.#pastIm[this.#newest].set(im);
    this.#pastAngle[this.#newest] = this.#angle;
    this.#pastMoved[this.#newest] = this.#moved;
  }

  #hear(sum: number): void {
    const { length } = this.#re;
    for (let k = 0; k < length; k++) {
      const re = this.#turnRe[k];
      const im = this.#turnIm[k];
      this.#heardRe[k] += sum * re;
      this.#heardIm[k] += sum * im;
      this.#turnRe[k] = re * this.#stepRe[k] - im * this.#stepIm[k];
      this.#turnIm[k] = re * this.#stepIm[k] + im * this.#stepRe[k];
    }
    this.#groups++;
  }

  /** Moves the base phase on to the next frame. */
  #end(): void {
    this.#phase = (this.#phase + this.#samples * this.#angle) % (2 * Math.PI);
    this.#samples = 0;
    this.#sum = 0;
    this.#summed = 0;
    this.#groups = 0;
    this.#heardRe.fill(0);
    this.#heardIm.fill(0);
    this.#begin();
  }

  /** Sets all oscillators to the phase at the start of this frame. */
  #begin(): void {
    const middle = (this.#group - 1) / 2;
    for (let k = 0; k < this.#lines; k++) {
      const angle = (k + 1) * this.#angle;
      const phase = (k + 1) * this.#phase;
      this.#turnRe[k] = Math.cos(phase + middle * angle);
      this.#turnIm[k] = -Math.sin(phase + middle * angle);
      this.#stepRe[k] = Math.cos(this.#group * angle);
      this.#stepIm[k] = -Math.sin(this.#group * angle);
      this.#now[k] = this.#re[k] * Math.cos(phase) - this.#im[k] * Math.sin(phase);
      this.#before[k] = this.#re[k] * Math.cos(phase - angle) - this.#im[k] * Math.sin(phase - angle);
      this.#twice[k] = 2 * Math.cos(angle);
      this.#audible[k] = this.#re[k] ** 2 + this.#im[k] ** 2 > INAUDIBLE ? 1 : 0;
    }
  }
}
