/**
 * How loud a player's forte is at the microphone.
 *
 * Before anything is heard it is PRIOR, give or take SPREAD: what a forte usually is at a microphone. The first
 * note is placed by that expectation, not by itself: a soft first note is soft. Evidence is the loud level of the
 * recent notes and the time for which nothing louder was played. It counts for little in the first seconds and for
 * nearly everything after ten. A crescendo takes evidence away: who has just grown may grow further.
 *
 * Louder notes than expected are believed at once. The estimate rises fast for them, because they would leave the
 * range that the model learned. It falls slowly, and hardly at all while a note sounds.
 */

/** dB of the analysis' loudness: a singer or a wind at arm's length, recorded at a usual level. */
const PRIOR = 9;
/** dB: the standard deviation of that, between players, rooms and microphones. */
const SPREAD = 12;
/** dB: nobody plays that far below the own forte for long. */
const RANGE = 40;
/** Seconds of notes after which evidence and expectation count alike, and how sharply that turns. */
const TURN = 5.5;
const SHARPNESS = 6;
/** Seconds of evidence that one dB of growth takes away, and seconds after which growth is over. */
const GROWTH = 0.4;
const GROWING = 1;
/** dB between loud and soft notes: as many more make a second of notes count twice. */
const USUAL = 12;
const WIDE = 5;
/** Seconds of evidence that are kept, and the share of a rest's seconds that is taken off. */
const MOST_EVIDENCE = 20;
const RESTING = 0.15;
/** Seconds of evidence from which a player is known. */
const KNOWN = 10;
/** dB a second upwards while a note sounds, for notes that are EXCESS dB louder or more; slower for less. */
const UP = 6;
const EXCESS = 6;
/** dB a second downwards while a note sounds: once the player is known, and until then. */
const DOWN = 1;
const DOWN_EARLY = 4;
/** dB downwards at a pause, once the player is known. */
const STEP = 3;

export class Forte {
  /** dB of the analysis' loudness */
  level = PRIOR;
  /** seconds of notes that bear on the level, 0..20 */
  evidence = 0;
  /** dB: what was expected before the evidence */
  #expected = PRIOR;
  /** dB: the loudest level so far */
  #record = Number.NEGATIVE_INFINITY;
  /** seconds of notes since then */
  #since = 0;

  /** dB: the standard deviation that is left */
  get uncertainty(): number {
    return SPREAD * Math.sqrt(1 - this.#weight);
  }

  /**
   * A note sounds.
   * @param loud dB: loud level of the recent notes
   * @param soft dB: soft level of the recent notes
   * @param begins the note begins after a pause, in which nobody hears a change
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

  /** Nobody plays: what is known becomes less certain. */
  rest(seconds: number): void {
    this.evidence = Math.max(this.evidence - RESTING * seconds, 0);
  }

  /** The forte is known from elsewhere: `level`, dB, with so many seconds of evidence, by default the most. */
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

  /** of the evidence, 0..1 */
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
