/** Names that reader and writer of the model file share. */

import type { Metadata } from './schema';

/**
 * No value of a tensor is larger, whatever its sign: a thousand times what training reaches, and small enough that
 * nothing in a decoder of the largest width overflows, whose state would never be a number again.
 */
export const LARGEST_VALUE = 100_000;

export const FORMAT = 'ddsp-model';
/** The version that is written: its decoder names its inputs. */
export const VERSION = '2';
/** Versions that are read. In version 1 every decoder has the inputs f0 and loudness. */
export const READABLE_VERSIONS: readonly unknown[] = ['1', VERSION];

/** Sections of `__metadata__`, each a string of JSON, and the model's property each one holds. */
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
