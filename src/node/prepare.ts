/** Takes the slow part of setting up an engine off the audio thread, which would fall silent meanwhile. */

import { Engine } from '../engine/engine';
import type { Table } from '../engine/kernels';
import { playModule } from '../engine/play-module';
import type { Model } from '../model/model';
import { messageOf, setupFailed } from './failures';

/**
 * The tables that an engine of `model` computes at `sampleRate`: all that the processor needs of its tensors.
 * They are nobody else's, and may be transferred.
 *
 * @throws (rejects with) an Error that says why the model cannot be played at this rate
 */
export async function prepareTables(model: Model, sampleRate: number): Promise<Table[]> {
  const module = await playModule().catch((error) => {
    throw setupFailed('kernels', messageOf(error));
  });
  const tables: Table[] = [];
  try {
    new Engine(module, model, sampleRate, { tables });
  } catch (error) {
    throw setupFailed('model', messageOf(error));
  }
  return tables;
}

/** What to transfer, so that tables are not copied. */
export function buffersOf(tables: readonly Table[]): ArrayBuffer[] {
  return [...new Set(tables.map(({ buffer }) => buffer as ArrayBuffer))];
}
