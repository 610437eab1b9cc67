import { DdspError, type DdspErrorOptions } from '../errors';

/** Training cannot start or continue; the message says why and what to do. */
export class TrainingError extends DdspError {
  override readonly name: string = 'TrainingError';

  constructor(message: string, options?: DdspErrorOptions, code = 'training') {
    super(code, message, options);
  }
}

/** Training diverged; the message gives the figures. The last checkpoint was saved before. */
export class DivergenceError extends TrainingError {
  override readonly name = 'DivergenceError';

  constructor(message: string, options?: DdspErrorOptions) {
    super(message, options, 'divergence');
  }
}
