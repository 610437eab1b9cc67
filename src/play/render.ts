/** Offline renders: the streaming engine, its latency taken off. */

import { LISTENING_KEYS, type ListeningOptions } from '../analysis/listening';
import { CONTROL_NAMES, type ControlOptions, controlState } from '../controls';
import { playModule } from '../dsp/play-module';
import { OptionError } from '../errors';
import type { Model } from '../model/model';
import { checkKeys, checkNumber } from '../options';
import { Engine } from './engine';
import { MATCHING_KEYS, type MatchingOptions, matching } from './matching/options';
import { instrumentFor } from './prepare';
import { type Frames, FrameTrack } from './sources/frame-track';

/** Options of every offline render. */
export interface OfflineOptions extends ControlOptions {
  /** of the result, Hz, 8000 to 384000; default: the model's */
  readonly sampleRate?: number;
  /** seeds the noise, a whole number from 0 to 2^32 - 1; the same seed gives the same result; default 1 */
  readonly seed?: number;
  /** rejects with the signal's reason when aborted */
  readonly signal?: AbortSignal;
  /** called about once per second of audio with the share done, 0..1 */
  readonly onProgress?: (share: number) => void;
}

export interface RenderOptions extends OfflineOptions {
  /** how the audio is listened to; default: as the model's file says */
  readonly listening?: ListeningOptions;
  /** how register and level are matched to the model; default: both automatically */
  readonly matching?: MatchingOptions;
}

const OFFLINE_KEYS = [...CONTROL_NAMES, 'sampleRate', 'seed', 'signal', 'onProgress'];
const SEEDS = { minimum: 0, maximum: 2 ** 32 - 1, whole: true };
const GROUPS = [
  { name: 'listening', keys: LISTENING_KEYS },
  { name: 'matching', keys: MATCHING_KEYS },
];

/**
 * Plays `audio` through `model`, as the node would.
 * @param audio mono samples at `sampleRate`
 * @returns as many samples as `audio`, with the node's latency removed
 * @throws (rejects with) OptionError for an unknown option or a value out of range; ModelError for a model that
 *   cannot be played
 */
export async function renderOffline(
  model: Model,
  audio: Float32Array,
  options: RenderOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  checkKeys('', options, [...OFFLINE_KEYS, 'listening', 'matching'], GROUPS);
  const { listening = {} } = options;
  checkKeys('listening', listening, LISTENING_KEYS);
  const matched = matching(options.matching);
  if (!(audio instanceof Float32Array))
    throw new OptionError('audio', 'expected a Float32Array of mono samples');
  const engine = await newEngine(model, options, { listening });
  engine.matching = matched;
  return run(engine, audio, audio.length, options);
}

/**
 * Plays given pitch and loudness through `model`: nothing is listened to, matched or delayed. Frame i lies on the
 * samples [iH, (i + 1)H) of the result, H = round(sampleRate / model.frameRate).
 * @param frames f0 in Hz (0 = unvoiced) and loudness in dB, one value per frame
 * @returns H samples for each frame
 * @throws (rejects with) OptionError for an unknown option, frames of unequal lengths or values that are not finite
 */
export async function renderFrames(
  model: Model,
  frames: Frames,
  options: OfflineOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  checkKeys('', options, OFFLINE_KEYS);
  checkKeys('frames', frames, [...(model.decoder.inputs ?? []), 'f0', 'loudness']);
  const engine = await newEngine(model, options, { listening: null, voices: 1 });
  const track = new FrameTrack(frames, engine.frame);
  engine.voices[0].begin(track, engine.firstOffset);
  return run(engine, null, track.length * engine.hop, options);
}

async function newEngine(
  model: Model,
  { sampleRate = model.sampleRate, seed = 1, signal, ...controls }: OfflineOptions,
  sources: { listening: ListeningOptions | null; voices?: number },
): Promise<Engine> {
  checkNumber('seed', seed, SEEDS);
  const state = controlState(controls);
  signal?.throwIfAborted();
  const instrument = await instrumentFor(model, sampleRate);
  const engine = new Engine(await playModule(), instrument, { seed, ...sources });
  engine.controls.values.set(state.values);
  return engine;
}

/** @returns `length` samples, from the engine's latency on */
async function run(
  engine: Engine,
  audio: Float32Array | null,
  length: number,
  { signal, onProgress }: OfflineOptions,
): Promise<Float32Array<ArrayBuffer>> {
  const total = length + engine.latency;
  const padded = audio && new Float32Array(total);
  if (audio) padded?.set(audio);
  const rendered = new Float32Array(total);
  const chunk = Math.ceil(engine.sampleRate);
  for (let at = 0; at < total; at += chunk) {
    signal?.throwIfAborted();
    engine.process(padded, rendered, at, Math.min(chunk, total - at));
    onProgress?.(Math.min(1, (at + chunk) / total));
    await new Promise((resolve) => setTimeout(resolve));
  }
  return rendered.slice(engine.latency);
}
