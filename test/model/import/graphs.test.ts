/** Graphs of realtimeDDSP beyond the usual: imported exactly, or refused by the processor's name. */

import { describe, expect, it } from 'vitest';
import { decoderTensors } from '../../../src/decoder/layout';
import { filterBasis } from '../../../src/dsp/filter-basis';
import { readModel, writeModel } from '../../../src/model/file';
import { importModel } from '../../../src/model/import';
import { PlainDecoder } from '../../../src/model/import/sweep/decoder';
import { sounded, worst } from '../../support/foreign';
import {
  exponential,
  type ForeignNode,
  type ForeignTensor,
  foreignCheckpoint,
  interpolated,
  looked,
} from '../../support/foreign-graphs';
import { randomArray, randomiser } from '../../support/kernels';

const sampleRate = 16_000;
const hop = 320;
const hidden = 6;
const statistics = { f0: [100, 200, 300], loudness: [-30, -10, 0] } as const;
const FRAMES = 12;
const f0 = Float64Array.from({ length: FRAMES }, (_, i) => 300 + 25 * i);
const loudness = Float64Array.from({ length: FRAMES }, (_, i) => -30 + 4 * i);

/** A checkpoint with a random decoder. @param extra tensors of processors */
function checkpoint(
  dag: Readonly<Record<string, ForeignNode>>,
  outputs: number,
  extra: Readonly<Record<string, ForeignTensor>> = {},
) {
  const random = randomiser(11);
  const tensors = new Map<string, ForeignTensor>();
  for (const { name, shape } of decoderTensors(hidden, outputs, 2)) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    tensors.set(`estimator.${name}`, { shape, values: randomArray(size, random) });
  }
  for (const [name, tensor] of Object.entries(extra)) tensors.set(name, tensor);
  return { tensors, file: foreignCheckpoint({ sampleRate, dag, tensors }) };
}

/** What a computation in slices returns. */
function computed<T>(slices: Generator<void, T>): T {
  for (;;) {
    const { done, value } = slices.next();
    if (done) return value;
  }
}

/** Outputs of the file's own decoder, in its own layout. */
function fileOutputs(tensors: ReadonlyMap<string, ForeignTensor>): Float64Array[] {
  const decoder = new PlainDecoder({
    tensors: Object.fromEntries([...tensors].map(([name, { values }]) => [name, values])),
    decoder: { hidden, inputScale: 'linear' },
  });
  return Array.from(f0, (hz, i) => decoder.hold([(hz - 32) / 1968, loudness[i] / 80 + 1], 1));
}

const saw: ForeignNode = [
  'generators.SawOscillator',
  { sample_rate: sampleRate },
  { amplitudes: 'AMP', f0_hz: 'f0' },
];
const table = Float32Array.from({ length: 512 }, (_, i) => {
  let value = 0;
  for (let k = 1; k <= 36; k++) value += (2 / (Math.PI * k)) * Math.sin((2 * Math.PI * k * i) / 511);
  return value;
});

