/** Reads configurations: OmegaConf's nodes or plain dictionaries, with `${a.b}` resolved from the root. */

import { member } from '../../torch/member';
import { Dict, Instance, List, type Value } from '../../torch/values';

/** A configuration nests no deeper, and no value refers to another more often. */
const DEEPEST = 64;
/** Values that are looked up in a configuration, references included. */
const MOST_LOOKUPS = 10_000;

/** What a node of OmegaConf holds; any other value as it is. */
export function content(value: Value | undefined): Value | undefined {
  let at = value;
  for (let depth = 0; depth < DEEPEST; depth++) {
    if (!(at instanceof Instance) || !at.global.module.startsWith('omegaconf.')) return at;
    const { member: type } = at.global;
    at = member(at, type === 'DictConfig' || type === 'ListConfig' ? '_content' : '_val');
  }
  return undefined;
}

export class Configuration {
  /** the configuration that all others are part of; the node itself where nothing says more */
  readonly root: Value | undefined;
  #lookups = 0;

  /** @param node any part of it */
  constructor(node: Value | undefined) {
    let at = node;
    for (let depth = 0; depth < DEEPEST; depth++) {
      const parent = at instanceof Instance ? member(at, '_parent') : undefined;
      if (!(parent instanceof Instance)) break;
      at = parent;
    }
    this.root = at;
  }

  /** The value at a path of keys below `node`; undefined where there is none. */
  get(node: Value | undefined, ...path: readonly string[]): Value | undefined {
    let at = this.#resolve(content(node), 0);
    for (const key of path) at = this.#resolve(content(member(at, key)), 0);
    return at;
  }

  /** Keys and values of a dictionary, in its order; none where it is none. */
  entries(node: Value | undefined, ...path: readonly string[]): [key: string, value: Value][] {
    const found = this.get(node, ...path);
    const entries: [string, Value][] = [];
    if (!(found instanceof Dict)) return entries;
    for (const [key, value] of found.entries) {
      if (typeof key === 'string') entries.push([key, this.get(value) ?? null]);
    }
    return entries;
  }

  /** The items of a list; none where it is none. */
  items(node: Value | undefined, ...path: readonly string[]): Value[] {
    const found = this.get(node, ...path);
    return found instanceof List ? found.items.map((item) => this.get(item) ?? null) : [];
  }

  #resolve(value: Value | undefined, depth: number): Value | undefined {
    const path = typeof value === 'string' ? /^\$\{([\w.]{1,200})\}$/.exec(value)?.[1] : undefined;
    if (path === undefined) return value;
    if (depth > DEEPEST || ++this.#lookups > MOST_LOOKUPS) return undefined;
    let at: Value | undefined = content(this.root);
    for (const key of path.split('.')) at = this.#resolve(content(member(at, key)), depth + 1);
    return at;
  }
}
