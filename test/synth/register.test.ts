/** A processor from outside: played, trained and refused through what the package exports. */

import { describe, expect, it } from 'vitest';
import { trainModule } from '../../src/dsp/train-module';
import {
  type ProcessorType,
  readModel,
  registerProcessor,
  renderOffline,
  type TrainableType,
} from '../../src/index';
import { writeModel } from '../../src/model/file';
import type { SynthGraph } from '../../src/model/model';
import { SynthGraphError } from '../../src/synth/graph';
import { hpn } from '../../src/synth/presets';
import { defaultConfig } from '../../src/train/config';
import { fromTensors, initialParameters, parameterLayout } from '../../src/train/learn/parameters';
import { Replica } from '../../src/train/learn/replica';
import { configOf, phrase, randomModelOf, smallShape } from '../support/models';

/** output = level * input, the level learned. */
const level: ProcessorType = {
  type: 'Level',
  audio: ['audio'],
  knob: null,
  voices: 'shared',
  options: {},
  controls: () => [],
  tensors: () => ({ level: 1 }),
  lookahead: () => 0,
  tail: () => 0,
  cost: () => ({ setUp: 0, memory: 0, playing: 0 }),
  stream({ heap, hop, tensor }, _options, [audio]) {
    const { kernels } = heap;
    const [value] = tensor('level');
    const output = heap.alloc(hop);
    return {
      output,
      knob: 1,
      control() {},
      render() {
        kernels.move(output, audio, hop);
        kernels.rampGain(output, value, value, hop);
      },
      reset() {
        kernels.silence(output, hop);
      },
    };
  },
};

const levelTraining: TrainableType = {
  initial: () => Float32Array.of(1),
  create({ heap, hop, frames, tensor }, _options, [audio]) {
    const { kernels } = heap;
    const length = hop * frames;
    const learned = tensor('level');
    const signal = heap.alloc(length);
    const gradient = heap.alloc(length);
    return {
      signal,
      gradient,
      begin() {},
      forward() {
        const [value] = heap.view(learned.value, 1);
        kernels.move(signal, audio.signal, length);
        kernels.rampGain(signal, value, value, length);
      },
      backward() {
        const [value] = heap.view(learned.value, 1);
        const input = heap.view(audio.signal, length);
        const dOutput = heap.view(gradient, length);
        const dInput = heap.view(audio.gradient, length);
        let dLevel = 0;
        for (let n = 0; n < length; n++) {
          dLevel += dOutput[n] * input[n];
          dInput[n] += value * dOutput[n];
        }
        heap.view(learned.gradient, 1)[0] += dLevel;
      },
      end() {},
    };
  },
};

const dry = hpn({ harmonics: smallShape.harmonics, bands: smallShape.bands });
function levelled(type: string): SynthGraph {
  return { processors: [...dry.processors, { name: 'level', type, inputs: { audio: 'dry' } }] };
}
const config = { ...configOf(smallShape), synth: levelled('Level') };

registerProcessor(level, levelTraining);

describe('a processor from outside', () => {
  it('is played', async () => {
    const model = randomModelOf(config, 5);
    model.tensors.level.fill(0.5);
    const plain = { ...model, synth: dry };
    const sung = phrase(0.5, 48000);
    const quiet = await renderOffline(readModel(writeModel(model, { float16: false })), sung);
    const loud = await renderOffline(plain, sung);
    expect(Math.max(...loud)).toBeGreaterThan(0.01);
    expect(quiet).toEqual(loud.map((sample) => 0.5 * sample));
  });

  it('is trained', async () => {
    const layout = parameterLayout(config);
    const at = layout.slots.find(({ name }) => name === 'level')!.offset;
    const frames = 12;
    const replica = new Replica(await trainModule(), {
      model: config,
      loss: { ...defaultConfig.loss, sizes: [128, 512] },
      batch: 1,
      frames,
    });
    const model = randomModelOf(config, 5);
    const parameters = fromTensors(layout, { ...model.tensors, level: Float32Array.of(0.7) });
    const batch = {
      count: 1,
      audio: phrase(0.12, 48000),
      f0: new Float32Array(frames).fill(300),
      loudness: new Float32Array(frames).fill(-20),
      seeds: Uint32Array.of(1),
    };
    const lossAt = (value: number) => {
      parameters[at] = value;
      replica.parameters = parameters;
      return replica.step(batch, 1);
    };
    const difference = (lossAt(0.71) - lossAt(0.69)) / 0.02;
    lossAt(0.7);
    expect(Math.abs(difference)).toBeGreaterThan(0.01);
    expect(Math.abs(replica.gradients[at] / difference - 1)).toBeLessThan(0.02);
    expect(initialParameters(config, Math.random)[at]).toBe(1);
  });

  it('can lack a training half', async () => {
    registerProcessor({ ...level, type: 'PlayedOnly' });
    const played = { ...config, synth: levelled('PlayedOnly') };
    const module = await trainModule();
    const create = () =>
      new Replica(module, { model: played, loss: defaultConfig.loss, batch: 1, frames: 12 });
    expect(create).toThrow(SynthGraphError);
    expect(create).toThrow('synth.level: PlayedOnly cannot be trained');
  });

  it('has a name of its own', () => {
    expect(() => registerProcessor({ ...level, type: 'Harmonic' })).toThrow(
      /"Harmonic" exists already; choose/,
    );
    expect(() => readModel(writeModel(randomModelOf({ ...config, synth: levelled('Another') }, 1)))).toThrow(
      /unknown type "Another"/,
    );
  });
});
