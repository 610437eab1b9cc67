/** What is not computed because nobody can hear it: the sound is the same as if it were. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Analyser } from '../../src/analysis/analyser';
import { DECODER_PREFIX } from '../../src/decoder/config';
import { Decoder, DecoderStream } from '../../src/decoder/decoder';
import type { Pointer } from '../../src/dsp/heap';
import { playModule } from '../../src/dsp/play-module';
import { readModel } from '../../src/model/file';
import type { Model } from '../../src/model/model';
import { Engine } from '../../src/play/engine';
import { Instrument } from '../../src/play/instrument';
import { planSynth } from '../../src/synth/graph';
import { graphs } from '../support/graphs';
import { newHeap, randomiser } from '../support/kernels';
import { configOf, phrase, randomModel, randomModelOf, smallShape } from '../support/models';
import { WholeSynth } from '../support/whole-synth';

const HOP = 480;

/** A synth of `model` and its decoder outputs, random in every frame. */
function newSynth(model: Model, hop = HOP) {
  const heap = newHeap();
  const plan = planSynth(model.synth);
  const synth = new WholeSynth(plan, {
    heap,
    sampleRate: model.sampleRate,
    modelRate: model.sampleRate,
    hop,
    seed: 1,
    tensor: (name) => model.tensors[name],
  });
  const u: Pointer = heap.alloc(plan.outputs);
  const random = randomiser(5);
  let frame = 0;
  /** renders a frame; knobs: of harmonics and noise */
  const step = (knob: number, resting: boolean): Float32Array => {
    heap.view(u, plan.outputs).forEach((_, i, values) => {
      values[i] = random();
    });
    synth.turn('harmonics', knob);
    synth.turn('noise', knob);
    synth.step(u, 150 + 40 * random(), frame === 0, frame === 0 ? hop - (hop >> 1) : 0, resting);
    frame++;
    return heap.view(synth.output, hop).slice();
  };
  return { step, heap };
}

/** Counts the calls of a kernel of `heap` from now on. */
function count(heap: ReturnType<typeof newHeap>, name: 'uniformNoise' | 'gemv' | 'rfft'): () => number {
  const { kernels } = heap;
  let calls = 0;
  const counted = (...values: number[]) => {
    calls++;
    (kernels[name] as (...values: number[]) => void)(...values);
  };
  Object.defineProperty(heap, 'kernels', { value: { ...kernels, [name]: counted } });
  return () => calls;
}

/** A heap in which a kernel that asks for leave to skip work always says no. */
function unskipping(name: 'isSilent' | 'distance', answer = 0): ReturnType<typeof newHeap> {
  const heap = newHeap();
  Object.defineProperty(heap, 'kernels', { value: { ...heap.kernels, [name]: () => answer } });
  return heap;
}

const dry = { ...smallShape, irLength: null };

describe('sources that rest', () => {
  it.each([
    ['harmonics and noise', configOf(dry)],
    ['filters longer than a hop', configOf({ ...dry, bands: 700 })],
    ['sine', { ...configOf(dry), synth: graphs.sine }],
    ['saw', { ...configOf(dry), synth: graphs.saw }],
  ])('sound afterwards as if they had not: %s', (_, config) => {
    const model = randomModelOf(config, 4);
    for (const pause of [1, 2, 3, 4, 20]) {
      const [rests, goesOn] = [newSynth(model), newSynth(model)];
      for (let frame = 0; frame < 60; frame++) {
        const resting = frame >= 10 && frame < 10 + pause;
        const [a, b] = [rests.step(1, resting), goesOn.step(1, false)];
        if (!resting) expect(a).toEqual(b);
      }
    }
  });

  it('sound afterwards as if they had not, when a knob at 0 sends them to rest', () => {
    const model = randomModelOf(configOf({ ...dry, bands: 400 }), 4);
    const { step, heap } = newSynth(model);
    const { step: stepBarely } = newSynth(model);
    const calls = count(heap, 'uniformNoise');
    for (let frame = 0; frame < 40; frame++) {
      const silent = frame >= 10 && frame < 30;
      // with the faintest knob nothing rests
      const [a, b] = [step(silent ? 0 : 1, false), stepBarely(silent ? 1e-30 : 1, false)];
      a.forEach((value, n) => {
        if (!(Math.abs(value - b[n]) <= 1e-7)) throw new Error(`frame ${frame}, ${n}: ${value}, ${b[n]}`);
      });
    }
    expect(calls()).toBeLessThan(26);
  });
});

