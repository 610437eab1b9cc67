/** Configurations as OmegaConf 2.2 pickles them. */

import { Dict, Float, Global, Instance, List, Tuple, type Value } from '../torch/values';

/** A configuration as data: what is no object or list is a value. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | Float
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** A value that is that of another key of the root. */
export function reference(key: string): string {
  return `\${${key}}`;
}

const ANY = new Global('typing', 'Any');

/** @returns the node of a configuration, with its parts as nodes below it */
export function configuration(
  plain: Plain,
  key: string | null = null,
  parent: Instance | null = null,
): Instance {
  if (plain instanceof Float || typeof plain !== 'object' || plain === null) {
    const node = make('omegaconf.nodes', 'AnyNode');
    node.state = state(metadata('Metadata', key, null), parent, '_val', plain);
    return node;
  }
  const isList = Array.isArray(plain);
  const node = make(
    isList ? 'omegaconf.listconfig' : 'omegaconf.dictconfig',
    isList ? 'ListConfig' : 'DictConfig',
  );
  const content = isList
    ? new List(plain.map((item, i) => configuration(item, String(i), node)))
    : new Dict(new Map(Object.entries(plain).map(([name, item]) => [name, configuration(item, name, node)])));
  node.state = state(
    metadata('ContainerMetadata', key, isList ? 'list' : 'dict'),
    parent,
    '_content',
    content,
  );
  return node;
}

/** The part of a configuration under a key. */
export function part(node: Instance, key: string): Instance {
  const content = node.state instanceof Dict ? node.state.entries.get('_content') : null;
  const found = content instanceof Dict ? content.entries.get(key) : null;
  if (!(found instanceof Instance)) throw new Error(`configuration without ${key}`);
  return found;
}

function make(module: string, name: string): Instance {
  return new Instance(new Global(module, name), new Tuple());
}

function state(described: Instance, parent: Instance | null, name: string, value: Value): Dict {
  return new Dict(
    new Map<Value, Value>([
      ['_metadata', described],
      ['_parent', parent],
      [name, value],
    ]),
  );
}

function metadata(name: string, key: string | null, type: string | null): Instance {
  const node = make('omegaconf.base', name);
  node.state = new Dict(
    new Map<Value, Value>([
      ['ref_type', ANY],
      ['object_type', type === null ? null : new Global('__builtin__', type)],
      ['optional', true],
      ['key', key],
      ['flags', new Dict()],
      ['flags_root', false],
      ['resolver_cache', new Dict()],
      ...(type === null
        ? []
        : ([
            ['key_type', ANY],
            ['element_type', ANY],
          ] as const)),
    ]),
  );
  return node;
}
