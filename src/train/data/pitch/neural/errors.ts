/** The error for a pitch network that cannot be used. It says which file, what is wrong, and what to do. */

import { FileError } from '../../../../errors';

export class PitchNetworkError extends FileError {
  override readonly name = 'PitchNetworkError';

  constructor(file: string, problem: string, remedy: string, options?: ErrorOptions) {
    super('pitch-network', file, problem, remedy, options);
  }
}
