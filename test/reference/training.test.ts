/** The reference's training run: first gradient, every loss of the trace, the weights at the end. */

import { describe, expect, it } from 'vitest';
import { trainModule } from '../../src/dsp/train-module';
import type { ModelConfig } from '../../src/model/model';
import { hpnir } from '../../src/synth/presets';
import { Adam } from '../../src/train/learn/optimizer';
import { fromTensors, parameterLayout, toTensors } from '../../src/train/learn/parameters';
import { type Batch, Replica } from '../../src/train/learn/replica';
import { reference } from '../support/fixtures';
import { relativeError } from '../support/kernels';
import { referenceLoss } from '../support/reference-loss';

const fixture = reference('training');

/**
 * Sizes from the tensors: the decoder's outputs are 1 amplitude, K harmonics and the noise magnitudes. The
 * sample rate, and which outputs are harmonics, stand in the other files of the folder.
 */
function readConfig(): { config: ModelConfig; frames: number; count: number } {
  const [count, samples] = fixture.shape('audio');
  const frames = fixture.shape('f0')[1];
  const [outputs, hidden] = fixture.shape('w0.out.weight');
  const [, harmonics] = reference('decoder').shape('harmonic_distribution');
  const bands = outputs - 1 - harmonics;
  const sampleRate = Number(reference('synth').metadata.sample_rate);
  return {
    count,
    frames,
    config: {
      sampleRate,
      frameRate: (sampleRate * frames) / samples,
      analysis: { window: 2048, pitchMin: 50, pitchMax: 2000, threshold: 0.1 },
      decoder: { hidden, inputScale: 'linear' },
      synth: hpnir({ harmonics, bands, irLength: fixture.shape('ir0')[0] }),
    },
  };
}

function tensors(prefix: string, ir: string): Record<string, Float32Array> {
  return Object.fromEntries([
    ...fixture.names
      .filter((name) => name.startsWith(`${prefix}.`))
      .map((name) => [`estimator.${name.slice(prefix.length + 1)}`, fixture.get(name)]),
    ['ir', fixture.get(ir)],
  ]);
}

describe('parity: training', async () => {
  const { config, frames, count } = readConfig();
  const layout = parameterLayout(config);
  const module = await trainModule();
  const batch: Batch = {
    count,
    audio: fixture.get('audio'),
    f0: fixture.get('f0'),
    loudness: fixture.get('loudness'),
    noise: fixture.get('noise'),
    seeds: new Uint32Array(count),
  };
  const replica = new Replica(module, {
    model: config,
    loss: referenceLoss,
    batch: count,
    frames,
  });

  it('every gradient of the first step', () => {
    replica.parameters = fromTensors(layout, tensors('w0', 'ir0'));
    const loss = replica.step(batch, 1 / count) / count;
    expect(Math.abs(loss / fixture.get('loss_trace')[0] - 1)).toBeLessThan(1e-5);
    const actual = toTensors(layout, replica.gradients);
    for (const [name, expected] of Object.entries(tensors('g0', 'gir0'))) {
      expect(relativeError(actual[name], expected), name).toBeLessThan(name === 'ir' ? 3e-3 : 1e-3);
    }
  });

  it('the losses of all steps and the final weights', () => {
    const adam = new Adam(module, layout.size);
    adam.parameters.set(fromTensors(layout, tensors('w0', 'ir0')));
    const learningRate = Number(/lr ([\d.e-]+)/.exec(fixture.metadata.optimizer)?.[1]);
    const trace = fixture.get('loss_trace');
    const losses = Array.from(trace, () => {
      replica.parameters = adam.parameters;
      const loss = replica.step(batch, 1 / count) / count;
      adam.step([replica.gradients], [{ end: layout.size, learningRate }]);
      return loss;
    });
    losses.forEach((loss, step) => {
      expect(Math.abs(loss / trace[step] - 1), `step ${step}`).toBeLessThan(2e-3);
    });
    const final = fromTensors(layout, tensors('w', 'ir'));
    expect(relativeError(adam.parameters, final)).toBeLessThan(5e-3);
  });
});
