import { expect, it } from 'vitest';
import { median, quantile } from '../../src/dsp/quantile';

it('gives quantiles between the two nearest values', () => {
  const values = [40, 10, 30, 20];
  expect([0, 0.25, 0.5, 1].map((share) => quantile(values, share))).toEqual([10, 17.5, 25, 40]);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([7])).toBe(7);
  expect(median([])).toBeNaN();
  expect(values).toEqual([40, 10, 30, 20]);
});
