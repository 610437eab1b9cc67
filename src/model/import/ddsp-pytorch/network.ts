/**
 * The network of ddsp_pytorch as a model: a decoder with a stack for each input, whose inputs go past the GRU too.
 *
 * Its loudness L is a mean of logarithms of a spectrum, in nepers, or what Pure Data's `sigmund~` sends. Either way
 * it enters as (L - mean) / deviation. Here the decoder is given dB of this library's analysis, so both are
 * translated: a change of the signal's gain by 1 dB moves L by ln(10) / 20, and a trained model sounds about as loud
 * as it is told to.
 */

import type { Architecture, LoudnessScale } from '../../../decoder/config';
import { ImportError } from '../errors';
import type { Imported } from '../imported';
import type { NamedTensor } from '../realtime-ddsp/decoder';
import { calibrate } from '../sweep/calibrate';

/** Undefined where no file says it. */
export type Loudness = number | undefined;

type Find = (name: string) => NamedTensor | undefined;

const ARCHITECTURE: Architecture = { stacks: 'separate', skip: 'inputs', slope: 0.01, epsilon: 1e-5 };
/** Places of linear layer and LayerNorm in its sequences of linear, LayerNorm, activation. */
const PLACES = [0, 3, 6];
/** Taken off the noise's outputs before they are scaled. */
const NOISE_BIAS = 5;
const NEPER = 20 / Math.LN10;
/** No mean of nepers is as high as any of sigmund~, which lies near 60. */
const HIGHEST_NEPERS = 10;
/** Percentiles 5 and 95 of a normal distribution, in deviations. */
const SPREAD = 1.645;
const THRESHOLD = 0.1;

export function convertNetwork(
  find: Find,
  mean: Loudness,
  deviation: Loudness,
  { source, name, note }: { source: string; name?: string; note?: string },
): Imported {
  const sampleRate = whole(find, 'sampling_rate', 8000, 192_000);
  const block = whole(find, 'block_size', 16, 19_200);
  const { hidden, harmonics, bands, tensors } = decoderOf(find);
  const ir = responseOf(find, sampleRate);
  const model: Imported['model'] = {
    sampleRate,
    frameRate: sampleRate / block,
    analysis: {
      window: sampleRate >= 32_000 ? 2048 : 1024,
      pitchMin: 50,
      pitchMax: 2000,
      threshold: THRESHOLD,
    },
    decoder: { hidden, inputScale: 'hertz', architecture: ARCHITECTURE },
    synth: {
      processors: [
        { name: 'harmonic', type: 'Harmonic', options: { harmonics, amplitudeMax: 2 } },
        { name: 'noise', type: 'FilteredNoise', options: { bands } },
        { name: 'dry', type: 'Add', inputs: { a: 'harmonic', b: 'noise' } },
        { name: 'reverb', type: 'IRReverb', inputs: { audio: 'dry' }, options: { length: ir.length } },
      ],
    },
    tensors: { ...tensors, ir },
  };
  const { loudness, translated } = translate(model, mean, deviation);
  const softest = Math.max(-80, loudness.mean - SPREAD * loudness.deviation);
  return {
    model: { ...model, decoder: { ...model.decoder, loudness } },
    about: name ? { name } : {},
    statistics: {
      loudness: [softest, Math.max(softest, loudness.mean), loudness.mean + SPREAD * loudness.deviation],
    },
    source,
    notes: [
      translated,
      'The original holds its controls for a frame where this library moves them linearly, and cuts its noise at the end of each frame.',
      ...(note ? [note] : []),
    ],
  };
}

/** Mean and deviation in dB, and how they were found. */
function translate(
  model: Imported['model'],
  mean: Loudness,
  deviation: Loudness,
): { loudness: LoudnessScale; translated: string } {
  const found = calibrate(model);
  const isNepers = mean !== undefined && deviation !== undefined && mean < HIGHEST_NEPERS && deviation > 0;
  if (isNepers) {
    const loudness = { mean: found.mean, deviation: bounded(deviation * NEPER) };
    return { loudness, translated: 'The mean of its loudness is an estimate from its decoder.' };
  }
  const unit =
    mean === undefined ? 'The file does not hold its loudness' : 'Its loudness is in the unit of sigmund~';
  return { loudness: found, translated: `${unit}: mean and deviation are estimates from its decoder.` };
}

