/** Graphs of every processor: written down, kept in model files, refused when they make no sense. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/model/errors';
import { readModel, writeModel } from '../../src/model/file';
import type { SynthGraph, SynthNode } from '../../src/model/model';
import { modelTensors } from '../../src/model/tensors';
import { SynthGraphError } from '../../src/synth/graph';
import { processorTypes, trainableType } from '../../src/synth/registry';
import {
  configYaml,
  defaultConfig,
  modelConfig,
  readConfigYaml,
  resolveConfig,
} from '../../src/train/config';
import { graphs } from '../support/graphs';
import { configOf, randomModelOf, smallShape } from '../support/models';

const docs = readFileSync(new URL('../../docs/synth.md', import.meta.url), 'utf8');

function modelOf(synth: SynthGraph) {
  return randomModelOf({ ...configOf(smallShape), synth }, 3);
}

function shapesOf(synth: SynthGraph): Record<string, readonly number[]> {
  const all = modelTensors({ ...configOf(smallShape), synth });
  return Object.fromEntries([...all].filter(([name]) => !/^estimator\.(?!out\.bias)/.test(name)));
}

describe('the registries', () => {
  it('know every type under its own name, in both halves where it can be trained', () => {
    const playOnly = ['Mix', 'TableOscillator', 'WaveShaper'];
    for (const [name, { type }] of Object.entries(processorTypes)) {
      expect(type).toBe(name);
      expect(trainableType(name) === undefined, name).toBe(playOnly.includes(name));
    }
    expect(trainableType('toString')).toBeUndefined();
  });

  it('share linear effects without controls', () => {
    const shareable = Object.values(processorTypes).filter((type) => type.voices === 'shared');
    expect(shareable.map(({ type }) => type)).toEqual(['IRReverb', 'DecayReverb']);
    for (const type of shareable) {
      expect(type.audio).toHaveLength(1);
      expect(type.controls({ length: 7, seed: 1 })).toEqual([]);
    }
  });

  it('are what the documentation says', () => {
    const rows = [...docs.matchAll(/^\| `(\w+)` .*$/gm)].map(([row, type]) => [
      type,
      row.split('|').map((cell) => cell.trim()),
    ]) as [string, string[]][];
    expect(rows.map(([type]) => type).sort()).toEqual(Object.keys(processorTypes).sort());
    for (const [name, [, , audio, controls, scaling, options, tensors, knob]] of rows) {
      const type = processorTypes[name];
      const sizes = { harmonics: 7, bands: 7, length: 7, seed: 1, functions: 7, size: 7 };
      const specs = type.controls(sizes);
      const words = (text: string) => [...text.matchAll(/[\w.]+/g)].map(([word]) => word);
      expect(words(audio)).toEqual(type.audio);
      expect(words(controls).filter((word) => specs.some((spec) => spec.name === word))).toEqual(
        specs.map((spec) => spec.name),
      );
      for (const { scaling: kind, min = 0, max } of specs)
        expect(scaling).toContain(`${kind}, ${min}..${max}`);
      expect([...options.matchAll(/`(\w+)`/g)].map(([, option]) => option)).toEqual(
        Object.keys(type.options),
      );
      expect([...tensors.matchAll(/`([\w.]+)`/g)].map(([, tensor]) => tensor)).toEqual(
        Object.keys(type.tensors(sizes, 48000)),
      );
      expect(words(knob)).toEqual(type.knob ? [type.knob] : []);
    }
  });
});

describe('a graph', () => {
  it('can be written in YAML', () => {
    const [, yaml] = /```yaml\n([\s\S]*?)```/.exec(docs) ?? [];
    const { synth } = modelConfig(resolveConfig(readConfigYaml(yaml, 'docs/synth.md')));
    expect(shapesOf(synth)).toEqual({
      'estimator.out.bias': [1 + 65],
      'reverb.gain': [1],
      'reverb.decay': [1],
    });
  });

  it.each(Object.entries(graphs))('is the same when it comes back from YAML: %s', (_, synth) => {
    const yaml = configYaml({ ...defaultConfig, synth });
    expect(resolveConfig(readConfigYaml(yaml, 'run.yaml')).synth).toEqual(synth);
  });

  it('makes the decoder as wide as its controls, and learns the tensors of its processors', () => {
    expect(shapesOf(graphs.sine)).toEqual({ 'estimator.out.bias': [1] });
    expect(shapesOf(graphs.saw)).toEqual({ 'estimator.out.bias': [1 + 9] });
    expect(shapesOf(graphs.reverbMix)).toEqual({ 'estimator.out.bias': [13 + 400 + 1], ir: [1200] });
    expect(shapesOf(graphs.everything)).toEqual({
      'estimator.out.bias': [1 + 1 + 13 + 9 + 1],
      'reverb.gain': [1],
      'reverb.decay': [1],
      ir: [300],
    });
  });

  const saw: SynthNode = { name: 'saw', type: 'SawOscillator' };
  const room: SynthNode = {
    name: 'room',
    type: 'DecayReverb',
    inputs: { audio: 'saw' },
    options: { length: 9 },
  };
  it.each([
    [[{ ...saw, options: { harmonics: 3 } }], /saw: SawOscillator has no option "harmonics"/],
    [[saw, { ...room, options: {} }], /room.length must be an integer from 1 to 1000000, not undefined/],
    [[saw, { ...room, options: { length: 9, seed: -1 } }], /room.seed must be an integer from 0/],
    [[saw, { ...room, options: { length: 9, seed: 2 ** 32 } }], /room.seed must be an integer from 0/],
    [[saw, { ...room, inputs: {} }], /room.audio must name an earlier processor/],
    [
      [saw, room, { ...room, name: 'hall', inputs: { audio: 'room' } }],
      /another processor learns the tensor "reverb.gain" already/,
    ],
    [[{ ...saw, inputs: { audio: 'saw' } }], /SawOscillator has no audio input "audio"/],
  ] as [SynthNode[], RegExp][])('is refused by name: %j', (processors, message) => {
    const tensors = () => modelTensors({ ...configOf(smallShape), synth: { processors } });
    expect(tensors).toThrow(SynthGraphError);
    expect(tensors).toThrow(message);
  });
});

describe('a model file', () => {
  it.each(Object.entries(graphs))('keeps the graph and its tensors: %s', (_, synth) => {
    const model = modelOf(synth);
    const decoder = { ...model.decoder, inputs: ['f0', 'loudness'] };
    expect(readModel(writeModel(model, { float16: false }))).toEqual({ ...model, decoder });
    const halves = readModel(writeModel(model));
    expect(halves.synth).toEqual(synth);
    for (const [name, values] of Object.entries(model.tensors))
      halves.tensors[name].forEach((value, i) => {
        expect(Math.abs(value - values[i])).toBeLessThanOrEqual(1e-3 * Math.abs(values[i]) + 1e-7);
      });
  });

  it('is refused when a tensor is missing, has another shape, belongs to nothing or is not finite', () => {
    const model = modelOf(graphs.decayReverb);
    const bytes = writeModel(model, { float16: false });
    const renamed = (from: string, to: string) =>
      Uint8Array.from(Buffer.from(Buffer.from(bytes).toString('latin1').replace(from, to), 'latin1'));
    expect(() => readModel(renamed('"reverb.gain"', '"reverb.gaim"'))).toThrow(
      new ModelError('missing-tensor', 'tensor reverb.gain of shape [1] is missing'),
    );
    const shaped = renamed(
      '"reverb.gain":{"dtype":"F32","shape":[1]',
      '"reverb.gain":{"dtype":"F16","shape":[2]',
    );
    expect(() => readModel(shaped)).toThrow('tensor reverb.gain has shape [2], expected [1]');
    const tensors = { ...model.tensors, ir: new Float32Array(3) };
    expect(() => writeModel({ ...model, tensors })).toThrow('tensor ir belongs to no part of this model');
    const infinite = { ...model.tensors, 'reverb.decay': Float32Array.of(Number.POSITIVE_INFINITY) };
    expect(() => writeModel({ ...model, tensors: infinite })).toThrow(
      'tensor reverb.decay: value 0 is Infinity',
    );
  });
});