describe('a decoder whose state has settled', () => {
  it('repeats itself without computing', () => {
    const model = randomModel(6);
    const { outputs } = planSynth(model.synth);
    const newDecoder = (heap: ReturnType<typeof newHeap>) => {
      const tensor = (name: string) => model.tensors[DECODER_PREFIX + name];
      const decoder = new DecoderStream(new Decoder(heap, tensor, { ...model.decoder, outputs }));
      return (f0: number, loudness: number) => {
        decoder.step(Float64Array.of(f0, loudness));
        return heap.view(decoder.output, outputs).slice();
      };
    };
    const heap = newHeap();
    const products = count(heap, 'gemv');
    const [skips, computes] = [newDecoder(heap), newDecoder(unskipping('distance', 1))];
    for (let frame = 0; frame < 900; frame++) {
      const loudness = frame < 20 || frame >= 800 ? -20 - (frame % 7) : -80;
      const expected = computes(330, loudness);
      skips(330, loudness).forEach((value, i) => {
        expect(Math.abs(value - expected[i])).toBeLessThan(1e-6);
      });
    }
    const each = 9;
    expect(products()).toBeLessThan(each * 500);
    expect(products()).toBeGreaterThan(each * 100);
  });
});

describe('the analysis of silence', () => {
  it('finds without computing what it would find', () => {
    const config = configOf(smallShape).analysis;
    const heap = newHeap();
    const transforms = count(heap, 'rfft');
    const context = { sampleRate: 48000, modelRate: 48000, config };
    const analysers = [heap, unskipping('isSilent')].map((each) => {
      return { heap: each, analyser: new Analyser({ heap: each, ...context }) };
    });
    const before = transforms();
    const sung = phrase(0.2, 48000);
    for (const window of [sung.subarray(4800, 4800 + config.window), new Float32Array(config.window)]) {
      const found = analysers.map(({ heap: each, analyser }) => {
        each.view(analyser.input, analyser.window).set(window);
        analyser.run();
        return [analyser.f0, analyser.guess, analyser.confidence, analyser.loudness];
      });
      expect(found[0]).toEqual(found[1]);
    }
    expect(transforms() - before).toBe(1);
  });
});

describe('an instrument that nobody plays', () => {
  it.each(['violin', 'cello', 'saxophone'])('falls silent, from next to nothing: %s', async (name) => {
    const model = readModel(readFileSync(`models/${name}.safetensors`));
    const engine = new Engine(await playModule(), new Instrument(model, 48000));
    const play = (input: Float32Array | null, seconds: number) => {
      const output = new Float32Array(Math.round(48000 * seconds));
      engine.process(input, output, 0, output.length);
      return Math.max(...output.map(Math.abs));
    };
    const sung = phrase(1, 48000);
    const loudest = play(sung, 1);
    engine.controls.reverb = 0;
    play(null, 0.7);
    expect(play(null, 0.3)).toBeLessThan(loudest / 200);
    engine.controls.reverb = 0.5;
    play(null, 1.2);
    expect(play(null, 0.5)).toBe(0);
    expect(play(sung, 1)).toBeGreaterThan(loudest / 2);
  });
});

describe('a stream with a rest in it', () => {
  it('does not depend on how it is cut', async () => {
    const input = new Float32Array(4 * 48000);
    input.set(phrase(0.7, 48000));
    input.set(phrase(0.7, 48000, 2), 3.2 * 48000);
    const [whole, cut] = [new Float32Array(input.length), new Float32Array(input.length)];
    const module = await playModule();
    new Engine(module, new Instrument(randomModel(2), 48000)).process(input, whole, 0, input.length);
    const engine = new Engine(module, new Instrument(randomModel(2), 48000));
    const random = randomiser(3);
    for (let at = 0; at < input.length; ) {
      const count = Math.min(1 + Math.floor(700 * random()), input.length - at);
      engine.process(input, cut, at, count);
      at += count;
    }
    expect(cut).toEqual(whole);
    expect(whole.subarray(2.5 * 48000, 3 * 48000).every((value) => value === 0)).toBe(true);
    expect(Math.max(...whole.subarray(3.4 * 48000))).toBeGreaterThan(0.01);
  });
});
