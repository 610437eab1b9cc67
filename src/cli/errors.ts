/** Errors and exit codes of commands. */

import { DdspError } from '../errors';

/**
 * 1: failure; 2: wrong command line; 3: training diverged; 130: stopped by Ctrl-C, as shells report it.
 */
export const EXIT = { failed: 1, usage: 2, diverged: 3, interrupted: 130 } as const;

/** An error whose message is shown to the user unchanged. */
export class CliError extends DdspError {
  override readonly name = 'CliError';

  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
    options?: ErrorOptions,
  ) {
    super('command', message, options);
  }
}
