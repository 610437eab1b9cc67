/** How the pitch that a model is trained on is found. */

export interface PitchSettings {
  /** what hears it: the live analysis' YIN, or a network that is brought along */
  readonly tracker: 'yin' | 'neural';
  /** whether frames are joined by the likeliest path, or each decides for itself, as live ones have to */
  readonly viterbi: boolean;
  /** hash of the network's file; with `yin` left out */
  readonly network?: string;
}

/** What is heard live. */
export const LIVE_PITCH: PitchSettings = { tracker: 'yin', viterbi: false };
