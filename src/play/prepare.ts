/**
 * Prepares instruments, once per model and sample rate. The work is cut into slices short enough for a page's main
 * thread. A model that would play nothing is rejected.
 */

import type { Heap } from '../dsp/heap';
import { ModelError } from '../model/errors';
import type { Model } from '../model/model';
import type { Metadata } from '../model/schema';
import { Engine } from './engine';
import { hopOf, Instrument } from './instrument';
import { Takes } from './takes';

/** ms of work between two turns of the event loop */
const SLICE = 4;
/** samples of a test note that are rendered between two checks of the clock */
const PIECE = 256;
/** Quieter than -120 dB is silence. */
const SILENCE = 1e-6;

/** by sample rate and hop */
const prepared = new WeakMap<Model, Map<string, Promise<Instrument>>>();

/**
 * Returns the instrument of `model` at `sampleRate`, with all its tables. Later calls for the same model object get the
 * same instrument.
 * @param module the compiled play kernels
 * @param hop of the engine that plays it; default: the model's own
 * @throws (rejects with) ModelError `silent` if a note in the middle of the model's range is silent, `too-costly` for a
 *   model beyond the budget; OptionError for a sample rate out of range
 */
export function instrumentFor(
  model: Model,
  sampleRate: number,
  module: Promise<WebAssembly.Module>,
  hop = hopOf(model, sampleRate),
): Promise<Instrument> {
  let instruments = prepared.get(model);
  if (!instruments) {
    instruments = new Map();
    prepared.set(model, instruments);
  }
  const key = `${sampleRate}/${hop}`;
  let instrument = instruments.get(key);
  if (!instrument) {
    instrument = prepare(model, sampleRate, module, hop);
    instruments.set(key, instrument);
    instrument.catch(() => instruments.delete(key));
  }
  return instrument;
}

async function prepare(
  model: Model,
  sampleRate: number,
  compiling: Promise<WebAssembly.Module>,
  hop: number,
): Promise<Instrument> {
  const module = await compiling;
  const instrument = new Instrument(model, sampleRate, undefined, hop);
  const slice = new Slice();
  // the sound of a network in another file is not known here
  const isWhole = model.decoder.network === undefined;
  const decoder = isWhole ? undefined : (heap: Heap) => new Takes(model).recorder(heap);
  const setUp = () => new Engine(module, instrument, { gradually: true, decoder });
  let engine = instrument.tables.attempt(slice.isOver, setUp);
  while (!engine) {
    await slice.next();
    engine = instrument.tables.attempt(slice.isOver, setUp);
  }
  while (!engine.prepare()) if (slice.isOver()) await slice.next();
  if (isWhole) await demandSound(engine, instrument, slice);
  return instrument;
}

/** @throws ModelError if a note in the middle of the model's range is silent */
async function demandSound(engine: Engine, { model, sampleRate }: Instrument, slice: Slice): Promise<void> {
  const hz = testNote(model, sampleRate);
  const length = engine.latency + Math.round(sampleRate / 10);
  const note = Float32Array.from({ length }, (_, n) => 0.3 * Math.sin((2 * Math.PI * hz * n) / sampleRate));
  const heard = new Float32Array(length);
  for (let at = 0; at < length; at += PIECE) {
    const count = Math.min(PIECE, length - at);
    engine.process(note, heard, at, count);
    for (let i = at; i < at + count; i++) if (Math.abs(heard[i]) > SILENCE) return;
    if (slice.isOver()) await slice.next();
  }
  throw new ModelError(
    'silent',
    `a note of ${Math.round(hz)} Hz, in the middle of the model's range, stays silent`,
    { remedy: 'the file is damaged, or its training failed: use another model file' },
  );
}

/** A slice of work between two turns of the event loop. */
class Slice {
  #end = performance.now() + SLICE;

  readonly isOver = (): boolean => performance.now() > this.#end;

  /** Gives the event loop a turn: input, painting, other tasks. */
  async next(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    this.#end = performance.now() + SLICE;
  }
}

function testNote({ statistics, analysis }: Metadata, sampleRate: number): number {
  const middle = Math.max(statistics.f0[1], 1.1 * analysis.pitchMin);
  return Math.min(middle, analysis.pitchMax / 1.1, sampleRate / 4);
}
