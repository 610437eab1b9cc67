/** What every importer makes of its file, before statistics and description are added. */

import type { About, Model, Statistics } from '../model';

export interface Imported {
  readonly model: Omit<Model, 'about' | 'statistics'>;
  /** what the file says of itself */
  readonly about: Partial<About>;
  /** where the file holds them */
  readonly statistics?: Partial<Statistics>;
  /** where it came from, as the object of "imported from"; null: `about` says all there is */
  readonly source: string | null;
  /** what was assumed or differs from the original, a sentence each */
  readonly notes: readonly string[];
}
