/** Offline render: the streaming engine, its latency taken off. */

import { playModule } from '../dsp/play-module';
import type { Model } from '../model/model';
import { type Controls, Engine, type EngineOptions } from './engine';
import { type MatchingOptions, matching } from './matching/options';

export interface RenderOptions extends Partial<Omit<Controls, 'matching'>>, Omit<EngineOptions, 'profile'> {
  /** as the node's; by default register and level are matched */
  readonly matching?: MatchingOptions;
  /** of `audio` and of the result, Hz; default: the model's */
  readonly sampleRate?: number;
  /** rejects with the signal's reason when aborted */
  readonly signal?: AbortSignal;
  /** called about once a second of audio with the share done, 0..1 */
  readonly onProgress?: (share: number) => void;
}

/**
 * Plays `audio` through `model`.
 * @param audio mono samples
 * @returns as many samples as `audio`, lying exactly on it: what the node plays, minus its latency
 */
export async function renderOffline(
  model: Model,
  audio: Float32Array,
  {
    sampleRate = model.sampleRate,
    signal,
    onProgress,
    pitchShift = 0,
    harmonics = 1,
    noise = 1,
    reverb = 0.5,
    gain = 1,
    matching: matched,
    ...options
  }: RenderOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  const engine = new Engine(await playModule(), model, sampleRate, options);
  Object.assign(engine.controls, {
    pitchShift,
    harmonics,
    noise,
    reverb,
    gain,
    matching: matching(matched),
  });
  const padded = new Float32Array(audio.length + engine.latency);
  padded.set(audio);
  const rendered = new Float32Array(padded.length);
  const chunk = Math.ceil(sampleRate);
  for (let at = 0; at < padded.length; at += chunk) {
    signal?.throwIfAborted();
    engine.process(padded, rendered, at, Math.min(chunk, padded.length - at));
    onProgress?.(Math.min(1, (at + chunk) / padded.length));
    await new Promise((resolve) => setTimeout(resolve));
  }
  return rendered.slice(engine.latency);
}
