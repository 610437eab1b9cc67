/** `ddsp config`: every key, as `ddsp train` would take it, in YAML. */

import { configYaml } from '../train/config';
import { type ConfigOptions, readSettings } from './settings';

export async function config(assignments: readonly string[], options: ConfigOptions): Promise<void> {
  process.stdout.write(configYaml(await readSettings(assignments, options)));
}
