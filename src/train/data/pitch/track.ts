/** Pitch and loudness of recordings to learn from. */

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
 * Analyses a recording by the tracker that is asked for. Frames and loudness are those of the live analysis
 * whichever it is; so is the pitch with `yin` and without `viterbi`.
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
