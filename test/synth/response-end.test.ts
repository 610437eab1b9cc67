/** Learned responses end in silence: the rule, and the models that come with the library. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../src/model/file';
import { fadedResponse } from '../../src/synth/ir-reverb/fade';
import { finishedTensors, initialParameters, parameterLayout } from '../../src/train/learn/parameters';
import { randomiser } from '../support/kernels';
import { configOf } from '../support/models';

const energy = (values: Float32Array) => values.reduce((sum, v) => sum + v * v, 0);

describe('a response', () => {
  it('is as it was for two thirds, then fades to silence', () => {
    const faded = fadedResponse(new Float32Array(3000).fill(1));
    expect(faded.subarray(0, 2000).every((v) => v === 1)).toBe(true);
    for (let n = 2000; n < 3000; n++) expect(faded[n]).toBeLessThanOrEqual(faded[n - 1]);
    expect(faded[2500]).toBeCloseTo(0.5, 2);
    expect(faded[2999]).toBe(0);
    expect(fadedResponse(new Float32Array(1).fill(1))).toHaveLength(1);
    expect(fadedResponse(new Float32Array(0))).toHaveLength(0);
  });

  it('is faded in the model that training makes, and nothing else is', () => {
    const config = configOf({
      sampleRate: 16_000,
      frameRate: 100,
      window: 512,
      hidden: 4,
      harmonics: 5,
      bands: 9,
      irLength: 120,
    });
    const layout = parameterLayout(config);
    const values = initialParameters(config, randomiser(75)).map((v) => v + 0.01);
    const tensors = finishedTensors(config, layout, values);
    for (const { name, offset, size } of layout.slots) {
      const learned = values.slice(offset, offset + size);
      expect(tensors[name]).toEqual(name === 'ir' ? fadedResponse(learned) : learned);
    }
  });
});

it.each(['violin', 'saxophone', 'cello'])('the %s ends in silence, and hears whistles', (name) => {
  const { tensors, sampleRate, analysis } = readModel(readFileSync(`models/${name}.safetensors`));
  const { ir } = tensors;
  const end = ir.subarray(ir.length - Math.round(0.01 * sampleRate));
  expect(10 * Math.log10(energy(end) / energy(ir))).toBeLessThan(-50);
  expect(analysis.pitchMax).toBe(4000);
});
