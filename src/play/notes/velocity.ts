/**
 * Converts between MIDI velocity and loudness. The scale runs from the softest loudness that the model learned (5th
 * percentile) over the median to the loudest (95th percentile).
 */

import type { Statistics } from '../../model/model';

type Range = Pick<Statistics, 'loudness'>;

const MIDDLE = 64;
const LOUDEST = 127;
/**
 * Gain of a note in dB: added at the loudest velocity, subtracted at the softest. Models respond a little too flatly.
 */
const GAIN = 1;

/** Loudness in dB of a velocity of 1 to 127. */
export function velocityLoudness(velocity: number, { loudness: [soft, usual, loud] }: Range): number {
  const upper = (velocity - MIDDLE) / (LOUDEST - MIDDLE);
  return usual + Math.min(Math.max(upper, -1), 1) * (upper > 0 ? loud - usual : usual - soft);
}

/** The velocity, 1 to 127, whose loudness is nearest to the given one. */
export function loudnessVelocity(loudness: number, { loudness: [soft, usual, loud] }: Range): number {
  const half = loudness > usual ? loud - usual : usual - soft;
  const upper = half > 0 ? (loudness - usual) / half : 0;
  return MIDDLE + Math.min(Math.max(upper, -1), 1) * (LOUDEST - MIDDLE);
}

/** Amplitude factor for a note of this velocity, in addition to the loudness at which the model plays it. */
export function velocityGain(velocity: number): number {
  const upper = Math.min(Math.max((velocity - MIDDLE) / (LOUDEST - MIDDLE), -1), 1);
  return 10 ** ((GAIN * upper) / 20);
}
