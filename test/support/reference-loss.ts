import { defaultConfig } from '../../src/train/config';
import type { SpectralTerms } from '../../src/train/learn/loss/terms';

/** realtimeDDSP's: half power, half logarithms. */
export const referenceLoss: SpectralTerms = {
  ...defaultConfig.loss,
  terms: [
    { kind: 'power', weight: 0.5 },
    { kind: 'log', weight: 0.5 },
  ],
};
