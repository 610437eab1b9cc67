/** Options for matching a player to the model. */

import { OptionError } from '../../errors';
import { checkKeys, checkNumber, type NumberRange, show } from '../../options';

/** An option that is left out has the value `auto`. */
export interface MatchingOptions {
  /**
   * Whole octaves, -4..4, from the player's pitch to the instrument's pitch; `pitchShift` is added to them. `auto`: the
   * octaves that move the player into the range that the model learned, 0 if the player is already in it. `off`: 0.
   */
  readonly register?: 'auto' | 'off' | number;
  /**
   * dB, -30..60, added to the player's loudness. `auto`: the gain that moves the player's loud notes to the loud notes
   * of the recordings that the model learned from. `off`: 0.
   */
  readonly level?: 'auto' | 'off' | number;
  /**
   * true: register, level and all knowledge of the player stay as they are. Nothing is learned or forgotten. Default:
   * false.
   */
  readonly lock?: boolean;
}

/** Checked options, with a value for each. */
export type MatchingSettings = Required<MatchingOptions>;

export const MOST_OCTAVES = 4;
/** dB */
export const LEAST_GAIN = -30;
export const MOST_GAIN = 60;

/** No matching, to compare the result with the recordings themselves. */
export const UNMATCHED: MatchingSettings = { register: 'off', level: 'off', lock: false };

/** Names of the options. */
export const MATCHING_KEYS: readonly string[] = ['register', 'level', 'lock'];

/** @throws OptionError that names the option */
export function matching(options: MatchingOptions = {}): MatchingSettings {
  checkKeys('matching', options, MATCHING_KEYS);
  const { register = 'auto', level = 'auto', lock = false } = options;
  demand('matching.register', register, {
    minimum: -MOST_OCTAVES,
    maximum: MOST_OCTAVES,
    unit: 'octaves',
    whole: true,
  });
  demand('matching.level', level, { minimum: LEAST_GAIN, maximum: MOST_GAIN, unit: 'dB' });
  if (typeof lock !== 'boolean') {
    throw new OptionError('matching.lock', `expected true or false, found ${show(lock)}`);
  }
  return { register, level, lock };
}

function demand(option: string, value: unknown, range: NumberRange): void {
  if (value === 'auto' || value === 'off') return;
  if (typeof value === 'number') checkNumber(option, value, range);
  else throw new OptionError(option, `expected 'auto', 'off' or a number, found ${show(value)}`);
}
