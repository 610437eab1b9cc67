/**
 * Estimates how loud a player's forte is at the microphone.
 *
 * Before anything is heard, the estimate is PRIOR with a standard deviation of SPREAD: the usual forte at a microphone.
 * The first note is placed by this expectation and does not define the forte. So a soft first note stays soft. The
 * evidence is the loud level of the recent notes, and the time in which nothing louder was played. It has little weight
 * in the first seconds and nearly all the weight after ten. A crescendo reduces the evidence, because a player who has
 * just become louder may become louder still.
 *
 * Notes that are louder than expected are believed at once. The estimate rises fast for them, because they would leave
 * the range that the model learned. It falls slowly, and hardly at all during a note.
 */

/** dB of the analysis' loudness: a singer or wind player at arm's length, recorded at a usual level. */
const PRIOR = 9;
/** dB: standard deviation of the prior over players, rooms and microphones. */
const SPREAD = 12;
/** dB: nobody plays this far below their own forte for long. */
const RANGE = 40;
/** Seconds of notes at which evidence and expectation have equal weight, and the sharpness of this transition. */
const TURN = 5.5;
const SHARPNESS = 6;
/** Seconds of evidence that one dB of growth removes, and seconds after which growth is over. */
const GROWTH = 0.4;
const GROWING = 1;
/** Usual distance in dB between loud and soft notes. With WIDE dB more, a second of notes counts twice. */
const USUAL = 12;
const WIDE = 5;
/** Largest amount of evidence in seconds, and the seconds of evidence lost per second of rest. */
const MOST_EVIDENCE = 20;
const RESTING = 0.15;
/** Seconds of evidence after which a player is known. */
const KNOWN = 10;
/**
 * Largest rise in dB per second during a note. It applies to notes at least EXCESS dB louder; others rise more slowly.
 */
const UP = 6;
const EXCESS = 6;
/** Largest fall in dB per second during a note: once the player is known, and before that. */
const DOWN = 1;
const DOWN_EARLY = 4;
/** Largest fall in dB at a pause, once the player is known. */
const STEP = 3;

export class Forte {
  /** dB of the analysis' loudness */
  level = PRIOR;
  /** seconds of notes that support the level, 0..20 */
  evidence = 0;
  /** dB: the expected level before the evidence */
  #expected = PRIOR;
  /** dB: the highest loud level so far */
  #record = Number.NEGATIVE_INFINITY;
  /** seconds of notes since then */
  #since = 0;

  /** dB: the remaining standard deviation */
  get uncertainty(): number {
    return SPREAD * Math.sqrt(1 - this.#weight);
  }

  /**
   * Takes a frame of a note.
   * @param loud dB: loud level of the recent notes
   * @param soft dB: soft level of the recent notes
   * @param begins the note begins after a pause, where a change of level is not audible
   */
  hear(loud: number, soft: number, seconds: number, begins: boolean): void {
    if (loud > this.#record) {
      const growth = Number.isFinite(this.#record) ? loud - this.#record : 0;
      this.evidence = Math.max(this.evidence - GROWTH * growth, 0);
      this.#record = loud;
      this.#since = 0;
    }
    this.#since += seconds;
    const wide = this.#since > GROWING ? Math.max(loud - soft - USUAL, 0) / WIDE : 0;
    this.evidence = Math.min(this.evidence + seconds * (1 + wide), MOST_EVIDENCE);
    this.#follow(loud, seconds, begins);
    if (this.evidence > KNOWN) {
      this.#expected = this.level;
      this.#record = loud;
    }
  }

  /** Takes time in which nobody plays: the estimate becomes less certain. */
  rest(seconds: number): void {
    this.evidence = Math.max(this.evidence - RESTING * seconds, 0);
  }

  /** Sets the forte from another source: `level` in dB, and seconds of evidence, by default the most. */
  set(level: number, evidence = MOST_EVIDENCE): void {
    this.level = level;
    this.evidence = Math.min(Math.max(evidence, 0), MOST_EVIDENCE);
    this.#expected = level;
    this.#record = level;
    this.#since = 0;
  }

  reset(): void {
    this.level = PRIOR;
    this.evidence = 0;
    this.#expected = PRIOR;
    this.#record = Number.NEGATIVE_INFINITY;
    this.#since = 0;
  }

  /** weight of the evidence, 0..1 */
  get #weight(): number {
    return 1 / (1 + (TURN / this.evidence) ** SHARPNESS);
  }

  #follow(loud: number, seconds: number, begins: boolean): void {
    const { level } = this;
    if (loud > level) {
      const most = UP * seconds * Math.min((loud - level) / EXCESS, 1) ** 2;
      this.level = begins ? loud : Math.min(loud, level + most);
      return;
    }
    const weight = this.#weight;
    const expected = Math.min(this.#expected + weight * (loud - this.#expected), loud + RANGE);
    if (expected >= level) return;
    const known = this.evidence > KNOWN;
    const most = begins ? (known ? STEP : Number.POSITIVE_INFINITY) : (known ? DOWN : DOWN_EARLY) * seconds;
    this.level = Math.max(expected, level - most);
  }
}
