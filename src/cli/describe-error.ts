/** Errors as the one line that a user reads. */

import { SynthGraphError } from '../engine/synth/graph';
import { ModelError } from '../model/errors';
import { AudioFileError } from '../train/audio/errors';
import { CheckpointError } from '../train/checkpoint';
import { DatasetError } from '../train/dataset/source';
import { DatabaseError } from '../train/dataset/stores/store';
import { TrainingError } from '../train/errors';
import { StoreError } from '../train/runs/store';
import { CliError } from './errors';

const EXPECTED = [
  CliError,
  ModelError,
  AudioFileError,
  DatabaseError,
  DatasetError,
  CheckpointError,
  TrainingError,
  StoreError,
  SynthGraphError,
];

/** One line; with DEBUG set, the stack too. */
export function describeError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.replace(/\s*\n\s*/g, ' ');
  if (process.env.DEBUG && error instanceof Error) return `${line}\n${error.stack}`;
  return EXPECTED.some((kind) => error instanceof kind)
    ? line
    : `unexpected: ${line} (DEBUG=1 shows where it happened)`;
}
