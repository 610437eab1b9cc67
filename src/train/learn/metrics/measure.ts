/** A measure of what a model makes of recordings. It keeps sums, so that threads can share the work. */

import type { ComparedSpectra, Sums } from './compared-spectra';
import type { Yardsticks } from './yardsticks';

export interface Measure {
  /** number of sums */
  readonly size: number;
  /** Adds the sums of one sound. */
  add(sums: Sums, spectra: ComparedSpectra): void;
  /** What all sounds give together; nothing that was not there to be measured. */
  result(sums: Sums): Yardsticks;
}
