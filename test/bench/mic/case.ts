/** One row or several of the table that `npm run bench:mic` prints. */

import type { Model } from '../../../src/model/model';
import type { Sounds } from './sounds';

export interface Figure {
  /** what was played or heard, for example `violin: crescendo` */
  readonly what: string;
  /** with its unit */
  readonly measured: string;
  /** what it must be; left out where the figure is only information */
  readonly required?: string;
  /** whether it is so; left out where nothing is required */
  readonly met?: boolean;
}

export interface NamedModel {
  readonly name: string;
  readonly model: Model;
}

export interface MicCase {
  /** `--only` compares with it */
  readonly name: string;
  /** the heading that the figures are printed under */
  readonly heading: string;
  /** @throws MissingSound if the data directory lacks what it needs; then the case is skipped, with a word */
  run(sounds: Sounds, models: readonly NamedModel[]): Promise<Figure[]>;
}
