/** Settings of the pitch tracker for training data. */

export interface PitchSettings {
  /** the tracker: YIN as in live playing, or a network supplied by the user */
  readonly tracker: 'yin' | 'neural';
  /** true: most likely path through all frames; false: frame by frame, as in live playing */
  readonly viterbi: boolean;
  /** hash of the network's file; undefined with `yin` */
  readonly network?: string;
}

/** The settings of live playing. */
export const LIVE_PITCH: PitchSettings = { tracker: 'yin', viterbi: false };
