/** An audio file that cannot be used. */

/** Remedy for a file of another format. */
export const READABLE = 'use WAV, FLAC, MP3, Ogg Vorbis or Opus (for instance: ffmpeg -i IN out.flac)';
/** Remedy for a broken file. */
export const AGAIN = 'copy it again from its source, or export it anew';

export class AudioFileError extends Error {
  override readonly name = 'AudioFileError';

  /**
   * @param file its name, as given
   * @param problem what is wrong with it
   * @param remedy what to do about it
   */
  constructor(
    readonly file: string,
    readonly problem: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}; ${remedy}`, options);
  }
}
