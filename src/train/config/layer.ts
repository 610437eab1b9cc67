/** Part of a configuration, and where it was read. */

import { isRecord, type Path } from './keys';

export class ConfigLayer {
  /**
   * @param values part of the tree, of any shape: it is checked when it is laid over the rest
   * @param locate where a path in it stands, e.g. `cello.yaml:12`; empty where the key says enough
   */
  constructor(
    readonly values: unknown,
    readonly locate: (path: Path) => string = () => '',
  ) {}

  has(path: Path): boolean {
    let node = this.values;
    for (const step of path) {
      if (!(isRecord(node) || Array.isArray(node)) || !Object.hasOwn(node, step)) return false;
      node = (node as Readonly<Record<string | number, unknown>>)[step];
    }
    return true;
  }
}
