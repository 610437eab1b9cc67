/** Shared code of all offline renders: runs the streaming engine and removes its latency. */

import { CONTROL_NAMES, type ControlOptions, controlState } from '../controls';
import { playModule } from '../dsp/play-module';
import { OptionError } from '../errors';
import type { Model } from '../model/model';
import { checkNumber } from '../options';
import { Engine, type EngineOptions } from './engine';
import type { Instrument } from './instrument';
import { type NetworkDecoder, networkNeeded } from './network-decoder';
import { instrumentFor } from './prepare';
import { Takes } from './takes';

/** Options of every offline render. */
export interface OfflineOptions extends ControlOptions {
  /** sample rate of the result, Hz, 8000 to 384000; default: the model's */
  readonly sampleRate?: number;
  /** second model, for the control `morph`; default: none */
  readonly morphTo?: Model;
  /** seed of the noise, a whole number from 0 to 2^32 - 1; the same seed gives the same result; default 1 */
  readonly seed?: number;
  /** the network that a model names as its decoder (`ddsp-worklet/onnx`); not allowed for other models */
  readonly decoder?: NetworkDecoder;
  /** aborts the render, which then rejects with the signal's reason */
  readonly signal?: AbortSignal;
  /** called about once per second of audio, with the share that is done, 0..1 */
  readonly onProgress?: (share: number) => void;
}

export const OFFLINE_KEYS = [
  ...CONTROL_NAMES,
  'morphTo',
  'sampleRate',
  'seed',
  'decoder',
  'signal',
  'onProgress',
];
const SEEDS = { minimum: 0, maximum: 2 ** 32 - 1, whole: true };

/** The task for the engine of an offline render. */
export interface Performance {
  /** mono samples, the input of the engine; null: none */
  readonly audio: Float32Array | null;
  /** length of the result in samples */
  readonly length: number;
  /** called before each second of audio, with the sample after its end, to pass on events */
  feed?(end: number): void;
}

type Sources = Pick<EngineOptions, 'listening' | 'voices' | 'decoder'>;

/**
 * @param begin prepares an engine to play; called twice if the model's decoder is a network in another file
 * @returns the performance without the engine's latency, `length` samples
 * @throws (rejects with) OptionError for a control, seed or rate out of range; ModelError for a silent model
 */
export async function perform(
  model: Model,
  options: OfflineOptions,
  sources: Sources,
  begin: (engine: Engine, instrument: Instrument) => Performance,
): Promise<Float32Array<ArrayBuffer>> {
  const { decoder, onProgress, signal } = options;
  const { network } = model.decoder;
  if (network === undefined) {
    if (decoder !== undefined)
      throw new OptionError('decoder', 'this model has a decoder of its own, and takes no other');
    return render(model, options, sources, begin);
  }
  if (decoder === undefined) throw networkNeeded(network);
  if (options.morphTo) throw new OptionError('morphTo', 'a model whose decoder is a network does not morph');
  const takes = new Takes(model);
  const half = (from: number) => ({
    ...options,
    onProgress: (share: number) => onProgress?.(from + share / 2),
  });
  await render(model, half(0), { ...sources, decoder: (heap) => takes.recorder(heap) }, begin);
  await takes.decode(decoder, signal);
  return render(model, half(0.5), { ...sources, decoder: (heap) => takes.player(heap) }, begin);
}

async function render(
  model: Model,
  {
    sampleRate = model.sampleRate,
    seed = 1,
    signal,
    onProgress,
    morphTo,
    decoder: _,
    ...controls
  }: OfflineOptions,
  sources: Sources,
  begin: (engine: Engine, instrument: Instrument) => Performance,
): Promise<Float32Array<ArrayBuffer>> {
  checkNumber('seed', seed, SEEDS);
  const state = controlState(controls);
  signal?.throwIfAborted();
  const instrument = await instrumentFor(model, sampleRate, playModule());
  const other = morphTo ? await instrumentFor(morphTo, sampleRate, playModule(), instrument.hop) : null;
  const engine = new Engine(await playModule(), instrument, { seed, other, ...sources });
  engine.controls.values.set(state.values);
  const { audio, length, feed } = begin(engine, instrument);
  const total = length + engine.latency;
  const padded = audio && new Float32Array(total);
  if (audio) padded?.set(audio);
  const rendered = new Float32Array(total);
  const chunk = Math.ceil(engine.sampleRate);
  for (let at = 0; at < total; at += chunk) {
    signal?.throwIfAborted();
    feed?.(at + chunk);
    engine.process(padded, rendered, at, Math.min(chunk, total - at));
    onProgress?.(Math.min(1, (at + chunk) / total));
    await new Promise((resolve) => setTimeout(resolve));
  }
  return rendered.slice(engine.latency);
}
