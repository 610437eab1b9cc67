/** `ddsp config`: prints the configuration that `ddsp train` would use, as YAML. */

import { configYaml } from '../train/config';
import { type ConfigOptions, readSettings } from './settings';

export async function config(
  assignments: readonly string[],
  { comments, ...options }: ConfigOptions & { readonly comments?: boolean },
): Promise<void> {
  process.stdout.write(configYaml(await readSettings(assignments, options), { comments }));
}
