/** Formats errors as one line for the user. */

import { DdspError, messageOf } from '../errors';

/** Errors from workers lose their class but keep their name. */
const FROM_WORKERS = new Set([
  'AudioFileError',
  'DatabaseError',
  'DatasetError',
  'DivergenceError',
  'PitchNetworkError',
  'TrainingError',
]);

/** Whether the message was written for users. */
export function isExpected(error: unknown): boolean {
  return error instanceof DdspError || (error instanceof Error && FROM_WORKERS.has(error.name));
}

/** Returns one line; with DEBUG set, also the stack. */
export function describeError(error: unknown): string {
  const message = messageOf(error);
  const line = message.replace(/\s*\n\s*/g, ' ');
  if (process.env.DEBUG && error instanceof Error) return `${line}\n${error.stack}`;
  return isExpected(error) ? line : `unexpected: ${line} (set DEBUG=1 to see the stack)`;
}