describe('a graph of everything', () => {
  const harmonics = 40;
  const functions = 3;
  const size = 65;
  const tables = randomArray(functions * size, randomiser(2));
  // saw and harmonic share AMP
  const { tensors, file } = checkpoint(
    {
      'the saw': saw,
      harmonic: [
        'generators.Harmonic',
        { sample_rate: sampleRate, n_harmonics: harmonics, normalize_below_nyquist: false },
        { amplitudes: 'AMP', harmonic_distribution: 'HARM', f0_hz: 'f0' },
      ],
      both: ['processor.Mix', {}, { signal_a: 'the saw', signal_b: 'harmonic', mix_a: 'A', mix_b: 'B' }],
      shaper: [
        'waveshaper.WaveShaper',
        { n_functions: functions, xy_lim: 0.8 },
        { audio: 'both', dist_index: 'INDEX', dist_bias: 'BIAS', wave_mix: 'MIX' },
      ],
    },
    1 + harmonics + 2 + 3 * functions,
    {
      'synth.processors.0.waveform': { shape: [512], values: table },
      'synth.processors.3.tables': { shape: [functions, size], values: tables },
    },
  );

  /** What realtimeDDSP computes. */
  function original(): Float64Array {
    const outputs = fileOutputs(tensors);
    const control = (at: number, scale: (u: number) => number) =>
      interpolated(
        outputs.map((u) => scale(u[at])),
        hop,
      );
    const hz = interpolated(f0, hop);
    const length = FRAMES * hop;
    const amplitude = control(0, exponential);
    const amplitudes = Array.from({ length: harmonics }, (_, k) =>
      interpolated(
        outputs.map((u) => {
          const shares = Array.from(u.subarray(1, 1 + harmonics), (value) => exponential(value));
          return (exponential(u[0]) * shares[k]) / shares.reduce((sum, value) => sum + value, 0);
        }),
        hop,
      ),
    );
    const [gainA, gainB] = [41, 42].map((at) => control(at, (u) => u));
    const shaped = Array.from({ length: functions }, (_, j) => ({
      index: control(43 + j, (u) => 2 * u - 1),
      bias: control(43 + functions + j, (u) => 2 * u - 1),
      mix: control(43 + 2 * functions + j, (u) => u),
      table: tables.subarray(j * size, (j + 1) * size),
    }));
    const audio = new Float64Array(length);
    let before = 0;
    for (let n = 0; n < length; n++) {
      const phase = before + hz[n] / sampleRate;
      const sawtooth = amplitude[n] * looked(table, (before % 1) * 511);
      let tones = 0;
      for (let k = 1; k <= harmonics; k++) {
        if (k * hz[n] < sampleRate / 2) tones += amplitudes[k - 1][n] * Math.sin(2 * Math.PI * k * phase);
      }
      const mixed = gainA[n] * sawtooth + gainB[n] * tones;
      for (const { index, bias, mix, table: values } of shaped) {
        const x = mixed * index[n] + bias[n];
        audio[n] += mix[n] * looked(values, ((x / 0.8 + 1) / 2) * (size - 1));
      }
      before = phase;
    }
    return audio;
  }

  it('sounds as the original does', async () => {
    const model = await importModel(file, { statistics });
    expect(model.synth.processors.map(({ name, type }) => [name, type])).toEqual([
      ['the_saw', 'TableOscillator'],
      ['harmonic', 'Harmonic'],
      ['both', 'Mix'],
      ['shaper', 'WaveShaper'],
    ]);
    const written = readModel(writeModel(model, { float16: false }));
    const audio = await sounded(written, f0, loudness);
    // after the last frame this library's decoder goes on
    const length = FRAMES * hop - hop / 2;
    const expected = original();
    expect(Math.max(...expected)).toBeGreaterThan(0.1);
    expect(worst(audio.subarray(0, length), expected.subarray(0, length))).toBeLessThan(1e-3);
  });
});

