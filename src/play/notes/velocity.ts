/** What a MIDI velocity means: a loudness between the softest and the loudest that the model learned. */

import type { Statistics } from '../../model/model';

type Range = Pick<Statistics, 'loudness'>;

const SOFTEST = 1;
const LOUDEST = 127;

/** dB that a velocity of 1 to 127 is played at: the 5th to the 95th percentile. */
export function velocityLoudness(velocity: number, { loudness: [soft, , loud] }: Range): number {
  const share = Math.min(Math.max((velocity - SOFTEST) / (LOUDEST - SOFTEST), 0), 1);
  return soft + share * (loud - soft);
}

/** The velocity, 1 to 127, that is played at a loudness, or nearest to it. */
export function loudnessVelocity(loudness: number, { loudness: [soft, , loud] }: Range): number {
  const share = Math.min(Math.max((loudness - soft) / Math.max(loud - soft, 1e-9), 0), 1);
  return SOFTEST + share * (LOUDEST - SOFTEST);
}
