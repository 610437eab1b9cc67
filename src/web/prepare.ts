/**
 * Takes the slow part of setting up an engine off the audio thread, which would fall silent meanwhile, and refuses
 * what would play nothing.
 */

import type { Table } from '../dsp/heap';
import { playModule } from '../dsp/play-module';
import { messageOf } from '../errors';
import type { Model } from '../model/model';
import { Engine } from '../play/engine';
import { setupFailed } from './failures';

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
    demandSound(new Engine(module, model, sampleRate, { tables }), model);
  } catch (error) {
    throw setupFailed('model', messageOf(error));
  }
  return tables;
}

/** Quieter than -120 dB is nothing. */
const NOTHING = 1e-6;

/** @throws Error if a note in the middle of the model's range stays silent */
function demandSound(engine: Engine, { analysis, statistics }: Model): void {
  const { sampleRate } = engine;
  const hz = Math.min(
    Math.max(statistics.f0[1], 1.1 * analysis.pitchMin),
    analysis.pitchMax / 1.1,
    sampleRate / 4,
  );
  const length = engine.latency + Math.round(sampleRate / 10);
  const note = Float32Array.from({ length }, (_, n) => 0.3 * Math.sin((2 * Math.PI * hz * n) / sampleRate));
  const heard = new Float32Array(length);
  engine.process(note, heard, 0, length);
  if (heard.some((sample) => Math.abs(sample) > NOTHING)) return;
  throw new Error(
    `a note of ${Math.round(hz)} Hz, in the middle of its range, stays silent. Its file is damaged, or training failed`,
  );
}

/** What to transfer, so that tables are not copied. */
export function buffersOf(tables: readonly Table[]): ArrayBuffer[] {
  return [...new Set(tables.map(({ buffer }) => buffer as ArrayBuffer))];
}
