/** How a player is matched to the model that is played. */

import { OptionError } from '../../errors';
import { checkKeys, checkNumber, type NumberRange, show } from '../../options';

/** An option that is left out is `auto`. */
export interface MatchingOptions {
  /**
   * Whole octaves, -4..4, between the player's pitch and the instrument's, to which `pitchShift` adds.
   * `auto`: what brings the player into the range the model learned, none if that is so already. `off`: none.
   */
  readonly register?: 'auto' | 'off' | number;
  /**
   * dB, -30..60, added to the player's loudness. `auto`: what makes the player's loud notes those of the
   * recordings the model learned from. `off`: none.
   */
  readonly level?: 'auto' | 'off' | number;
  /**
   * true: what is known of the player stays as it is, and so do register and level; nothing is learned or
   * forgotten. Default: false.
   */
  readonly lock?: boolean;
}

/** Checked, and nothing left out. */
export type MatchingSettings = Required<MatchingOptions>;

export const MOST_OCTAVES = 4;
/** dB */
export const LEAST_GAIN = -30;
export const MOST_GAIN = 60;

/** As it was recorded: for what is compared with the recordings themselves. */
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
