/** What all offline renders share: the streaming engine, its latency taken off. */

import type { ListeningOptions } from '../analysis/listening';
import { CONTROL_NAMES, type ControlOptions, controlState } from '../controls';
import { playModule } from '../dsp/play-module';
import type { Model } from '../model/model';
import { checkNumber } from '../options';
import { Engine } from './engine';
import type { Instrument } from './instrument';
import { instrumentFor } from './prepare';

/** Options of every offline render. */
export interface OfflineOptions extends ControlOptions {
  /** of the result, Hz, 8000 to 384000; default: the model's */
  readonly sampleRate?: number;
  /** what the control `morph` leads to; default: nothing */
  readonly morphTo?: Model;
  /** seeds the noise, a whole number from 0 to 2^32 - 1; the same seed gives the same result; default 1 */
  readonly seed?: number;
  /** rejects with the signal's reason when aborted */
  readonly signal?: AbortSignal;
  /** called about once per second of audio with the share done, 0..1 */
  readonly onProgress?: (share: number) => void;
}

export const OFFLINE_KEYS = [...CONTROL_NAMES, 'morphTo', 'sampleRate', 'seed', 'signal', 'onProgress'];
const SEEDS = { minimum: 0, maximum: 2 ** 32 - 1, whole: true };

/** @throws (rejects with) OptionError for a control, seed or rate out of range; ModelError for a silent model */
export async function newEngine(
  model: Model,
  { sampleRate = model.sampleRate, seed = 1, signal, morphTo, ...controls }: OfflineOptions,
  sources: { listening: ListeningOptions | null; voices?: number },
): Promise<{ engine: Engine; instrument: Instrument }> {
  checkNumber('seed', seed, SEEDS);
  const state = controlState(controls);
  signal?.throwIfAborted();
  const instrument = await instrumentFor(model, sampleRate);
  const other = morphTo ? await instrumentFor(morphTo, sampleRate, instrument.hop) : null;
  const engine = new Engine(await playModule(), instrument, { seed, other, ...sources });
  engine.controls.values.set(state.values);
  return { engine, instrument };
}

/**
 * @param feed called before each second of audio with the sample behind its end, to hand over events
 * @returns `length` samples, from the engine's latency on
 */
export async function run(
  engine: Engine,
  audio: Float32Array | null,
  length: number,
  { signal, onProgress }: OfflineOptions,
  feed: (end: number) => void = () => {},
): Promise<Float32Array<ArrayBuffer>> {
  const total = length + engine.latency;
  const padded = audio && new Float32Array(total);
  if (audio) padded?.set(audio);
  const rendered = new Float32Array(total);
  const chunk = Math.ceil(engine.sampleRate);
  for (let at = 0; at < total; at += chunk) {
    signal?.throwIfAborted();
    feed(at + chunk);
    engine.process(padded, rendered, at, Math.min(chunk, total - at));
    onProgress?.(Math.min(1, (at + chunk) / total));
    await new Promise((resolve) => setTimeout(resolve));
  }
  return rendered.slice(engine.latency);
}
