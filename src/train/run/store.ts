/**
 * Where the files of a run live. A folder on disk is one (`RunFolder`); a page can keep them in its private
 * storage. Names are relative, with forward slashes.
 */

import { DdspError, type DdspErrorOptions } from '../../errors';

export interface RunStore {
  /** where it is, as a person would find it */
  readonly location: string;

  /** @returns the whole file, or null where there is none */
  read(name: string): Promise<Uint8Array | null>;

  /**
   * Replaces a file as a whole. Whoever reads it meanwhile, or after the process died on the way, finds the
   * old one; so it is after an error.
   */
  write(name: string, content: Uint8Array | string): Promise<void>;

  /** Adds to the end of a file, making it where there is none. After an error it is as long as before. */
  append(name: string, content: Uint8Array | string): Promise<void>;

  /** No error where there is none. */
  remove(name: string): Promise<void>;

  /** @returns the names of the files in a folder (not of folders), sorted; none where there is no such folder */
  list(folder: string): Promise<string[]>;
}

/** A file of a run cannot be read or written; the message names it, the reason and what to do. */
export class StoreError extends DdspError {
  override readonly name: string = 'StoreError';

  constructor(message: string, options?: DdspErrorOptions, code = 'run-store') {
    super(code, message, options);
  }
}

/** The store itself is gone: nothing can be written to it any more, and trying again does not help. */
export class LostStoreError extends StoreError {
  override readonly name = 'LostStoreError';

  constructor(message: string, options?: DdspErrorOptions) {
    super(message, options, 'run-store-lost');
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
  /** the newest checkpoints under their steps, where a run keeps some */
  checkpoints: 'checkpoints',
  tensorboard: 'tensorboard',
  /** held-out originals */
  samples: 'samples',
} as const;

/** The files of an export. */
export const EXPORT_FILES = {
  /** the folder inside a run, by default */
  folder: 'export',
  model: 'model.safetensors',
  card: 'model.md',
  /** held-out originals and their reconstructions */
  sample: /^\d+-.*-(original|reconstruction)\.wav$/,
} as const;
