/**
 * Storage for the files of a run, such as a folder on disk (`RunFolder`). Names are relative and use forward
 * slashes.
 */

import { DdspError, type DdspErrorOptions } from '../../errors';

export interface RunStore {
  /** location of the store, for messages */
  readonly location: string;

  /** @returns the whole file, or null if it does not exist */
  read(name: string): Promise<Uint8Array | null>;

  /**
   * Replaces a file as a whole. Readers see the old content until the new content is complete. This also holds after an
   * error or a crash.
   */
  write(name: string, content: Uint8Array | string): Promise<void>;

  /** Appends to a file and creates it if needed. After an error the file is unchanged. */
  append(name: string, content: Uint8Array | string): Promise<void>;

  /** Removes a file. A missing file is not an error. */
  remove(name: string): Promise<void>;

  /** @returns the sorted names of the files in a folder, without folders; empty if the folder does not exist */
  list(folder: string): Promise<string[]>;
}

/**
 * A file of a run, or another file, cannot be read or written. The message names the file, the reason and what to do.
 */
export class FileError extends DdspError {
  override readonly name: string = 'FileError';

  constructor(message: string, options?: DdspErrorOptions, code = 'file') {
    super(code, message, options);
  }
}

/** The store of the run no longer exists, with all its files. Retrying does not help. */
export class LostRunError extends FileError {
  override readonly name = 'LostRunError';

  constructor(message: string, options?: DdspErrorOptions) {
    super(message, options, 'run-lost');
  }
}

/** The files of a run. */
export const RUN_FILES = {
  config: 'config.yaml',
  run: 'run.json',
  last: 'last.ckpt',
  best: 'best.ckpt',
  model: 'model.safetensors',
  metrics: 'metrics.jsonl',
  report: 'report.html',
} as const;

/** The folders of a run. */
export const RUN_FOLDERS = {
  /** the newest checkpoints, named by step; see `trainer.keepCheckpoints` */
  checkpoints: 'checkpoints',
  tensorboard: 'tensorboard',
  /** held-out originals */
  samples: 'samples',
} as const;

/** The files of an export. */
export const EXPORT_FILES = {
  /** default folder, inside the run */
  folder: 'export',
  model: 'model.safetensors',
  card: 'model.md',
  /** held-out originals and their reconstructions */
  sample: /^\d+-.*-(original|reconstruction)\.wav$/,
} as const;
