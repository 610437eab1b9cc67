/** How a player is analysed, where that differs from the model's file. */

import { OptionError } from '../errors';
import { checkKeys, checkNumber, show } from '../options';
import { type AnalysisConfig, LOUDNESS_FLOOR } from './config';
import type { FilterSetting } from './input-filter';

/** An option that is left out has the model's value, or the default. */
export interface ListeningOptions {
  /** Hz, lowest pitch of the search. A period must fit: at least the model's sample rate divided by its window. */
  readonly pitchMin?: number;
  /** Hz, highest pitch of the search */
  readonly pitchMax?: number;
  /** 0.001..1: how much a note's sound may differ from itself one period later (see `AnalysisConfig`) */
  readonly threshold?: number;
  /** the rule that finds the period (`AnalysisConfig`) */
  readonly dip?: 'first' | 'clear';
  /**
   * Which sounds are not played. `auto` (the default): sounds that are not clearly above the background. The background
   * is measured while nobody plays. A number, -80..100 dB of the analysis' loudness: quieter sounds are not played.
   * `off`: everything is played.
   */
  readonly gate?: 'auto' | 'off' | number;
  /**
   * The filter of the input before the analysis. `auto` (the default): a high-pass filter below `pitchMin`, and the
   * removal of mains hum. A number, 5..2000 Hz: a high-pass filter with this cutoff, and the removal of mains hum.
   * `off`: no filter.
   */
  readonly filter?: FilterSetting;
  /** seconds that a note continues after its pitch is lost; default 0.1; Infinity: as long as the input does */
  readonly hold?: number;
}

export interface Listening {
  readonly config: AnalysisConfig;
  readonly gate: 'auto' | number;
  readonly filter: FilterSetting;
  readonly hold: number;
}

const DEFAULT_HOLD = 0.1;
/** dB, highest value of a gate */
export const LOUDEST_GATE = 100;
/** Hz: lowest and highest cutoff of the high-pass filter */
export const CUTOFFS = [5, 2000] as const;

/** No gate and no filter, to compare the result with the recording. */
export const AS_RECORDED: ListeningOptions = { gate: 'off', filter: 'off' };

/** Names of the options. */
export const LISTENING_KEYS: readonly string[] = [
  'pitchMin',
  'pitchMax',
  'threshold',
  'dip',
  'gate',
  'hold',
  'filter',
];

/**
 * @param sampleRate the model's, Hz
 * @throws OptionError that names the option
 */
export function listening(
  analysis: AnalysisConfig,
  sampleRate: number,
  options: ListeningOptions,
): Listening {
  checkKeys('listening', options, LISTENING_KEYS);
  const { gate = 'auto', filter = 'auto', hold = DEFAULT_HOLD, ...changes } = options;
  const { pitchMin = analysis.pitchMin, pitchMax = analysis.pitchMax } = changes;
  const { threshold = analysis.threshold, dip = analysis.dip } = changes;
  const config = { window: analysis.window, pitchMin, pitchMax, threshold, dip };
  if (Object.values(changes).some((value) => value !== undefined)) {
    demand('pitchMin', pitchMin, sampleRate / analysis.window, pitchMax, 'Hz');
    demand('pitchMax', pitchMax, pitchMin, sampleRate / 2, 'Hz');
    demand('threshold', threshold, 0.001, 1);
    if (dip !== undefined && dip !== 'first' && dip !== 'clear') {
      throw new OptionError('listening.dip', `expected first or clear, found ${show(dip)}`);
    }
  }
  if (isNumber('gate', gate)) demand('gate', gate, LOUDNESS_FLOOR, LOUDEST_GATE, 'dB');
  if (isNumber('filter', filter)) demand('filter', filter, ...CUTOFFS, 'Hz');
  demand('hold', hold, 0, Number.POSITIVE_INFINITY, 's');
  return { config, gate: gate === 'off' ? LOUDNESS_FLOOR : gate, hold, filter };
}

function isNumber(name: string, value: unknown): value is number {
  if (value === 'auto' || value === 'off') return false;
  if (typeof value === 'number') return true;
  throw new OptionError(`listening.${name}`, `expected 'auto', 'off' or a number, found ${show(value)}`);
}

function demand(name: string, value: number, minimum: number, maximum: number, unit?: string): void {
  checkNumber(`listening.${name}`, value, { minimum, maximum, unit });
}
