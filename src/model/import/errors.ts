import { DdspError, type DdspErrorOptions } from '../../errors';

/**
 * Why a file was not imported.
 *
 * - `empty`: the file has no bytes
 * - `not-a-model`: the file is something else, or a network of another kind
 * - `container`: the zip archive around the model is damaged or not as PyTorch writes it
 * - `pickle`: the pickled object is damaged, or holds something that is not on the allow-list
 * - `tensor`: a tensor is missing, damaged, too large, or of the wrong shape
 * - `unsupported`: a model of a known kind with a part that this library does not play
 * - `option`: an import option is missing, unknown or out of range
 */
export type ImportErrorCode =
  | 'empty'
  | 'not-a-model'
  | 'container'
  | 'pickle'
  | 'tensor'
  | 'unsupported'
  | 'option';

const LONGEST_MESSAGE = 500;

/** A file that was not imported. Nothing of it is used. */
export class ImportError extends DdspError {
  override readonly name = 'ImportError';
  declare readonly code: ImportErrorCode;

  constructor(code: ImportErrorCode, message: string, options?: DdspErrorOptions) {
    super(code, shown(message), options);
  }
}

/** Names in a message come from the file: they may be long, or not for terminals. */
function shown(message: string): string {
  return message.replace(/\p{C}/gu, '?').slice(0, LONGEST_MESSAGE);
}
