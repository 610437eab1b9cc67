import { DdspError, type DdspErrorOptions } from '../../errors';

/** A configuration that cannot be trained with; the message names the key, and what was expected. */
export class ConfigError extends DdspError {
  override readonly name = 'ConfigError';

  constructor(message: string, options?: DdspErrorOptions) {
    super('config', message, options);
  }
}
