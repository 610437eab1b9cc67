/** Large matrices are kept in 16 bits, and what they render is what 32 bits render. */

import { describe, expect, it } from 'vitest';
import { Decoder, DecoderStream } from '../../src/decoder/decoder';
import { COMPACT_FROM, CompactLinear, linear, WideLinear } from '../../src/decoder/layers';
import { Heap } from '../../src/dsp/heap';
import { playModule } from '../../src/dsp/play-module';
import { Tables } from '../../src/dsp/tables';
import { PlainDecoder } from '../../src/model/import/sweep/decoder';
import { renderFrames } from '../../src/play/render';
import { planSynth } from '../../src/synth/graph';
import { hpn } from '../../src/synth/presets';
import { flavours, newHeap, randomArray, randomiser, signalToError } from '../support/kernels';
import { configOf, randomModelOf, smallShape } from '../support/models';

const names = { weight: 'w', bias: 'b' };

describe.each(flavours)('a matrix in 16 bits (%s)', (flavour) => {
  it.each([
    [16, 1],
    [33, 7],
    [48, 512],
  ])('%i x %i: its product is that of 32 bits, 80 dB below', (rows, depth) => {
    const random = randomiser(5);
    const tensors = { w: randomArray(rows * depth, random), b: randomArray(rows, random) };
    // a row of zeros, and one far smaller than the others
    tensors.w.fill(0, 0, depth);
    for (let i = depth; i < 2 * depth; i++) tensors.w[i] *= 1e-4;
    const heap = newHeap(flavour);
    const values = (name: string) => tensors[name as 'w' | 'b'];
    const x = heap.put(randomArray(depth, random));
    const padded = Math.ceil(rows / 16) * 16;
    const run = (Layer: typeof WideLinear | typeof CompactLinear) => {
      const own = newHeap(flavour);
      const layer = new Layer(own, rows, depth, names, values);
      const y = own.alloc(padded);
      layer.run(y, own.put(heap.view(x, depth)));
      return own.view(y, padded).slice();
    };
    const [wide, compact] = [run(WideLinear), run(CompactLinear)];
    expect(signalToError(compact, wide)).toBeGreaterThan(80);
    expect([...compact.subarray(rows)]).toEqual(new Array(padded - rows).fill(0));
  });
});

it('is chosen by size alone', () => {
  const made = (rows: number) =>
    linear(newHeap(), rows, 256, names, (name) => new Float32Array(name === 'b' ? rows : rows * 256));
  expect(256 * 256).toBe(COMPACT_FROM);
  expect(made(256)).toBeInstanceOf(CompactLinear);
  expect(made(255)).toBeInstanceOf(WideLinear);
});

describe('a full-size model', () => {
  const config = {
    ...configOf({ ...smallShape, hidden: 512 }),
    synth: hpn({ harmonics: 64, bands: 65 }),
  };
  const model = randomModelOf(config, 3);
  const f0 = Float64Array.from({ length: 60 }, (_, i) => 200 + 4 * i);
  const loudness = Float64Array.from({ length: 60 }, (_, i) => -50 + 0.8 * i);

  it('has the outputs of exact weights, to 2e-5', () => {
    const { outputs } = planSynth(model.synth);
    const heap = newHeap();
    const weights = (name: string) => model.tensors[`estimator.${name}`];
    const stream = new DecoderStream(new Decoder(heap, weights, { ...model.decoder, outputs }));
    const plain = new PlainDecoder(model);
    let worst = 0;
    f0.forEach((hz, i) => {
      stream.step(Float64Array.of(hz, loudness[i]));
      const expected = plain.hold([Math.log2(hz / 32) / Math.log2(2000 / 32), loudness[i] / 80 + 1], 1);
      heap.view(stream.output, outputs).forEach((value, k) => {
        worst = Math.max(worst, Math.abs(value - expected[k]));
      });
    });
    expect(worst).toBeLessThan(2e-5);
  });

  it('keeps every bit where its tables are handed on and copied in portions', async () => {
    const { outputs } = planSynth(model.synth);
    const weights = (name: string) => model.tensors[`estimator.${name}`];
    const shape = { ...model.decoder, outputs };
    const run = (heap: Heap, find: (name: string) => Float32Array) => {
      const stream = new DecoderStream(new Decoder(heap, find, shape));
      heap.seal();
      while (!heap.fillOn());
      stream.step(Float64Array.of(220, -20));
      return heap.view(stream.output, outputs).slice();
    };
    const module = await playModule();
    const tables = new Tables();
    const first = run(new Heap(module, tables), weights);
    const copied = new Tables(structuredClone(tables.complete));
    const missing = (name: string): Float32Array => {
      throw new Error(`${name} was asked for`);
    };
    expect(run(new Heap(module, copied, true), missing)).toEqual(first);
  });

  it('renders', async () => {
    const sound = await renderFrames(model, { f0, loudness });
    expect(sound.every(Number.isFinite)).toBe(true);
  });
});
