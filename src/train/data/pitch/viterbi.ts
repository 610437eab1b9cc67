/**
 * Finds the most likely path through frames of pitch likelihoods (Viterbi), as in pYIN (Mauch and Dixon 2014).
 *
 * Each frame has two states per bin of a pitch grid: voiced, and unvoiced with that pitch remembered. Between frames a
 * path moves by a few bins (triangular distribution). It rarely leaps to any bin, and rarely changes between voiced and
 * unvoiced.
 *
 * Memory is constant: predecessors are kept for `capacity` frames. When this memory is full, the older half of the path
 * is decided. This does not change the result, because all paths merge within a fraction of a second.
 */

export interface PathOptions {
  /** number of bins of the pitch grid */
  readonly bins: number;
  /** maximum move per frame in bins, except for leaps */
  readonly reach: number;
  /** probability of a leap */
  readonly leap: number;
  /** probability of a change between voiced and unvoiced */
  readonly change: number;
  /** maximum number of undecided frames; default 4096 */
  readonly capacity?: number;
}

/** Called for each frame in order, some time after it was pushed. */
export type PathVisitor = (frame: number, bin: number, voiced: boolean) => void;

export class PitchPath {
  readonly #bins: number;
  readonly #capacity: number;
  readonly #visit: PathVisitor;
  /** log probability of a move by 0, 1, ... bins */
  readonly #moves: Float64Array;
  readonly #leap: number;
  readonly #stay: number;
  readonly #change: number;
  /** log scores of the voiced states, then of the unvoiced states; the best score is 0 */
  #scores: Float64Array;
  #next: Float64Array;
  /** best predecessor of each state, without changes of voicing */
  readonly #origin: Int32Array;
  readonly #reached: Float64Array;
  /** predecessor of each state of each undecided frame */
  readonly #before: Uint16Array;
  /** states of the undecided frames, found by backtracking */
  readonly #states: Uint16Array;
  #undecided = 0;
  #decided = 0;

  constructor({ bins, reach, leap, change, capacity = 4096 }: PathOptions, visit: PathVisitor) {
    if (2 * bins > 65_536) throw new RangeError(`${bins} bins are too many: 32768 at most`);
    this.#bins = bins;
    this.#capacity = capacity;
    this.#visit = visit;
    const norm = Math.log((1 - leap) / (reach + 1) ** 2);
    this.#moves = Float64Array.from({ length: reach + 1 }, (_, by) => Math.log(reach + 1 - by) + norm);
    this.#leap = Math.log(leap / bins);
    this.#stay = Math.log(1 - change);
    this.#change = Math.log(change);
    this.#scores = new Float64Array(2 * bins);
    this.#next = new Float64Array(2 * bins);
    this.#origin = new Int32Array(2 * bins);
    this.#reached = new Float64Array(2 * bins);
    this.#before = new Uint16Array(2 * bins * capacity);
    this.#states = new Uint16Array(capacity);
  }

  /**
   * Adds the next frame.
   * @param voiced log likelihood of each bin
   * @param unvoiced log likelihood, the same for all bins
   */
  push(voiced: ArrayLike<number>, unvoiced: number): void {
    const bins = this.#bins;
    if (this.#decided + this.#undecided === 0) {
      for (let bin = 0; bin < bins; bin++) {
        this.#scores[bin] = voiced[bin];
        this.#scores[bins + bin] = unvoiced;
      }
    } else {
      this.#arrive(0);
      this.#arrive(bins);
      this.#step(voiced, unvoiced);
    }
    if (++this.#undecided === this.#capacity) this.#decide(this.#capacity >> 1);
  }

  /** Decides the remaining frames. */
  finish(): void {
    this.#decide(this.#undecided);
  }

  /** Finds the best predecessor of each bin among states `first` to `first + bins`. */
  #arrive(first: number): void {
    const bins = this.#bins;
    const scores = this.#scores;
    const moves = this.#moves;
    const reach = moves.length - 1;
    let best = first;
    for (let state = first; state < first + bins; state++) if (scores[state] > scores[best]) best = state;
    const leaping = scores[best] + this.#leap;
    const reached = this.#reached;
    const origin = this.#origin;
    reached.fill(leaping, first, first + bins);
    origin.fill(best, first, first + bins);
    for (let state = first; state < first + bins; state++) {
      const score = scores[state];
      // for most states, a leap from the best state is more likely than any move
      if (score + moves[0] <= leaping) continue;
      const from = Math.max(state - reach, first);
      const to = Math.min(state + reach, first + bins - 1);
      for (let k = from; k <= to; k++) {
        const moved = score + moves[k < state ? state - k : k - state];
        if (moved > reached[k]) {
          reached[k] = moved;
          origin[k] = state;
        }
      }
    }
  }

  #step(voiced: ArrayLike<number>, unvoiced: number): void {
    const bins = this.#bins;
    const reached = this.#reached;
    const origin = this.#origin;
    const before = this.#before.subarray(this.#undecided * 2 * bins);
    const next = this.#next;
    let best = -Infinity;
    for (let bin = 0; bin < bins; bin++) {
      const fromVoiced = reached[bin];
      const fromUnvoiced = reached[bins + bin];
      const begins = fromUnvoiced + this.#change > fromVoiced + this.#stay;
      next[bin] = (begins ? fromUnvoiced + this.#change : fromVoiced + this.#stay) + voiced[bin];
      before[bin] = origin[begins ? bins + bin : bin];
      const ends = fromVoiced + this.#change > fromUnvoiced + this.#stay;
      next[bins + bin] = (ends ? fromVoiced + this.#change : fromUnvoiced + this.#stay) + unvoiced;
      before[bins + bin] = origin[ends ? bin : bins + bin];
      best = Math.max(best, next[bin], next[bins + bin]);
    }
    for (let state = 0; state < 2 * bins; state++) next[state] -= best;
    this.#next = this.#scores;
    this.#scores = next;
  }

  /** Backtracks the best path, visits its first `count` undecided frames and drops them. */
  #decide(count: number): void {
    const width = 2 * this.#bins;
    let state = 0;
    for (let k = 1; k < width; k++) if (this.#scores[k] > this.#scores[state]) state = k;
    for (let frame = this.#undecided - 1; frame >= 0; frame--) {
      this.#states[frame] = state;
      state = this.#before[frame * width + state];
    }
    for (let frame = 0; frame < count; frame++) {
      const found = this.#states[frame];
      const voiced = found < this.#bins;
      this.#visit(this.#decided + frame, voiced ? found : found - this.#bins, voiced);
    }
    this.#before.copyWithin(0, count * width, this.#undecided * width);
    this.#undecided -= count;
    this.#decided += count;
  }
}
