import { DdspError, type DdspErrorOptions } from '../errors';

/** Training cannot start or go on; the message says why and what to do. */
export class TrainingError extends DdspError {
  override readonly name: string = 'TrainingError';

  constructor(message: string, options?: DdspErrorOptions, code = 'training') {
    super(code, message, options);
  }
}

/** The loss grew without bound; the message says what was seen. The last checkpoint is from before that. */
export class DivergenceError extends TrainingError {
  override readonly name = 'DivergenceError';

  constructor(message: string, options?: DdspErrorOptions) {
    super(message, options, 'divergence');
  }
}
