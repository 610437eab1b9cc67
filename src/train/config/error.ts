/** A configuration that cannot be trained with; the message names the key, and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
