/** How a player is matched to the model that is played. */

/** What is not said is `auto`. */
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

/** @throws RangeError that names the option */
export function matching({
  register = 'auto',
  level = 'auto',
  lock = false,
}: MatchingOptions = {}): MatchingSettings {
  demand('matching.register', register, -MOST_OCTAVES, MOST_OCTAVES, ' whole octaves');
  demand('matching.level', level, LEAST_GAIN, MOST_GAIN, ' dB');
  if (typeof lock !== 'boolean') {
    throw new RangeError(`matching.lock: expected true or false, found ${lock}`);
  }
  return { register, level, lock };
}

function demand(name: string, value: unknown, low: number, high: number, unit: string): void {
  if (value === 'auto' || value === 'off') return;
  const whole = high === MOST_OCTAVES;
  if (typeof value === 'number' && value >= low && value <= high && (!whole || Number.isInteger(value)))
    return;
  throw new RangeError(`${name}: expected auto, off or ${low} to ${high}${unit}, found ${value}`);
}
