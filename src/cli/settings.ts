/** The configuration of `ddsp train` and `ddsp analyse`, as the command line changes it. */

import { defaultConfig, type TrainConfig } from '../train/config';
import { ConfigError } from '../train/config/error';
import { checkTrainConfig } from '../train/config/schema';
import { CliError, EXIT } from './errors';
import { applyOverrides } from './overrides';

/**
 * @param base what is changed: the defaults, or what a checkpoint was made with
 * @throws CliError naming the key
 */
export function readSettings(assignments: readonly string[], base: TrainConfig = defaultConfig): TrainConfig {
  const config = applyOverrides(base, assignments);
  try {
    checkTrainConfig(config);
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new CliError(cause.message, EXIT.usage, { cause });
  }
  return config;
}
