/** What is trained is what is heard: the trainer's forward pass and the streaming engine give the same sound. */

import { describe, expect, it } from 'vitest';
import { analyseSignal } from '../../src/engine/analysis/track';
import { renderOffline } from '../../src/engine/render';
import { Learner } from '../../src/train/learner';
import { defaultLoss } from '../../src/train/loss/terms';
import { fromTensors, parameterLayout } from '../../src/train/parameters';
import { trainModule } from '../../src/train/train-module';
import { phrase, randomModel, smallShape } from '../support/models';

const SEED = 5;

describe('the trainer reconstructs what the engine plays', () => {
  it.each([
    { ...smallShape, frameRate: 100 },
    { ...smallShape, frameRate: 50, hidden: 33, bands: 40, irLength: 4799 },
    { ...smallShape, frameRate: 200, harmonics: 61, irLength: null },
  ])('%o', async (shape) => {
    const { sampleRate, frameRate } = shape;
    const model = randomModel(9, shape);
    const module = await trainModule();
    const audio = phrase(1, sampleRate, 4);
    const { heldF0, loudness } = await analyseSignal(audio, model);
    const loss = { ...defaultLoss, sizes: [512] };
    const learner = new Learner(module, { model, loss, batch: 1, frames: heldF0.length });
    learner.parameters = fromTensors(parameterLayout(model), model.tensors);
    const seeds = Uint32Array.of(SEED);
    const trained = learner.reconstruct({ count: 1, audio, f0: heldF0, loudness, seeds });
    const heard = await renderOffline(model, audio, { seed: SEED });
    // Live, the last half hop glides to a frame that the example does not have.
    const length = audio.length - Math.ceil(sampleRate / frameRate / 2);
    let loudest = 0;
    let worst = 0;
    for (let n = 0; n < length; n++) {
      loudest = Math.max(loudest, Math.abs(heard[n]));
      worst = Math.max(worst, Math.abs(heard[n] - trained[n]));
    }
    expect(loudest).toBeGreaterThan(0.01);
    expect(worst / loudest).toBeLessThan(1e-4);
  });
});
