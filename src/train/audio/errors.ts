/** An audio file that cannot be used. */

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
