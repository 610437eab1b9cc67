/** Files of acids-ircam/ddsp_pytorch: the state dict of a training run, and the TorchScript export. */

import { member } from '../../torch/member';
import type { TorchFile } from '../../torch/torch-file';
import { type Instance, TensorRef, type Value } from '../../torch/values';
import { ImportError } from '../errors';
import type { Imported } from '../imported';
import type { ImportOptions } from '../options';
import type { NamedTensor } from '../realtime-ddsp/decoder';
import { convertNetwork, type Loudness } from './network';

/** @param tensors the state dict, checked */
export function importState(
  file: TorchFile,
  tensors: ReadonlyMap<string, TensorRef>,
  { config = '' }: ImportOptions,
): Imported {
  const find = (name: string): NamedTensor | undefined => {
    const tensor = tensors.get(name);
    return tensor && { shape: tensor.shape, values: () => file.values(name, tensor) };
  };
  return convertNetwork(find, setting(config, 'mean_loudness'), setting(config, 'std_loudness'), {
    source: 'a state dict of ddsp_pytorch',
  });
}

/**
 * @param root has the loudness of the training data
 * @param network the object with attributes `in_mlps`, `gru` and so on
 */
export function importScript(file: TorchFile, root: Instance, network: Instance): Imported {
  const scalar = (name: string): Loudness => {
    const found = member(root, name);
    return found instanceof TensorRef ? file.values(name, found)[0] : undefined;
  };
  const name = /^ddsp_(.{1,80})_pretrained$/.exec(file.folder)?.[1];
  return convertNetwork(
    (path) => tensorAt(file, network, path),
    scalar('mean_loudness'),
    scalar('std_loudness'),
    {
      source: 'an export of ddsp_pytorch',
      ...(name && { name }),
      ...(member(root, 'realtime') === true && {
        note: 'The original plays without its reverb, which is kept here: turn reverb to 0 for the same.',
      }),
    },
  );
}

function tensorAt(file: TorchFile, network: Value, path: string): NamedTensor | undefined {
  const found = path.split('.').reduce<Value | undefined>((at, key) => member(at, key), network);
  if (!(found instanceof TensorRef)) return undefined;
  return { shape: found.shape, values: () => file.values(path, found) };
}

/** A number of `config.yaml`, wherever it stands. @throws ImportError for one that is no number */
function setting(config: string, name: string): Loudness {
  const text = new RegExp(`^[ \\t]*${name}:[ \\t]*(\\S+)`, 'm').exec(config)?.[1];
  if (text === undefined || text === 'null') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value))
    throw new ImportError('option', `config: ${name} is ${text.slice(0, 40)}, expected a number`);
  return value;
}
