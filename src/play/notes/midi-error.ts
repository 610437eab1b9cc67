import { DdspError, type DdspErrorOptions } from '../../errors';

/**
 * The reason why a MIDI file is not played.
 *
 * - `not-midi`: the file is not a MIDI file
 * - `midi-format`: its tracks are independent sequences (format 2), or its format does not exist
 * - `midi-damaged`: it is cut off, or contains something that the standard does not allow
 * - `midi-too-large`: it has too many bytes or lasts too long
 */
export type MidiFileErrorCode = 'not-midi' | 'midi-format' | 'midi-damaged' | 'midi-too-large';

/** A MIDI file that cannot be played. No part of it is used. */
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
