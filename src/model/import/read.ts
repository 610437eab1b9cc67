/** Finds out which model a file holds, and calls its importer. */

import { isTorchFile, openTorchFile, type TorchFile } from '../torch/torch-file';
import { Dict, Instance, TensorRef, type Value } from '../torch/values';
import { ImportError } from './errors';
import { notTorch } from './identify';
import type { Imported } from './imported';
import type { ImportOptions } from './options';
import { importCheckpoint } from './realtime-ddsp/checkpoint';
import { member } from './realtime-ddsp/configuration';
import { importNeutone } from './realtime-ddsp/neutone';

/** Objects that are looked at in search of the network. */
const MOST_OBJECTS = 10_000;

/** Loaded when such a file is opened: most pages never need it. */
const ddspPytorch = () => import('./ddsp-pytorch/files');

/**
 * @returns a promise only for files of ddsp_pytorch
 * @throws (or rejects with) ImportError
 */
export function readForeign(file: Uint8Array, options: ImportOptions): Imported | Promise<Imported> {
  if (!isTorchFile(file)) throw notTorch(file);
  const opened = openTorchFile(file);
  const { root } = opened;
  if (root instanceof Instance) return readScript(opened, root);
  if (!(root instanceof Dict)) throw new ImportError('not-a-model', 'PyTorch file that holds no model');
  return readState(opened, root, options);
}

/** A checkpoint, or a state dict alone. */
function readState(opened: TorchFile, root: Dict, options: ImportOptions): Imported | Promise<Imported> {
  const state = root.entries.get('state_dict');
  const tensors = tensorsOf(opened, state instanceof Dict ? state : root);
  const names = [...tensors.keys()];
  if (names.some((name) => name.startsWith('estimator.')))
    return importCheckpoint(opened, root, tensors, options);
  if (tensors.has('in_mlps.0.0.weight'))
    return ddspPytorch().then(({ importState }) => importState(opened, tensors, options));
  const prefixes = [...new Set(names.map((name) => name.slice(0, name.indexOf('.') + 1) || name))];
  const found = prefixes.slice(0, 5).map((prefix) => `${prefix.slice(0, 40)}*`);
  throw new ImportError(
    'not-a-model',
    `PyTorch file of another network: looked for tensors estimator.* or in_mlps.*, found ${found.join(', ') || 'none'}`,
    { remedy: 'import a checkpoint of realtimeDDSP or a model of ddsp_pytorch' },
  );
}

/** Every tensor of a state dict, checked against the file. */
function tensorsOf(opened: TorchFile, state: Dict): Map<string, TensorRef> {
  const tensors = new Map<string, TensorRef>();
  for (const [name, value] of state.entries) {
    if (typeof name !== 'string' || !(value instanceof TensorRef)) continue;
    opened.check(name.slice(0, 80), value);
    tensors.set(name, value);
  }
  return tensors;
}

/** TorchScript: the network is some object among the attributes. */
function readScript(opened: TorchFile, root: Instance): Imported | Promise<Imported> {
  const queue: Instance[] = [root];
  const seen = new Set<Value>(queue);
  for (let i = 0; i < queue.length && i < MOST_OBJECTS; i++) {
    const at = queue[i];
    if (member(at, 'estimator') instanceof Instance && member(at, 'synth') instanceof Instance)
      return importNeutone(opened, at);
    if (member(at, 'in_mlps') instanceof Instance)
      return ddspPytorch().then(({ importScript }) => importScript(opened, root, at));
    if (!(at.state instanceof Dict)) continue;
    for (const value of at.state.entries.values()) {
      if (!(value instanceof Instance) || seen.has(value)) continue;
      seen.add(value);
      queue.push(value);
    }
  }
  throw new ImportError(
    'not-a-model',
    `PyTorch file of another network: an object of "${root.global.name.slice(0, 80)}"`,
    {
      remedy: 'import a checkpoint of realtimeDDSP or a model of ddsp_pytorch',
    },
  );
}
