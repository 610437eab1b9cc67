/** Finds which loudness, in dB, a decoder means by its own measure of loudness. */

import type { LoudnessScale } from '../../../decoder/config';
import { inputScaling } from '../../../decoder/inputs';
import { median } from '../../../dsp/quantile';
import type { Model } from '../../model';
import { PlainDecoder } from './decoder';
import { LevelMeter } from './level';

const PITCHES = [165, 247, 370, 554];
const STEPS = 6;
/** dB; outside of this the estimate is useless */
const DEVIATIONS = { least: 3, most: 40 } as const;

/**
 * The level of what the decoder plays when it is told its mean, and how far one deviation moves it.
 * @param model whose loudness enters as a multiple of the deviation from the mean
 */
export function calibrate(model: Omit<Model, 'about' | 'statistics'>): LoudnessScale {
  const decoder = new PlainDecoder(model);
  const meter = new LevelMeter(model);
  const pitch = inputScaling('f0', model.decoder);
  const levels = (told: number) =>
    PITCHES.map((hz) => {
      decoder.reset();
      return meter.level(decoder.hold([pitch(hz), told], STEPS), hz);
    });
  const [soft, mean, loud] = [-1, 0, 1].map((told) => median(levels(told)));
  const deviation = Math.min(DEVIATIONS.most, Math.max(DEVIATIONS.least, (loud - soft) / 2));
  return { mean, deviation };
}
