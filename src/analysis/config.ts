/** dB: the loudness of silence; nothing is quieter. */
export const LOUDNESS_FLOOR = -80;

/** How a recording or a player is analysed. */
export interface AnalysisConfig {
  /** W, samples at the model's rate; even */
  readonly window: number;
  /** Hz; the longest lag is sampleRate / pitchMin */
  readonly pitchMin: number;
  /** Hz */
  readonly pitchMax: number;
  /** of the cumulative mean normalised difference; below it a frame is voiced */
  readonly threshold: number;
  /**
   * Which dip of the difference function is the period: `first`, the first below the threshold (YIN's own
   * rule, and what a file means that says nothing), or `clear`, the first about as low as the lowest.
   */
  readonly dip?: 'first' | 'clear';
}
