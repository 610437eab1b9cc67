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
  /** Added to the pitch, in cents, -1200 to 1200; default 0. */
  detune: { unit: 'cents', minimum: -1200, maximum: 1200, default: 0, meaning: 'added to the pitch' },
  /** Level of the harmonic part, 0 to 2; default 1, as trained. */
  harmonics: { unit: '', minimum: 0, maximum: 2, default: 1, meaning: 'level of the harmonic part' },
  /** Level of the noise part, 0 to 2; default 1, as trained. */
  noise: { unit: '', minimum: 0, maximum: 2, default: 1, meaning: 'level of the noise part' },
  /** Mix of the reverb from dry to wet, 0 to 1; default 0.5, as trained. */
  reverb: { unit: '', minimum: 0, maximum: 1, default: 0.5, meaning: 'mix of the reverb, from dry to wet' },
  /** Gain of the output, 0 to 4; default 1. */
  gain: { unit: '', minimum: 0, maximum: 4, default: 1, meaning: 'gain of the output' },
  /** Depth of the learned vibrato of notes, 0 to 4; default 1, as recorded. */
  vibrato: { unit: '', minimum: 0, maximum: 4, default: 1, meaning: 'depth of the vibrato of notes' },
  /** How far notes follow the learned attack, 0 (at once at full level) to 2; default 1, as recorded. */
  attack: { unit: '', minimum: 0, maximum: 2, default: 1, meaning: 'strength of the attack of notes' },
  /** Duration of glides between notes, 0 to 10 times the learned one; default 1, as recorded. */
  portamento: { unit: '', minimum: 0, maximum: 10, default: 1, meaning: 'duration of glides between notes' },
  /** From the model (0) to the one in slot `b` (1); default 0. */
  morph: { unit: '', minimum: 0, maximum: 1, default: 0, meaning: 'from the model to the second one' },
} as const satisfies Readonly<Record<string, Control>>;

export type ControlName = keyof typeof CONTROLS;

/** Values for some controls; the others have their defaults. */
export type ControlOptions = { readonly [Name in ControlName]?: number };

export const CONTROL_NAMES = Object.keys(CONTROLS) as readonly ControlName[];

/** Place of each control in the table, and of its value in `ControlState.values`. */
export const CONTROL_INDEX = Object.fromEntries(CONTROL_NAMES.map((name, i) => [name, i])) as Readonly<
  Record<ControlName, number>
>;

/**
 * A value for each control, at first its default: as a model was trained. The audio thread reads and writes `values`,
 * because properties of objects may box numbers. Everybody else uses the controls' names.
 */
class ControlStateBase {
  /** in the table's order */
  readonly values = Float64Array.from(CONTROL_NAMES, (name) => CONTROLS[name].default);
}

for (const [i, name] of CONTROL_NAMES.entries()) {
  Object.defineProperty(ControlStateBase.prototype, name, {
    get(this: ControlStateBase) {
      return this.values[i];
    },
    set(this: ControlStateBase, value: number) {
      this.values[i] = value;
    },
  });
}

export type ControlState = ControlStateBase & { [Name in ControlName]: number };
export const ControlState = ControlStateBase as new () => ControlState;

/** @throws OptionError for a value out of range */
export function controlState(options: ControlOptions): ControlState {
  const state = new ControlState();
  for (const name of CONTROL_NAMES) {
    const value = options[name];
    if (value === undefined) continue;
    const { minimum, maximum, unit } = CONTROLS[name];
    state.values[CONTROL_INDEX[name]] = checkNumber(name, value, { minimum, maximum, unit });
  }
  return state;
}
