/** Checkpoints of realtimeDDSP with any graph, and what its processors compute, in plain JavaScript. */

import { configuration, type Plain, part } from '../../src/model/export/omegaconf';
import { pickle } from '../../src/model/torch/pickle';
import { Dict, OrderedDict, StorageRef, TensorRef, type Value } from '../../src/model/torch/values';
import { writeZip } from '../../src/model/torch/write-zip';

export interface ForeignTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A processor: the name of its class, its options, its connections. */
export type ForeignNode = readonly [
  target: string,
  options: Readonly<Record<string, Plain>>,
  connections: Readonly<Record<string, string>>,
];

export interface ForeignModel {
  readonly sampleRate: number;
  readonly dag: Readonly<Record<string, ForeignNode>>;
  readonly tensors: ReadonlyMap<string, ForeignTensor>;
}

export function foreignCheckpoint({ sampleRate, dag, tensors }: ForeignModel): Uint8Array {
  const root = configuration({
    sample_rate: sampleRate,
    data: { frame_rate: 50 },
    model: { sample_rate: `\${sample_rate}` },
    synth: {
      dag: Object.fromEntries(
        Object.entries(dag).map(([name, [target, options, connections]]) => [
          name,
          { config: { _target_: `diffsynth.modules.${target}`, ...options }, connections },
        ]),
      ),
      conditioned: ['f0'],
    },
  });
  const state = new OrderedDict();
  const entries = new Map<string, Uint8Array>();
  for (const [name, { shape, values }] of tensors) {
    const key = String(entries.size);
    const storage = new StorageRef('FloatStorage', key, values.length, 0, values.length);
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((size, extent) => size * extent, 1));
    state.entries.set(name, new TensorRef(storage, 0, shape, strides));
    entries.set(`archive/data/${key}`, new Uint8Array(values.slice().buffer));
  }
  const checkpoint = new Dict(
    new Map<Value, Value>([
      ['pytorch-lightning_version', '1.6.4'],
      ['state_dict', state],
      [
        'hyper_parameters',
        new Dict(
          new Map([
            ['model_cfg', part(root, 'model')],
            ['synth_cfg', part(root, 'synth')],
          ]),
        ),
      ],
    ]),
  );
  return writeZip(new Map([['archive/data.pkl', pickle(checkpoint)], ...entries]));
}

/** A value per frame as a value per sample: linear between frame centres, held at the ends. */
export function interpolated(frames: ArrayLike<number>, hop: number): Float64Array {
  return Float64Array.from({ length: frames.length * hop }, (_, n) => {
    const at = Math.min(Math.max((n + 0.5) / hop - 0.5, 0), frames.length - 1);
    const below = Math.floor(at);
    const above = Math.min(below + 1, frames.length - 1);
    return frames[below] + (at - below) * (frames[above] - frames[below]);
  });
}

export const exponential = (u: number, max = 1) => max * u ** Math.LN10 + 1e-7;

/** Linear interpolation in a table; `at` counts its steps. */
export function looked(table: ArrayLike<number>, at: number): number {
  const below = Math.floor(at);
  const value = (i: number) => (i >= 0 && i < table.length ? table[i] : 0);
  return value(below) + (at - below) * (value(below + 1) - value(below));
}
