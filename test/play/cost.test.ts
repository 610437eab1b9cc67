/** Estimates of what a model costs, and models that cost too much. */

import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { BUDGET } from '../../src/dsp/cost';
import { ModelError } from '../../src/model/errors';
import { readModel } from '../../src/model/file';
import type { Model, ModelConfig, SynthGraph, SynthNode } from '../../src/model/model';
import { findConflict } from '../../src/model/schema';
import { checkCost, instrumentCost } from '../../src/play/cost';
import { renderOffline } from '../../src/play/render';
import { hpn, hpnir } from '../../src/synth/presets';
import { processorTypes, trainableType } from '../../src/synth/registry';
import { randomiser } from '../support/kernels';
import { configOf, phrase, randomModel, randomModelOf, smallShape } from '../support/models';

const RATES = [8000, 44_100, 48_000, 96_000, 192_000, 384_000];

const models = readdirSync('models')
  .filter((file) => file.endsWith('.safetensors'))
  .map((file) => readModel(readFileSync(`models/${file}`)));

function refusal(config: ModelConfig, sampleRate: number): string {
  try {
    checkCost(config, sampleRate);
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    expect((error as ModelError).code).toBe('too-costly');
    return (error as ModelError).message;
  }
  throw new Error('was accepted');
}

describe('the budget', () => {
  it('leaves room for every bundled model, at every rate', () => {
    for (const model of models) {
      for (const rate of RATES) {
        const { setUp, memory, playing } = instrumentCost(model, rate);
        expect(Math.max(setUp / BUDGET.setUp, memory / BUDGET.memory, playing / BUDGET.playing)).toBeLessThan(
          0.3,
        );
      }
    }
  });

  it('leaves room for the largest model of the reference, and for far larger ones', () => {
    const large = { ...smallShape, hidden: 512, harmonics: 256, bands: 257, irLength: 48_000 };
    for (const rate of RATES) expect(() => checkCost(configOf(large), rate)).not.toThrow();
    const larger = { ...large, hidden: 1024, harmonics: 512, bands: 1025, irLength: 480_000 };
    expect(() => checkCost(configOf(larger), 48_000)).not.toThrow();
  });

  const base = configOf({ ...smallShape, sampleRate: 8000, frameRate: 50, window: 1024 });
  const noises = Array.from({ length: 32 }, (_, i): SynthNode => {
    return { name: `noise${i}`, type: 'FilteredNoise', options: { bands: 1025 } };
  });
  const cases: [what: string, config: ModelConfig, rate: number, problem: RegExp][] = [
    [
      'a filter of 4097 bands',
      { ...base, synth: hpn({ harmonics: 1, bands: 4097 }) },
      48_000,
      /MB of memory|to set up/,
    ],
    [
      'a window of 16384 samples',
      { ...base, analysis: { window: 16_384, pitchMin: 10, pitchMax: 2000, threshold: 0.1 } },
      48_000,
      /at 48000 Hz the model needs about \d+ seconds of CPU to set up, at most 5 are allowed; use a smaller model/,
    ],
    ['32 filters', { ...base, synth: { processors: noises } }, 48_000, /MB of memory|to set up/],
    [
      'a window longer than any FFT',
      { ...base, analysis: { window: 16_384, pitchMin: 10, pitchMax: 2000, threshold: 0.1 } },
      256_000,
      /far too many seconds of CPU for each second of sound/,
    ],
    [
      'a response of 1000000 taps',
      { ...base, synth: hpnir({ harmonics: 1, bands: 3, irLength: 1_000_000 }) },
      384_000,
      /to set up|MB of memory/,
    ],
    [
      'a decoder of width 4096',
      { ...base, frameRate: 500, decoder: { hidden: 4096, inputScale: 'log' } },
      48_000,
      /MB of memory|for each second of sound/,
    ],
    [
      'a decoder of width 1000 at 500 frames per second',
      { ...base, frameRate: 500, decoder: { hidden: 1000, inputScale: 'log' } },
      48_000,
      /seconds of CPU for each second of sound/,
    ],
  ];

  it.each(cases)('has none for %s', (_what, config, rate, problem) => {
    expect(findConflict(config)).toBeUndefined();
    expect(refusal(config, rate)).toMatch(problem);
  });
});

