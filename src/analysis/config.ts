/** dB: the loudness of silence, and the lowest loudness. */
export const LOUDNESS_FLOOR = -80;

/** How a recording or a player is analysed. */
export interface AnalysisConfig {
  /** W, samples at the model's rate; even */
  readonly window: number;
  /** Hz; the longest lag is sampleRate / pitchMin */
  readonly pitchMin: number;
  /** Hz */
  readonly pitchMax: number;
  /** threshold of the cumulative mean normalised difference; below it a frame is voiced */
  readonly threshold: number;
  /**
   * The rule that selects the period from the dips of the difference function. `first`: the first dip below the
   * threshold, as in YIN. A file without this field means `first`. `clear`: the first dip that is about as low as the
   * lowest.
   */
  readonly dip?: 'first' | 'clear';
}
