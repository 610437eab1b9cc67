/** How many notes a player plays at a time. */

import { OptionError } from '../../errors';
import { show } from '../../options';

/** `mono`: one note at a time, legato, last-note priority; `poly`: as many as there are voices */
export const NOTE_MODES = ['poly', 'mono'] as const;
export type NoteMode = (typeof NOTE_MODES)[number];

/** @throws OptionError for anything else */
export function checkMode(mode: unknown): asserts mode is NoteMode {
  if (!NOTE_MODES.includes(mode as NoteMode))
    throw new OptionError('mode', `expected 'poly' or 'mono', found ${show(mode)}`);
}
