/** Where a dataset's recordings come from, and what stands in the way of making one. */

/** A recording: a file on disk, a file picked in a page, bytes in memory. */
export interface AudioSource {
  /** shown in errors and summaries, kept with every slice */
  readonly name: string;
  /** the whole file; called once, when its turn comes */
  bytes(): Promise<Uint8Array>;
}

/** No dataset can be made; the message says of what and why. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}
