/** Errors as the one line that a user reads. */

import { AudioFileError } from '../audio/errors';
import { ModelError } from '../model/errors';
import { SynthGraphError } from '../synth/graph';
import { PitchNetworkError } from '../train/data/pitch/neural/errors';
import { DatasetError } from '../train/data/source';
import { DatabaseError } from '../train/data/stores/store';
import { TrainingError } from '../train/errors';
import { CheckpointError } from '../train/learn/checkpoint';
import { StoreError } from '../train/run/store';
import { CliError } from './errors';

const EXPECTED = [
  CliError,
  ModelError,
  AudioFileError,
  DatabaseError,
  DatasetError,
  PitchNetworkError,
  CheckpointError,
  TrainingError,
  StoreError,
  SynthGraphError,
];

/** Whether its message is for users; by name, too: errors lose their class on their way from a worker. */
export function isExpected(error: unknown): boolean {
  return error instanceof Error && EXPECTED.some((kind) => error instanceof kind || error.name === kind.name);
}

/** One line; with DEBUG set, the stack too. */
export function describeError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.replace(/\s*\n\s*/g, ' ');
  if (process.env.DEBUG && error instanceof Error) return `${line}\n${error.stack}`;
  return isExpected(error) ? line : `unexpected: ${line} (DEBUG=1 shows where it happened)`;
}
