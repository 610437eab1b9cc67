/** Checks of what a command is about to write. */

import { checkDestination, identityOf } from '../train/run/disk';
import { CliError, EXIT } from './errors';

/** @throws CliError when `output` is one of `inputs`, under any name or link */
export async function protectInputs(output: string, inputs: readonly string[]): Promise<void> {
  const identity = await identityOf(output);
  if (!identity) return;
  for (const input of inputs) {
    if ((await identityOf(input)) !== identity) continue;
    const same = input === output ? 'this is an input' : `this is the same file as the input ${input}`;
    throw new CliError(`${output}: ${same}, which would be overwritten; choose another output`, EXIT.usage);
  }
}

/**
 * Call this before the work whose result goes to `output`.
 * @throws CliError when that would overwrite an input, FileError when `output` cannot be written
 */
export async function checkOutput(output: string, inputs: readonly string[]): Promise<void> {
  await protectInputs(output, inputs);
  await checkDestination(output);
}
