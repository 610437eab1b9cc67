/** How the live cost grows, one size at a time from the default configuration, and with engines side by side. */

import { playModule } from '../../src/dsp/play-module';
import { Engine } from '../../src/play/engine';
import { Instrument } from '../../src/play/instrument';
import { defaultConfig, modelConfig, resolveConfig, type TrainConfig } from '../../src/train/config';
import { benchModel, glide, randomModel } from './configurations';
import { benchEngine } from './live';
import type { Measured } from './measure';

/** Shares of one core, by the size that grows. */
export type Growth = Readonly<Record<string, Readonly<Record<string, Measured>>>>;

const SECONDS = 2;
const SIZES = [32, 64, 128, 256, 512];
const RESPONSES = [0.1, 1, 3, 6];
const RATES = [22050, 44100, 48000, 96000];
const ENGINES = [1, 4, 16];

function engineOf(module: WebAssembly.Module, config: TrainConfig, contextRate?: number): Engine {
  const model = benchModel(config);
  return new Engine(module, new Instrument(model, contextRate ?? model.sampleRate));
}

export async function benchGrowth(runs: number): Promise<Growth> {
  const module = await playModule();
  const base = defaultConfig as TrainConfig;
  const { model } = base;
  const growth: Record<string, Record<string, Measured>> = {};
  const each = <T extends number>(
    name: string,
    unit: string,
    values: readonly T[],
    make: (value: T) => Engine,
  ) => {
    growth[name] = {};
    for (const value of values) {
      const engine = make(value);
      // the unit keeps the keys in their order
      growth[name][`${value}${unit}`] = benchEngine(engine, glide(SECONDS, engine.sampleRate, 70, 140), runs);
    }
  };
  each('harmonics', '', SIZES, (harmonics) => engineOf(module, resolveConfig({ synth: { harmonics } })));
  each('hidden', '', SIZES, (hidden) =>
    engineOf(module, { ...base, model: { ...model, decoder: { ...model.decoder, hidden } } }),
  );
  each('irSeconds', ' s', RESPONSES, (irSeconds) =>
    engineOf(module, resolveConfig({ synth: { irSeconds } })),
  );
  each('sampleRate', ' Hz', RATES, (rate) => engineOf(module, base, rate));
  growth.engines = benchEngines(module, base, runs);
  return growth;
}

/** Engines of one model that take turns block by block, as nodes of one context do. */
function benchEngines(module: WebAssembly.Module, config: TrainConfig, runs: number) {
  const model = randomModel(modelConfig(config));
  const instrument = new Instrument(model, model.sampleRate);
  const engines = Array.from({ length: Math.max(...ENGINES) }, () => new Engine(module, instrument));
  const input = glide(SECONDS, model.sampleRate, 110, 220);
  const result: Record<string, Measured> = {};
  for (const count of ENGINES) {
    const all = engines.slice(0, count);
    const inTurn = {
      sampleRate: model.sampleRate,
      process: (...block: Parameters<Engine['process']>) => {
        for (const engine of all) engine.process(...block);
      },
    };
    result[count] = benchEngine(inTurn, input, runs);
  }
  return result;
}
