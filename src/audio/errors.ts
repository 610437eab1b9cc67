/** An audio file that cannot be used. */

import { FileError } from '../errors';

/** Remedy for a file of another format. */
export const READABLE = 'use WAV, AIFF, FLAC, MP3, Ogg Vorbis or Opus (for instance: ffmpeg -i IN out.flac)';
/** Remedy for a broken file. */
export const AGAIN = 'copy it again from its source, or export it anew';

export class AudioFileError extends FileError {
  override readonly name = 'AudioFileError';

  constructor(file: string, problem: string, remedy: string, options?: ErrorOptions) {
    super('audio-file', file, problem, remedy, options);
  }
}
