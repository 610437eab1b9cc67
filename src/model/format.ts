/** Names that the reader and the writer of the model file share. */

import type { Metadata } from './schema';

/**
 * The largest absolute value in a tensor. It is a thousand times what training reaches, and small enough that nothing
 * overflows in the widest decoder: its state would stay NaN for ever.
 */
export const LARGEST_VALUE = 100_000;

/** Largest model file in bytes. The largest model of the reference implementation takes 13 MB. */
export const FILE_LIMIT = 256 * 2 ** 20;

export const FORMAT = 'ddsp-model';
/** The version that is written. It names the decoder's inputs. */
export const VERSION = '2';
/** Versions that can be read. In version 1 every decoder has the inputs f0 and loudness. */
export const READABLE_VERSIONS: readonly unknown[] = ['1', VERSION];

/** Sections of `__metadata__`, each a string of JSON, with the property of the model that it holds. */
export const METADATA_FIELDS: readonly (readonly [field: string, property: keyof Metadata])[] = [
  ['sample_rate', 'sampleRate'],
  ['frame_rate', 'frameRate'],
  ['analysis', 'analysis'],
  ['decoder', 'decoder'],
  ['synth', 'synth'],
  ['statistics', 'statistics'],
  ['about', 'about'],
];

/** Sections that a file may leave out. */
export const OPTIONAL_FIELDS: typeof METADATA_FIELDS = [['articulation', 'articulation']];
