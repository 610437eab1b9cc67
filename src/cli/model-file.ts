/** Reads model files, checkpoints and MIDI files; errors name the path. */

import path from 'node:path';
import { playModule } from '../dsp/play-module';
import { messageOf } from '../errors';
import { ModelError } from '../model/errors';
import { readModel } from '../model/file';
import type { Model } from '../model/model';
import { OnnxDecoder } from '../onnx/decoder';
import { MidiFileError } from '../play/notes/midi-error';
import { readMidi } from '../play/notes/read-midi';
import type { MidiMessage } from '../play/notes/score';
import { instrumentFor } from '../play/prepare';
import { CheckpointError } from '../train/learn/checkpoint';
import { readBytes } from '../train/run/disk';
import { CliError } from './errors';

/** Runs `work` on the contents of `file` and adds the path to its errors. */
export function named<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw withName(file, cause);
  }
}

/** Reads a model file. @throws CliError when it is damaged, or plays nothing */
export async function readModelFile(file: string): Promise<Model> {
  const bytes = await readBytes(file);
  const model = named(file, () => readModel(bytes));
  await instrumentFor(model, model.sampleRate, playModule()).catch((cause) => {
    throw withName(file, cause);
  });
  return model;
}

/** Loads the network that a model file names, from the folder of that file. @returns undefined where it names none */
export async function readNetwork(file: string, model: Model): Promise<OnnxDecoder | undefined> {
  const { network } = model.decoder;
  if (network === undefined) return undefined;
  const bytes = await readBytes(path.join(path.dirname(file), network));
  return OnnxDecoder.load(model, { bytes }).catch((cause) => {
    throw withName(file, cause);
  });
}

/** Reads a MIDI file. @throws CliError when it cannot be played */
export async function readMidiFile(file: string, channels?: readonly number[]): Promise<MidiMessage[]> {
  const bytes = await readBytes(file);
  return readMidi(bytes, { channels }).catch((cause) => {
    throw withName(file, cause);
  });
}

const ABOUT_FILES = [ModelError, CheckpointError, MidiFileError];

function withName(file: string, cause: unknown): unknown {
  if (!ABOUT_FILES.some((kind) => cause instanceof kind)) return cause;
  return new CliError(`${file}: ${messageOf(cause)}`, undefined, { cause });
}
