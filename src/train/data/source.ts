/** The sources of recordings, and the error of a dataset that cannot be built. */

import { openPath, pathStamp } from '#open';
import { DdspError, type DdspErrorOptions } from '../../errors';
import { bytesInMemory, bytesOfBlob, type OpenContent } from '../../platform/bytes';

/**
 * Read a range at a time, by whichever thread makes the recording. Paths are for Node; bytes are for names that are
 * no UTF-8.
 */
export type AudioContent = Uint8Array | Blob | { readonly path: string | Uint8Array };

/** A recording: a file on disk, a file picked in a page, bytes in memory. */
export interface AudioSource {
  /** shown in errors and summaries; recordings are sorted by name */
  readonly name: string;
  readonly content: AudioContent;
}

/** The dataset cannot be built; the message says why and what to do. */
export class DatasetError extends DdspError {
  override readonly name = 'DatasetError';

  constructor(message: string, options?: DdspErrorOptions) {
    super('dataset', message, options);
  }
}

export async function openContent(content: AudioContent): Promise<OpenContent> {
  if ('path' in content) return openPath(content.path);
  const source = content instanceof Uint8Array ? bytesInMemory(content) : bytesOfBlob(content);
  return { ...source, close: async () => {} };
}

/**
 * A stamp that changes with the content, without reading the content.
 * @returns stamp: null if unknown
 */
export async function contentStamp(
  content: AudioContent,
): Promise<{ readonly size: number; readonly stamp: string | null }> {
  if ('path' in content) return pathStamp(content.path);
  if (content instanceof Uint8Array) return { size: content.length, stamp: null };
  const { lastModified } = content as Partial<File>;
  return { size: content.size, stamp: lastModified === undefined ? null : String(lastModified) };
}
