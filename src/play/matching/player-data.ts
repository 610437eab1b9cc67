/** The knowledge about a player as plain data, for JSON and messages. */

import { OptionError } from '../../errors';

export interface PlayerData {
  readonly version: 1;
  /** dB of the analysis' loudness: how loud the player's forte is at the microphone */
  readonly forte: number;
  /** dB: its standard deviation; 12 = nothing is known. For information only, because it follows from `evidence`. */
  readonly uncertainty: number;
  /** seconds of notes that support the forte, 0..20 */
  readonly evidence: number;
  /** [Hz, seconds] of the recent notes */
  readonly pitch: readonly (readonly [hz: number, seconds: number])[];
  /** [dB, seconds] of the recent notes */
  readonly loudness: readonly (readonly [level: number, seconds: number])[];
}

/** Upper limit for the entries of one list; a histogram has fewer. */
const MOST_ENTRIES = 1000;
const MOST_SECONDS = 3600;

/**
 * @returns `data`
 * @throws OptionError that names the field
 */
export function checkPlayerData(data: PlayerData): PlayerData {
  const given: unknown = data;
  if (typeof given !== 'object' || given === null) {
    throw new OptionError('player', `expected what \`player\` gave earlier, found ${given}`);
  }
  if (data.version !== 1) throw new OptionError('player.version', `expected 1, found ${data.version}`);
  demand('player.forte', data.forte, -100, 100, 'dB');
  demand('player.evidence', data.evidence, 0, MOST_SECONDS, 's');
  demandEntries('player.pitch', data.pitch, 1, 100_000, 'Hz');
  demandEntries('player.loudness', data.loudness, -100, 200, 'dB');
  return data;
}

function demandEntries(name: string, entries: PlayerData['pitch'], low: number, high: number, unit: string) {
  if (!Array.isArray(entries) || entries.length > MOST_ENTRIES) {
    throw new OptionError(name, `expected a list of at most ${MOST_ENTRIES} pairs`);
  }
  entries.forEach((entry, i) => {
    if (!Array.isArray(entry) || entry.length !== 2) {
      throw new OptionError(`${name}[${i}]`, `expected a pair of a value and seconds, found ${entry}`);
    }
    demand(`${name}[${i}][0]`, entry[0], low, high, unit);
    demand(`${name}[${i}][1]`, entry[1], 0, MOST_SECONDS, 's');
  });
}

function demand(name: string, value: unknown, low: number, high: number, unit: string): void {
  if (typeof value === 'number' && value >= low && value <= high) return;
  throw new OptionError(name, `expected ${low} to ${high} ${unit}, found ${value}`);
}
