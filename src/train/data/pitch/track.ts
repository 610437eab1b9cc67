/** Tracks pitch and loudness of recordings for training. */

import {
  type AnalyseOptions,
  type AnalysisSettings,
  analyseSignal,
  type Track,
} from '../../../analysis/track';
import type { PitchNetwork } from './neural/network';
import { trackNeural } from './neural/neural-track';
import { trackPath } from './path-track';
import type { PitchSettings } from './settings';

/**
 * Analyses a recording with the selected tracker. Frames and loudness always equal those of the live analysis. With
 * `yin` and without `viterbi`, the pitch does, too.
 * @param audio mono
 * @param network for `neural`
 * @throws the signal's reason, if it aborts
 */
export function trackPitch(
  audio: Float32Array,
  settings: AnalysisSettings,
  { tracker, viterbi }: PitchSettings,
  network: PitchNetwork | null,
  options: AnalyseOptions = {},
): Promise<Track> {
  if (tracker === 'neural') {
    if (!network) throw new TypeError('the tracker neural needs a network');
    return trackNeural(audio, settings, network, viterbi, options);
  }
  return viterbi ? trackPath(audio, settings, options) : analyseSignal(audio, settings, options);
}
