/** Finds out which model a file holds, and calls its importer, which is loaded then. */

import { member } from '../torch/member';
import { isTorchFile, openTorchFile, type TorchFile } from '../torch/torch-file';
import { Dict, Instance, TensorRef, type Value } from '../torch/values';
import { ImportError } from './errors';
import type { Imported } from './imported';
import type { ImportOptions } from './options';

/** Objects that are looked at in search of the network. */
const MOST_OBJECTS = 10_000;

/** @throws ImportError */
export async function readForeign(file: Uint8Array, options: ImportOptions): Promise<Imported> {
  if (!isTorchFile(file)) throw (await import('./identify')).notTorch(file);
  const opened = openTorchFile(file);
  const { root } = opened;
  if (root instanceof Instance) return readScript(opened, root);
  if (!(root instanceof Dict)) throw new ImportError('not-a-model', 'PyTorch file that holds no model');
  return readState(opened, root, options);
}

/** A checkpoint, or a state dict alone. */
async function readState(opened: TorchFile, root: Dict, options: ImportOptions): Promise<Imported> {
  const state = root.entries.get('state_dict');
  const tensors = tensorsOf(opened, state instanceof Dict ? state : root);
  const names = [...tensors.keys()];
  if (names.some((name) => name.startsWith('estimator.')))
    return (await import('./realtime-ddsp/checkpoint')).importCheckpoint(opened, root, tensors, options);
  if (tensors.has('in_mlps.0.0.weight'))
    return (await import('./ddsp-pytorch/files')).importState(opened, tensors, options);
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
async function readScript(opened: TorchFile, root: Instance): Promise<Imported> {
  const queue: Instance[] = [root];
  const seen = new Set<Value>(queue);
  for (let i = 0; i < queue.length && i < MOST_OBJECTS; i++) {
    const at = queue[i];
    if (member(at, 'estimator') instanceof Instance && member(at, 'synth') instanceof Instance)
      return (await import('./realtime-ddsp/neutone')).importNeutone(opened, at);
    if (member(at, 'in_mlps') instanceof Instance)
      return (await import('./ddsp-pytorch/files')).importScript(opened, root, at);
    // several objects may share their attributes
    if (!(at.state instanceof Dict) || seen.has(at.state)) continue;
    seen.add(at.state);
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