function bounded(deviation: number): number {
  return Math.min(60, Math.max(1, deviation));
}

function decoderOf(find: Find) {
  const hidden = find('gru.weight_hh_l0')?.shape[1] ?? 0;
  const harmonics = (find('proj_matrices.0.weight')?.shape[0] ?? 0) - 1;
  const bands = find('proj_matrices.1.weight')?.shape[0] ?? 0;
  if (!(hidden >= 1 && hidden <= 4096 && harmonics >= 1 && harmonics <= 512 && bands >= 3 && bands <= 4097))
    throw new ImportError(
      'unsupported',
      `model of ddsp_pytorch with ${hidden} units, ${harmonics} harmonics and ${bands} noise bands: at most 4096, 512 and 4097 are played`,
    );
  const tensors: Record<string, Float32Array> = {};
  const take = (name: string, shape: readonly number[]) => {
    const tensor = find(name);
    if (!tensor) throw new ImportError('tensor', `tensor ${name} is missing`);
    if (tensor.shape.join() !== shape.join())
      throw new ImportError('tensor', `tensor ${name} has shape [${tensor.shape}], expected [${shape}]`);
    return tensor.values();
  };
  const mlp = (own: string, theirs: string, inputs: number) => {
    PLACES.forEach((place, layer) => {
      const name = `estimator.${own}.linear.${layer}`;
      tensors[`${name}.0.weight`] = take(`${theirs}.${place}.weight`, [
        hidden,
        layer === 0 ? inputs : hidden,
      ]);
      tensors[`${name}.0.bias`] = take(`${theirs}.${place}.bias`, [hidden]);
      tensors[`${name}.1.weight`] = take(`${theirs}.${place + 1}.weight`, [hidden]);
      tensors[`${name}.1.bias`] = take(`${theirs}.${place + 1}.bias`, [hidden]);
    });
  };
  mlp('stack_0', 'in_mlps.0', 1);
  mlp('stack_1', 'in_mlps.1', 1);
  for (const [name, shape] of [
    ['weight_ih_l0', [3 * hidden, 2 * hidden]],
    ['weight_hh_l0', [3 * hidden, hidden]],
    ['bias_ih_l0', [3 * hidden]],
    ['bias_hh_l0', [3 * hidden]],
  ] as const)
    tensors[`estimator.gru.${name}`] = take(`gru.${name}`, shape);
  mlp('mlp_1', 'out_mlp', hidden + 2);
  const [tones, noise] = [harmonics + 1, bands];
  tensors['estimator.out.weight'] = joined(
    take('proj_matrices.0.weight', [tones, hidden]),
    take('proj_matrices.1.weight', [noise, hidden]),
  );
  tensors['estimator.out.bias'] = joined(
    take('proj_matrices.0.bias', [tones]),
    take('proj_matrices.1.bias', [noise]).map((value) => value - NOISE_BIAS),
  );
  return { hidden, harmonics, bands, tensors };
}

/** Its reverb computes the response from noise, a decay and a level each time it plays. */
function responseOf(find: Find, sampleRate: number): Float32Array {
  const noise = find('reverb.noise')?.values();
  const decay = find('reverb.decay')?.values()[0];
  const wet = find('reverb.wet')?.values()[0];
  if (!noise || noise.length < 2 || noise.length > 1_000_000 || decay === undefined || wet === undefined)
    throw new ImportError('tensor', 'tensor reverb.noise, reverb.decay or reverb.wet is missing');
  const level = 1 / (1 + Math.exp(-wet));
  const rate = (500 * Math.log1p(Math.exp(-decay))) / sampleRate;
  return noise.subarray(1).map((value, i) => value * level * Math.exp(-rate * (i + 1)));
}

function whole(find: Find, name: string, low: number, high: number): number {
  const value = find(name)?.values()[0];
  if (value === undefined || !Number.isInteger(value) || value < low || value > high)
    throw new ImportError(
      'tensor',
      `tensor ${name} is ${value ?? 'missing'}, expected a whole number from ${low} to ${high}`,
    );
  return value;
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
