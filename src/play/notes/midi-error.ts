import { DdspError, type DdspErrorOptions } from '../../errors';

/**
 * Why a MIDI file is not played.
 *
 * - `not-midi`: the file is something else
 * - `midi-format`: its tracks are independent sequences (format 2), or of a format that does not exist
 * - `midi-damaged`: it is cut off, or holds what the standard does not allow
 * - `midi-too-large`: it has too many bytes or lasts too long
 */
export type MidiFileErrorCode = 'not-midi' | 'midi-format' | 'midi-damaged' | 'midi-too-large';

/** A MIDI file that cannot be played. Nothing of it is used. */
export class MidiFileError extends DdspError {
  override readonly name = 'MidiFileError';
  declare readonly code: MidiFileErrorCode;

  constructor(code: MidiFileErrorCode, message: string, options?: DdspErrorOptions) {
    super(code, message, options);
  }
}

export function damaged(problem: string, cause?: unknown): MidiFileError {
  return new MidiFileError('midi-damaged', `the MIDI file is damaged: ${problem}`, {
    cause,
    remedy: 'export it again, or use another copy',
  });
}
