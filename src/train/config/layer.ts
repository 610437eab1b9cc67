/** Part of a configuration, and where it was read. */

import { type Path, valueAt } from './keys';

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
    return valueAt(this.values, path) !== undefined;
  }
}
