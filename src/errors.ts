/** The base of every error that this library throws on purpose. */

export interface DdspErrorOptions extends ErrorOptions {
  /** what the caller or user can do about it; part of the message too */
  readonly remedy?: string;
}

/**
 * An application can react to `code` without reading text. Codes are stable: a new release may add some, and
 * renames none. `message` says what is wrong, where, and what to do.
 */
export class DdspError extends Error {
  override readonly name: string = 'DdspError';
  /** what to do, as a sentence without a full stop; empty where nothing helps */
  readonly remedy: string;

  /**
   * @param code stable, in kebab-case, e.g. `missing-tensor`
   * @param message what is wrong and where; `remedy` is appended to it
   */
  constructor(
    readonly code: string,
    message: string,
    { remedy = '', ...options }: DdspErrorOptions = {},
  ) {
    super(remedy ? `${message}; ${remedy}` : message, options);
    this.remedy = remedy;
  }
}

/** An option is unknown, of the wrong type, nested wrongly or out of range. The message names it. */
export class OptionError extends DdspError {
  override readonly name = 'OptionError';

  /** @param option its path, e.g. `listening.gate` */
  constructor(
    readonly option: string,
    problem: string,
    options?: DdspErrorOptions,
  ) {
    super('option', `${option}: ${problem}`, options);
  }
}

/** A file that cannot be used. */
export class FileError extends DdspError {
  override readonly name: string = 'FileError';

  /**
   * @param file its name, as given
   * @param problem what is wrong with it
   * @param remedy what to do about it
   */
  constructor(
    code: string,
    readonly file: string,
    readonly problem: string,
    remedy: string,
    options?: ErrorOptions,
  ) {
    super(code, `${file}: ${problem}`, { ...options, remedy });
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
