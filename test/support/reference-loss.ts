import { defaultLoss, type SpectralTerms } from '../../src/train/learn/loss/terms';

/** realtimeDDSP's: half power, half logarithms. */
export const referenceLoss: SpectralTerms = {
  ...defaultLoss,
  terms: [
    { kind: 'power', weight: 0.5 },
    { kind: 'log', weight: 0.5 },
  ],
};
