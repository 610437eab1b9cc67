/** Instruments with the kernels of this host. */

import { playModule } from '../../src/dsp/play-module';
import type { Model } from '../../src/model/model';
import type { Instrument } from '../../src/play/instrument';
import { instrumentFor as prepared } from '../../src/play/prepare';

export function instrumentFor(model: Model, sampleRate: number, hop?: number): Promise<Instrument> {
  return prepared(model, sampleRate, playModule(), hop);
}
