/**
 * What a MIDI velocity means: a loudness from the softest (5th percentile) over the usual (median) to the loudest (95th)
 * that the model learned.
 */

import type { Statistics } from '../../model/model';

type Range = Pick<Statistics, 'loudness'>;

const MIDDLE = 64;
const LOUDEST = 127;
/** dB that a note's gain adds at the loudest velocity, and takes at the softest: models answer a little flat. */
const GAIN = 1;

/** dB that a velocity of 1 to 127 is played at. */
export function velocityLoudness(velocity: number, { loudness: [soft, usual, loud] }: Range): number {
  const upper = (velocity - MIDDLE) / (LOUDEST - MIDDLE);
  return usual + Math.min(Math.max(upper, -1), 1) * (upper > 0 ? loud - usual : usual - soft);
}

/** The velocity, 1 to 127, that is played at a loudness, or nearest to it. */
export function loudnessVelocity(loudness: number, { loudness: [soft, usual, loud] }: Range): number {
  const half = loudness > usual ? loud - usual : usual - soft;
  const upper = half > 0 ? (loudness - usual) / half : 0;
  return MIDDLE + Math.min(Math.max(upper, -1), 1) * (LOUDEST - MIDDLE);
}

/** What a note of a velocity sounds times, beside the loudness that the model plays it at. */
export function velocityGain(velocity: number): number {
  const upper = Math.min(Math.max((velocity - MIDDLE) / (LOUDEST - MIDDLE), -1), 1);
  return 10 ** ((GAIN * upper) / 20);
}
