import { describe, expect, it } from 'vitest';
import { type ConfigChanges, ConfigError, resolveConfig } from '../../../../src/train/config';
import { hopSamples, weightAt } from '../../../../src/train/learn/loss/terms';

const checked = (loss: object) => () => resolveConfig({ loss } as ConfigChanges);

describe('loss terms', () => {
  it('weights: a number stays, a linear one moves evenly and then stays', () => {
    expect([0, 7, 1e6].map((step) => weightAt(0.3, step))).toEqual([0.3, 0.3, 0.3]);
    const linear = { kind: 'linear', from: 2, to: 1, steps: 100 } as const;
    expect([0, 25, 100, Number.POSITIVE_INFINITY].map((step) => weightAt(linear, step))).toEqual([
      2, 1.75, 1, 1,
    ]);
  });

  it('hops: a share of the size up to 1, samples beyond', () => {
    expect([0.25, 0.1, 1, 2, 100].map((hop) => hopSamples(hop, 64))).toEqual([16, 6, 64, 2, 100]);
  });

  it('a configuration may have terms of every kind, with sizes, hops and schedules of their own', () => {
    expect(
      checked({
        hop: 0.5,
        terms: [
          { kind: 'magnitude', weight: 1, sizes: [128, 4096], hop: 32 },
          { kind: 'power', weight: { kind: 'linear', from: 0, to: 1, steps: 500 } },
          { kind: 'log', weight: 0 },
        ],
      }),
    ).not.toThrow();
  });

  it.each([
    [{ terms: [] }, /loss\.terms/],
    [{ terms: [{ kind: 'mel', weight: 1 }] }, /loss\.terms\.0\.kind.*power or magnitude or log/],
    [{ terms: [{ kind: 'log', weight: -1 }] }, /loss\.terms\.0\.weight/],
    [
      { terms: [{ kind: 'log', weight: { kind: 'linear', from: 1, to: 2 } }] },
      /loss\.terms\.0\.weight\.steps/,
    ],
    [{ terms: [{ kind: 'log', weight: { kind: 'square' } }] }, /loss\.terms\.0\.weight\.kind/],
    [{ terms: [{ kind: 'log', weight: 1, size: 64 }] }, /loss\.terms\.0\.size/],
    [
      { terms: [{ kind: 'log', weight: 1, sizes: [100] }] },
      /loss\.terms\.0\.sizes\.0: expected a power of two/,
    ],
    [{ hop: 2.5 }, /loss\.hop: expected a share of the size, above 0 to 1, or whole samples/],
    [{ hop: 65 }, /loss\.hop: expected at most .*64 samples/],
    [
      { terms: [{ kind: 'log', weight: 1, sizes: [32], hop: 33 }] },
      /loss\.terms\.0\.hop: expected at most .*32/,
    ],
    [{ sizes: [16384], terms: [{ kind: 'log', weight: 1, sizes: [65536] }] }, /loss\.terms\.0\.sizes/],
  ])('refuses %j', (loss, message) => {
    expect(checked(loss)).toThrow(ConfigError);
    expect(checked(loss)).toThrow(message);
  });
});
