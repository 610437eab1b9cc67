/** A pitch network that cannot be used: says which file, what is wrong, and what to do. */

export class PitchNetworkError extends Error {
  override readonly name = 'PitchNetworkError';

  constructor(
    /** the file, as it was named */
    readonly file: string,
    readonly problem: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${problem}; ${remedy}`, options);
  }
}