describe('noise filters', () => {
  const noise = (options: Record<string, number>, bands: number) =>
    checkpoint({ noise: ['generators.FilteredNoise', options, { freq_response: 'F' }] }, bands).file;

  it('of odd size', async () => {
    const size = 65;
    const model = await importModel(noise({ filter_size: size }, 33), { statistics });
    expect(model.synth.processors[0].options).toEqual({ bands: 33, odd: 1 });
    // the inverse DFT of 33 magnitudes to 65 taps, times its window: what the basis leaves out is far below
    const basis = filterBasis(33, sampleRate, sampleRate, { odd: 1 });
    const values = computed(basis.values());
    for (let k = 0; k < 33; k++) {
      let [left, all] = [0, 0];
      for (let n = -32; n <= 32; n++) {
        const response = ((k === 0 ? 1 : 2) / size) * Math.cos((2 * Math.PI * k * n) / size);
        const original = response * (0.5 + 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / size));
        left += (values[k * basis.tapStride + Math.abs(n)] - original) ** 2;
        all += original ** 2;
      }
      expect(10 * Math.log10(left / all)).toBeLessThan(20 * Math.log10(Math.sin(Math.PI / size)));
    }
  });

  it('of the default size, and of another amplitude', async () => {
    const byDefault = await importModel(noise({}, 129), { statistics });
    expect(byDefault.synth.processors[0].options).toEqual({ bands: 129, odd: 1 });
    const soft = await importModel(noise({ filter_size: 16, amplitude: 0.25 }, 9), { statistics });
    expect(soft.synth.processors[0].options).toEqual({ bands: 9, amplitude: 0.25 });
    const [quarter, whole] = [0.25, 1].map((amplitude) =>
      computed(filterBasis(9, sampleRate, sampleRate, { amplitude }).values()),
    );
    expect(
      worst(
        quarter,
        whole.map((value) => value / 4),
      ),
    ).toBeLessThan(1e-8);
  });
});

describe('what this library does not play is refused by name', () => {
  const harmonic = (options: Record<string, number>, connections: Record<string, string>) =>
    ({
      tone: ['generators.Harmonic', { sample_rate: sampleRate, n_harmonics: 4, ...options }, connections],
    }) as Record<string, ForeignNode>;
  const wired = { amplitudes: 'AMP', harmonic_distribution: 'HARM', f0_hz: 'f0' };
  const cases: [string, Record<string, ForeignNode>, RegExp][] = [
    [
      'a reverb that the decoder drives',
      { saw, room: ['reverb.DecayReverb', {}, { audio: 'saw', gain: 'G', decay: 'D' }] },
      /processor "room" \(DecayReverb\): the decoder changes its response/,
    ],
    [
      'an unknown class',
      { gate: ['own.Gate', {}, {}] },
      /processor "gate" \(Gate\): this library has no such processor/,
    ],
    [
      'pitch from the decoder',
      harmonic({}, { ...wired, f0_hz: 'F0' }),
      /processor "tone" \(Harmonic\): its input f0_hz is fed by F0/,
    ],
    [
      'a control from a processor',
      { saw, ...harmonic({}, { ...wired, amplitudes: 'saw' }) },
      /its input amplitudes is fed by the processor saw/,
    ],
    [
      'no control',
      harmonic({}, { amplitudes: 'AMP', f0_hz: 'f0' }),
      /its input harmonic_distribution is fed by nothing/,
    ],
    [
      'too many harmonics',
      harmonic({ n_harmonics: 1000 }, wired),
      /n_harmonics is 1000, expected a whole number from 1 to 512/,
    ],
    [
      'another sample rate',
      harmonic({ sample_rate: 44_100 }, wired),
      /its sample rate is 44100 Hz, the model's 16000 Hz/,
    ],
    [
      'a name of two sizes',
      harmonic({}, { ...wired, amplitudes: 'X', harmonic_distribution: 'X' }),
      /takes 4 values of X, another input 1/,
    ],
    [
      'audio from later on',
      { sum: ['processor.Add', {}, { signal_a: 'saw', signal_b: 'saw' }], saw },
      /processor "sum" \(Add\): its input signal_a is fed by saw, which is no processor before it/,
    ],
  ];
  it.each(cases)('%s', async (_name, dag, message) => {
    const { file } = checkpoint(dag, 5, { 'synth.processors.0.waveform': { shape: [512], values: table } });
    await expect(importModel(file, { statistics })).rejects.toThrow(message);
    await expect(importModel(file, { statistics })).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('a decoder that does not fit its graph', async () => {
    const { file } = checkpoint({ saw }, 3, {
      'synth.processors.0.waveform': { shape: [512], values: table },
    });
    await expect(importModel(file, { statistics })).rejects.toThrow(
      /out\.weight has shape \[3,6\], expected \[1,6\]/,
    );
  });
});
