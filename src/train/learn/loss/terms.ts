/** What a loss is made of: spectral terms, their scales, and how their weights change while training. */

/**
 * What a term compares, bin by bin, of the power spectrograms P (prediction) and T (target):
 * `power` |P - T|, `magnitude` |sqrt P - sqrt T|, `log` |log(P + 1e-4) - log(T + 1e-4)|.
 */
export type TermKind = 'power' | 'magnitude' | 'log';

/** Moves evenly from `from`, at the first step, to `to`, `steps` steps later, and stays there. */
export interface LinearSchedule {
  readonly kind: 'linear';
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}

/** A number is constant. */
export type Weight = number | LinearSchedule;

export interface SpectralTerm {
  readonly kind: TermKind;
  readonly weight: Weight;
  /** FFT sizes, powers of two from 32; a term is the mean over them. Without it the loss's own */
  readonly sizes?: readonly number[];
  /** samples from frame to frame: up to 1 a share of the size, else samples. Without it the loss's own */
  readonly hop?: number;
}

/** A loss: the sum over its terms of weight times term. */
export interface SpectralTerms {
  /** of the terms that have none of their own */
  readonly sizes: readonly number[];
  readonly hop: number;
  readonly terms: readonly SpectralTerm[];
}

/** Six sizes and magnitudes as in Engel et al. 2020, mostly logarithms: see docs/training.md. */
export const defaultLoss = {
  sizes: [64, 128, 256, 512, 1024, 2048],
  hop: 0.25,
  terms: [
    { kind: 'magnitude', weight: 0.2 },
    { kind: 'log', weight: 0.8 },
  ],
} as const satisfies SpectralTerms;

/** Samples from one frame of `size` to the next; see `SpectralTerm.hop`. */
export function hopSamples(hop: number, size: number): number {
  return hop <= 1 ? Math.max(1, Math.round(hop * size)) : hop;
}

/** @param step optimizer steps done before */
export function weightAt(weight: Weight, step: number): number {
  if (typeof weight === 'number') return weight;
  const { from, to, steps } = weight;
  return from + (to - from) * Math.min(1, step / steps);
}
