/** Errors as the one line that a user reads. */

import { DdspError, messageOf } from '../errors';

/** Errors of workers arrive without their class; their names are left. */
const FROM_WORKERS = new Set([
  'AudioFileError',
  'DatabaseError',
  'DatasetError',
  'DivergenceError',
  'PitchNetworkError',
  'TrainingError',
]);

/** Whether its message was written for users. */
export function isExpected(error: unknown): boolean {
  return error instanceof DdspError || (error instanceof Error && FROM_WORKERS.has(error.name));
}

/** One line; with DEBUG set, the stack too. */
export function describeError(error: unknown): string {
  const message = messageOf(error);
  const line = message.replace(/\s*\n\s*/g, ' ');
  if (process.env.DEBUG && error instanceof Error) return `${line}\n${error.stack}`;
  return isExpected(error) ? line : `unexpected: ${line} (DEBUG=1 shows where it happened)`;
}
