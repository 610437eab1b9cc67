/**
 * A model as a checkpoint of realtimeDDSP (PyTorch Lightning, weights only), for its `export.py`, for playing or for
 * training on.
 */

import { ModelError } from '../errors';
import type { Model } from '../model';
import { modelTensors } from '../tensors';
import { pickle } from '../torch/pickle';
import { Dict, Float, OrderedDict, StorageRef, TensorRef, type Value } from '../torch/values';
import { writeZip } from '../torch/write-zip';
import { foreignGraph } from './graph';
import { cosines, melFilters } from './mel';
import { configuration, type Plain, part, reference } from './omegaconf';

/** PyTorch Lightning looks for more than weights in files of versions before 2; version 1.6 reads these too. */
const LIGHTNING = '2.6.6';
const FFT_SIZES = [64, 128, 256, 512, 1024, 2048];

interface Weights {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * @param model its pitch must enter the decoder on the scale `linear`, the only one of realtimeDDSP
 * @returns a zip archive; the same model gives the same bytes
 * @throws ModelError `metadata` or `graph` for what realtimeDDSP cannot represent
 */
export function exportCheckpoint(model: Model): Uint8Array<ArrayBuffer> {
  if (model.decoder.inputScale !== 'linear')
    throw new ModelError(
      'metadata',
      `decoder.inputScale: realtimeDDSP knows only linear, found ${model.decoder.inputScale}`,
      { remedy: 'train with model.decoder.inputScale=linear' },
    );
  const root = configuration(rootOf(model));
  const state = new OrderedDict();
  const entries = new Map<string, Uint8Array>();
  const bodies = new Map<string, Uint8Array>();
  for (const [name, { shape, values }] of stateOf(model)) {
    const key = String(bodies.size);
    const storage = new StorageRef('FloatStorage', key, values.length, 0, values.length);
    state.entries.set(name, new TensorRef(storage, 0, shape, stridesOf(shape)));
    bodies.set(`archive/data/${key}`, new Uint8Array(Float32Array.from(values).buffer));
  }
  const parameters = ['model', 'synth', 'loss'].map((key): [Value, Value] => [
    key === 'loss' ? 'losses_cfg' : `${key}_cfg`,
    part(root, key),
  ]);
  const checkpoint = new Dict(
    new Map<Value, Value>([
      ['epoch', 0],
      ['global_step', 0],
      ['pytorch-lightning_version', LIGHTNING],
      ['state_dict', state],
      ['hparams_name', 'kwargs'],
      ['hyper_parameters', new Dict(new Map(parameters))],
    ]),
  );
  const text = new TextEncoder();
  entries.set('archive/data.pkl', pickle(checkpoint));
  entries.set('archive/byteorder', text.encode('little'));
  for (const [name, body] of bodies) entries.set(name, body);
  entries.set('archive/version', text.encode('3\n'));
  return writeZip(entries);
}

function rootOf(model: Model): Plain {
  const { sampleRate, frameRate, analysis, decoder, synth, statistics, about } = model;
  return {
    name: about.name,
    sample_rate: sampleRate,
    data: { frame_rate: frameRate, f0_range: [analysis.pitchMin, analysis.pitchMax] },
    model: {
      lr: 1e-4,
      estimator: { _target_: 'diffsynth.estimator.EstimatorFL', hidden_size: decoder.hidden },
      sample_rate: reference('sample_rate'),
    },
    synth: foreignGraph(synth),
    loss: {
      losses: {
        spec: {
          _target_: 'diffsynth.loss.SpectralLoss',
          fft_sizes: FFT_SIZES,
          hop_lengths: null,
          win_lengths: null,
          mag_w: new Float(1),
          log_mag_w: new Float(1),
        },
      },
      sched: { spec: new Float(1) },
    },
    // what realtimeDDSP has no place for; the importer of this library reads it
    ddsp_worklet: JSON.stringify({ analysis, statistics, about }),
  };
}

/** Every tensor that its reader asks for. */
function stateOf(model: Model): Map<string, Weights> {
  const state = new Map<string, Weights>();
  for (const [name, shape] of modelTensors(model)) {
    if (name.startsWith('estimator.')) state.set(name, { shape, values: model.tensors[name] });
  }
  model.synth.processors.forEach(({ type }, index) => {
    if (type !== 'IRReverb') return;
    const { ir } = model.tensors;
    state.set(`synth.processors.${index}.ir`, { shape: [ir.length], values: ir });
    state.set(`synth.processors.${index}.zero`, { shape: [1], values: new Float32Array(1) });
  });
  state.set('mfcc.dct_mat', cosines());
  state.set('mfcc.melspec.mel_scale.fb', melFilters(model.sampleRate));
  return state;
}

function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1));
}
