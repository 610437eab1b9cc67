/** Small files of every family that is imported, for tests that damage them by the thousand. */

import { exportCheckpoint } from '../../src/model/export/checkpoint';
import { pickle } from '../../src/model/torch/pickle';
import { readZip } from '../../src/model/torch/read-zip';
import { openTorchFile } from '../../src/model/torch/torch-file';
import {
  Dict,
  Global,
  Instance,
  List,
  OrderedDict,
  StorageRef,
  TensorRef,
  Tuple,
  type Value,
} from '../../src/model/torch/values';
import { writeZip } from '../../src/model/torch/write-zip';
import { foreignFile } from './foreign';
import { configOf, randomModelOf, smallShape } from './models';

/** A file in its parts. */
export interface Seed {
  readonly file: Uint8Array;
  readonly pickle: Uint8Array;
  /** The same file around another pickle. */
  around(pickle: Uint8Array): Uint8Array;
}

type Bodies = ReadonlyMap<string, Uint8Array>;

/** @param bodies of the storages, by key */
export function zipSeed(pickled: Uint8Array, bodies: Bodies, others: Bodies = new Map()): Seed {
  const around = (changed: Uint8Array) =>
    writeZip(
      new Map([
        ['archive/data.pkl', changed],
        ...[...bodies].map(([key, body]) => [`archive/data/${key}`, body] as const),
        ...[...others].map(([name, body]) => [`archive/${name}`, body] as const),
      ]),
    );
  return { file: around(pickled), pickle: pickled, around };
}

const MAGIC = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

/** The layout of PyTorch before 1.6. @param bodies of 32-bit numbers */
function legacySeed(pickled: Uint8Array, bodies: Bodies): Seed {
  const system = new Dict(new Map([['little_endian', true]]));
  const before = [...MAGIC, ...pickle(1001), ...pickle(system)];
  const storages = [...bodies.values()].flatMap((body) => {
    const count = new Uint8Array(8);
    new DataView(count.buffer).setBigUint64(0, BigInt(body.length / 4), true);
    return [...count, ...body];
  });
  const after = [...pickle(new List([...bodies.keys()])), ...storages];
  const around = (changed: Uint8Array) => Uint8Array.from([...before, ...changed, ...after]);
  return { file: around(pickled), pickle: pickled, around };
}

/** A checkpoint of realtimeDDSP without the constants of training: a few kilobytes. */
function checkpoint(): { root: Dict; bodies: Bodies } {
  const shape = { ...smallShape, hidden: 2, harmonics: 2, bands: 3, irLength: 4 };
  const decoder = { hidden: 2, inputScale: 'linear' } as const;
  const file = exportCheckpoint(randomModelOf({ ...configOf(shape), decoder }, 1));
  const { root } = openTorchFile(file);
  const state = root instanceof Dict ? root.entries.get('state_dict') : undefined;
  if (!(root instanceof Dict && state instanceof Dict)) throw new Error('no state dict');
  const zip = readZip(file);
  const bodies = new Map<string, Uint8Array>();
  for (const [name, tensor] of state.entries) {
    if (!(tensor instanceof TensorRef)) continue;
    if (String(name).startsWith('mfcc.')) state.entries.delete(name);
    else bodies.set(tensor.storage.key, zip.read(`archive/data/${tensor.storage.key}`));
  }
  return { root, bodies };
}

/** Tensors of ddsp_pytorch: 2 units, 2 harmonics, 3 noise bands. */
function network(): { tensors: Map<string, TensorRef>; bodies: Bodies } {
  const tensors = new Map<string, TensorRef>();
  const bodies = new Map<string, Uint8Array>();
  const add = (name: string, shape: readonly number[], value?: number) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const values = Float32Array.from({ length: size }, (_, i) => value ?? Math.sin(i + tensors.size));
    const key = String(bodies.size);
    bodies.set(key, new Uint8Array(values.buffer));
    const strides = shape.map((_, i) => shape.slice(i + 1).reduce((product, extent) => product * extent, 1));
    tensors.set(name, new TensorRef(new StorageRef('FloatStorage', key, size, 0, size), 0, shape, strides));
  };
  const hidden = 2;
  const mlp = (name: string, inputs: number) => {
    for (const place of [0, 3, 6]) {
      add(`${name}.${place}.weight`, [hidden, place === 0 ? inputs : hidden]);
      for (const vector of [`${place}.bias`, `${place + 1}.weight`, `${place + 1}.bias`])
        add(`${name}.${vector}`, [hidden]);
    }
  };
  mlp('in_mlps.0', 1);
  mlp('in_mlps.1', 1);
  mlp('out_mlp', hidden + 2);
  add('gru.weight_ih_l0', [3 * hidden, 2 * hidden]);
  add('gru.weight_hh_l0', [3 * hidden, hidden]);
  add('gru.bias_ih_l0', [3 * hidden]);
  add('gru.bias_hh_l0', [3 * hidden]);
  for (const [i, rows] of [3, 3].entries()) {
    add(`proj_matrices.${i}.weight`, [rows, hidden]);
    add(`proj_matrices.${i}.bias`, [rows]);
  }
  add('reverb.noise', [4]);
  add('reverb.decay', [], 5);
  add('reverb.wet', [], 0);
  add('sampling_rate', [], 16_000);
  add('block_size', [], 160);
  return { tensors, bodies };
}

/** TorchScript: objects within objects, tensors as their attributes. */
function script(tensors: ReadonlyMap<string, Value>): Instance {
  const object = (state: Dict): Instance => {
    const made = new Instance(new Global('__torch__', 'Module'), new Tuple());
    made.state = state;
    return made;
  };
  const root = new Dict();
  for (const [name, tensor] of tensors) {
    const path = name.split('.');
    let at = root;
    for (const key of path.slice(0, -1)) {
      const found = at.entries.get(key);
      const next = found instanceof Instance && found.state instanceof Dict ? found.state : new Dict();
      if (!found) at.entries.set(key, object(next));
      at = next;
    }
    at.entries.set(path[path.length - 1], tensor);
  }
  return object(new Dict(new Map<Value, Value>([['ddsp', object(root)]])));
}

/** The Neutone model of the fixtures without its code. */
function neutone(): Seed {
  const zip = readZip(foreignFile('realtime-ddsp/export-hpnir-h32.nm.gz'));
  const folder = zip.names[0].split('/')[0];
  const under = (prefix: string): Bodies =>
    new Map(
      zip.names
        .filter((name) => name.startsWith(`${folder}/${prefix}`))
        .map((name) => [name.slice(folder.length + 1 + (prefix === 'data/' ? 5 : 0)), zip.read(name)]),
    );
  return zipSeed(zip.read(`${folder}/data.pkl`), under('data/'), under('extra/metadata.json'));
}

const zipped = checkpoint();
const ddsp = network();
const state = new OrderedDict(new Map<Value, Value>(ddsp.tensors));

export const seeds: Readonly<Record<string, Seed>> = {
  'realtimeDDSP, checkpoint': zipSeed(pickle(zipped.root), zipped.bodies),
  'realtimeDDSP, checkpoint of the old layout': legacySeed(pickle(zipped.root), zipped.bodies),
  'realtimeDDSP, Neutone model': neutone(),
  'ddsp_pytorch, state dict': zipSeed(pickle(state), ddsp.bodies),
  'ddsp_pytorch, state dict of the old layout': legacySeed(pickle(state), ddsp.bodies),
  'ddsp_pytorch, export': zipSeed(pickle(script(ddsp.tensors)), ddsp.bodies),
};
