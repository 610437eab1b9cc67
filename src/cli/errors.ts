/** What a command answers when it cannot go on. */

import { DdspError } from '../errors';

/**
 * 1: it failed; 2: the command line is wrong; 3: training diverged; 130: stopped by Ctrl-C, as shells report
 * it.
 */
export const EXIT = { failed: 1, usage: 2, diverged: 3, interrupted: 130 } as const;

/** A message for the user, complete as it is. */
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
