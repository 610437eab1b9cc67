/** Ctrl-C handling: the first one asks to stop, the second one exits. */

import { EXIT } from './errors';
import { say } from './terminal';

/** Ctrl-C, system shutdown, closed terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The reason for rejecting when a command was asked to stop and has nothing to save. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Runs `work` with a signal that aborts at the first Ctrl-C.
 * @param notice written to stderr then
 */
export async function interruptible<T>(
  notice: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const onSignal = () => {
    if (abort.signal.aborted) process.exit(EXIT.interrupted);
    // below the ^C that terminals show
    process.stderr.write('\n');
    say(notice);
    abort.abort(new Interrupted('stopped'));
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work(abort.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
