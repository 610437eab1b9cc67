/** Reads the configuration from files and assignments on the command line. */

import {
  ConfigError,
  ConfigLayer,
  readAssignments,
  readConfigYaml,
  resolveConfig,
  type TrainConfig,
} from '../train/config';
import { readBytes } from '../train/run/disk';
import { CliError, EXIT } from './errors';

export interface ConfigOptions {
  /** YAML files; later ones override earlier ones */
  readonly config?: readonly string[];
}

/**
 * Merges, in this order: defaults, stored configuration, files, assignments.
 * @param stored the configuration of a checkpoint, and the checkpoint's path
 * @throws CliError naming file, line and key
 */
export async function readSettings(
  assignments: readonly string[],
  { config: files = [] }: ConfigOptions,
  stored?: { readonly config: unknown; readonly file: string },
): Promise<TrainConfig> {
  const texts = await Promise.all(files.map(async (file) => new TextDecoder().decode(await readBytes(file))));
  try {
    return resolveConfig(
      ...(stored ? [new ConfigLayer(stored.config, () => stored.file)] : []),
      ...files.map((file, i) => readConfigYaml(texts[i], file)),
      readAssignments(assignments),
    );
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new CliError(cause.message, EXIT.usage, { cause });
  }
}
