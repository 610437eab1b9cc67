/** A grid of pitches, evenly spaced in cents. */

export class PitchGrid {
  /** number of bins; bin b lies `step * b` cents above `low` */
  readonly count: number;

  /**
   * @param low Hz, of bin 0
   * @param high Hz; the last bin lies less than a step below it
   * @param step cents
   */
  constructor(
    readonly low: number,
    high: number,
    readonly step: number,
  ) {
    this.count = Math.floor((1200 * Math.log2(high / low)) / step + 1e-9) + 1;
  }

  /** The bin nearest to a pitch in Hz, limited to the range of the grid. */
  bin(hz: number): number {
    const at = Math.round((1200 * Math.log2(hz / this.low)) / this.step);
    return Math.min(Math.max(at, 0), this.count - 1);
  }

  /** @returns Hz */
  hz(bin: number): number {
    return this.low * 2 ** ((this.step * bin) / 1200);
  }
}
