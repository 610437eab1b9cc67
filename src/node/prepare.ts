/** Takes the slow part of setting up an engine off the audio thread, which would fall silent meanwhile. */

import { Engine } from '../engine/engine';
import type { Table } from '../engine/kernels';
import { playModule } from '../engine/play-module';
import type { Model } from '../model/model';

/**
 * The tables that an engine of `model` computes at `sampleRate`. None where no engine can be built: the
 * processor, which then tries for itself, says why.
 */
export async function prepareTables(model: Model, sampleRate: number): Promise<Table[]> {
  const tables: Table[] = [];
  try {
    new Engine(await playModule(), model, sampleRate, { tables });
    return tables;
  } catch {
    return [];
  }
}
