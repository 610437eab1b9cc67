/** Part of a configuration, and where it was read. */

import { type Path, valueAt } from './keys';

export class ConfigLayer {
  /**
   * @param values part of the tree, unchecked: `resolveConfig` checks it
   * @param locate says where a key was read, e.g. `cello.yaml:12`; empty if its path is enough
   */
  constructor(
    readonly values: unknown,
    readonly locate: (path: Path) => string = () => '',
  ) {}

  has(path: Path): boolean {
    return valueAt(this.values, path) !== undefined;
  }
}