describe('estimates of memory', () => {
  const { Memory } = WebAssembly;
  afterEach(() => {
    WebAssembly.Memory = Memory;
  });

  /** Largest kernel memory while a model plays, in bytes. */
  async function kernelMemory(model: Model, sampleRate: number): Promise<number> {
    const memories: WebAssembly.Memory[] = [];
    WebAssembly.Memory = class extends Memory {
      constructor(descriptor: WebAssembly.MemoryDescriptor) {
        super(descriptor);
        memories.push(this);
      }
    };
    await renderOffline(model, phrase(0.1, sampleRate), { sampleRate });
    return Math.max(...memories.map(({ buffer }) => buffer.byteLength));
  }

  it.each([
    ['the decoder', { hidden: 256, bands: 9, irLength: null }, 48_000],
    ['noise', { hidden: 8, bands: 1025, irLength: null }, 48_000],
    ['noise at a higher rate', { hidden: 8, bands: 513, irLength: null }, 96_000],
    ['a response', { hidden: 8, bands: 9, irLength: 200_000 }, 48_000],
    ['a response at a lower rate', { hidden: 8, bands: 9, irLength: 400_000 }, 44_100],
  ])('are near what is used, mostly by %s', async (_what, shape, rate) => {
    const model = randomModel(1, { ...smallShape, ...shape });
    const used = await kernelMemory(model, rate);
    const { memory } = instrumentCost(model, rate);
    // tables are counted twice; an instance takes some 400 kB of its own
    expect(memory / used).toBeGreaterThan(0.9);
    expect(memory / used).toBeLessThan(4);
  });
});

describe('model files of any size', () => {
  const random = randomiser(12);
  const between = (low: number, high: number) => low * (high / low) ** random();
  const whole = (low: number, high: number) => Math.round(between(Math.max(low, 0.6), high));
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];

  function anyGraph(): SynthGraph {
    const processors: SynthNode[] = [];
    const count = whole(1, 32);
    for (let i = 0; i < count; i++) {
      const { type, audio, options } = pick(
        Object.values(processorTypes).filter(({ audio: inputs }) => i > 0 || inputs.length === 0),
      );
      processors.push({
        name: `p${i}`,
        type,
        inputs: Object.fromEntries(audio.map((input) => [input, pick(processors).name])),
        options: Object.fromEntries(
          Object.entries(options).map(([name, { min, max }]) => [name, whole(min, max)]),
        ),
      });
    }
    return { processors };
  }

  function anyConfig(): ModelConfig {
    for (;;) {
      const sampleRate = whole(8000, 192_000);
      const analysis = {
        window: 2 * whole(32, 8192),
        pitchMin: between(10, 1000),
        pitchMax: between(100, 20_000),
        threshold: 0.1,
      };
      const config: ModelConfig = {
        sampleRate,
        frameRate: between(10, 1000),
        analysis,
        decoder: { hidden: whole(1, 4096), inputScale: 'log' },
        synth: anyGraph(),
      };
      const learned = config.synth.processors.flatMap(({ type, options = {} }) =>
        Object.keys(processorTypes[type].tensors(options, sampleRate)),
      );
      if (new Set(learned).size === learned.length && !findConflict(config)) return config;
    }
  }

  it('are refused, or played', async () => {
    let refused = 0;
    let played = 0;
    for (let round = 0; round < 400; round++) {
      const config = anyConfig();
      const rate = pick(RATES);
      const { setUp, memory, playing } = instrumentCost(config, rate);
      for (const estimate of [setUp, memory, playing]) expect(estimate).toBeGreaterThan(0);
      if (setUp > BUDGET.setUp || memory > BUDGET.memory || playing > BUDGET.playing) {
        expect(refusal(config, rate)).toMatch(/^at \d+ Hz the model needs .*; use a smaller model/);
        refused++;
      } else if (setUp < 0.05 && memory < 2e7 && playing < 0.1 && played < 12) {
        // a random model is made as training begins one
        if (!config.synth.processors.every(({ type }) => trainableType(type))) continue;
        const model = randomModelOf(config, round);
        const sung = phrase(0.05, rate);
        const heard = await renderOffline(model, sung, { sampleRate: rate });
        expect(heard.every(Number.isFinite)).toBe(true);
        played++;
      }
    }
    expect(refused).toBeGreaterThan(50);
    expect(played).toBe(12);
  });
});
