/** What is trained is what is heard. */

import { expect } from 'vitest';
import { AS_RECORDED } from '../../src/analysis/listening';
import { analyseSignal } from '../../src/analysis/track';
import { trainModule } from '../../src/dsp/train-module';
import type { Model } from '../../src/model/model';
import { UNMATCHED } from '../../src/play/matching/options';
import { renderFrames, renderOffline } from '../../src/play/render';
import { defaultConfig } from '../../src/train/config';
import { fromTensors, parameterLayout } from '../../src/train/learn/parameters';
import { Replica } from '../../src/train/learn/replica';
import { phrase } from './models';

const SEED = 5;

/**
 * The trainer's forward pass, the engine that listens to the audio and the engine that is given the frames play the
 * same sound, to 1e-4 of its peak.
 */
export async function expectHeardAsTrained(model: Model): Promise<void> {
  const { sampleRate, frameRate } = model;
  const module = await trainModule();
  const audio = phrase(1, sampleRate, 4);
  const { heldF0, loudness } = await analyseSignal(audio, model);
  const loss = { ...defaultConfig.loss, sizes: [512] };
  const replica = new Replica(module, { model, loss, batch: 1, frames: heldF0.length });
  replica.parameters = fromTensors(parameterLayout(model), model.tensors);
  const seeds = Uint32Array.of(SEED);
  const trained = replica.reconstruct({ count: 1, audio, f0: heldF0, loudness, seeds });
  // the engine fades what has no pitch, which training does not, and matches who plays
  const heard = await renderOffline(model, audio, {
    seed: SEED,
    listening: { ...AS_RECORDED, hold: Number.POSITIVE_INFINITY },
    matching: UNMATCHED,
  });
  const played = await renderFrames(model, { f0: heldF0, loudness }, { seed: SEED });
  // Live, the last half hop glides to a frame that the example does not have, and the filters of the noise
  // beyond its end reach back as far.
  const reach = Math.max(0, ...model.synth.processors.map(({ options }) => options?.bands ?? 0));
  const length = audio.length - Math.max(Math.ceil(sampleRate / frameRate / 2), reach);
  expectSame(heard, trained, length);
  expectSame(played, trained, length);
}

function expectSame(played: Float32Array, trained: Float32Array, length: number): void {
  let loudest = 0;
  let worst = 0;
  for (let n = 0; n < length; n++) {
    loudest = Math.max(loudest, Math.abs(played[n]));
    worst = Math.max(worst, Math.abs(played[n] - trained[n]));
  }
  expect(loudest).toBeGreaterThan(0.01);
  expect(worst / loudest).toBeLessThan(1e-4);
}
