/** What a loss is made of: spectral terms, and how their weights change while training. */

import type { LossConfig } from '../../config/config';

/** A loss: the sum over its terms of weight times term. */
export type SpectralTerms = LossConfig;

/** One term: the mean of a difference over FFT sizes, frames and bins. Without sizes or a hop it has the loss's. */
export type SpectralTerm = SpectralTerms['terms'][number];

/**
 * What a term compares, bin by bin, of the power spectrograms P (prediction) and T (target):
 * `power` |P - T|, `magnitude` |sqrt P - sqrt T|, `log` |log(P + 1e-4) - log(T + 1e-4)|.
 */
export type TermKind = SpectralTerm['kind'];

/** A constant, or a schedule that moves evenly over `steps` steps. */
export type Weight = SpectralTerm['weight'];

/** Hop in samples for frames of `size`. A `hop` up to 1 is a share of the size. */
export function hopSamples(hop: number, size: number): number {
  return hop <= 1 ? Math.max(1, Math.round(hop * size)) : hop;
}

/** @param step optimizer steps done before */
export function weightAt(weight: Weight, step: number): number {
  if (typeof weight === 'number') return weight;
  const { from, to, steps } = weight;
  return from + (to - from) * Math.min(1, step / steps);
}
