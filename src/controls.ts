/**
 * The table of controls: what can be turned while an instrument sounds. AudioParams, fields of the node, options of
 * offline renders, command-line options and the documentation are all made from it.
 */

import { checkNumber } from './options';

export interface Control {
  /** empty: a factor or a mix */
  readonly unit: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly default: number;
  /** one line for help texts and tables */
  readonly meaning: string;
}

export const CONTROLS = {
  /** Added to the pitch, in semitones, -24 to 24; default 0. */
  pitchShift: { unit: 'semitones', minimum: -24, maximum: 24, default: 0, meaning: 'added to the pitch' },
  /** Level of the harmonic part, 0 to 2; default 1, as trained. */
  harmonics: { unit: '', minimum: 0, maximum: 2, default: 1, meaning: 'level of the harmonic part' },
  /** Level of the noise part, 0 to 2; default 1, as trained. */
  noise: { unit: '', minimum: 0, maximum: 2, default: 1, meaning: 'level of the noise part' },
  /** Mix of the reverb from dry to wet, 0 to 1; default 0.5, as trained. */
  reverb: { unit: '', minimum: 0, maximum: 1, default: 0.5, meaning: 'mix of the reverb, from dry to wet' },
  /** Gain of the output, 0 to 4; default 1. */
  gain: { unit: '', minimum: 0, maximum: 4, default: 1, meaning: 'gain of the output' },
} as const satisfies Readonly<Record<string, Control>>;

export type ControlName = keyof typeof CONTROLS;

/** A value for each control. */
export type ControlValues = { -readonly [Name in ControlName]: number };

/** Values for some controls; the others have their defaults. */
export type ControlOptions = { readonly [Name in ControlName]?: number };

export const CONTROL_NAMES = Object.keys(CONTROLS) as readonly ControlName[];

/** Every control at its default: as a model was trained. */
export function defaultControls(): ControlValues {
  return Object.fromEntries(CONTROL_NAMES.map((name) => [name, CONTROLS[name].default])) as ControlValues;
}

/** @throws OptionError for a value out of range */
export function controlValues(options: ControlOptions): ControlValues {
  const values = defaultControls();
  for (const name of CONTROL_NAMES) {
    const value = options[name];
    if (value === undefined) continue;
    const { minimum, maximum, unit } = CONTROLS[name];
    values[name] = checkNumber(name, value, { minimum, maximum, unit });
  }
  return values;
}
