import { describe, expect, it } from 'vitest';
import { DivergenceError } from '../../../src/train/errors';
import { NO_PROGRESS, TrainingProgress, type Validation } from '../../../src/train/learn/training-progress';

const figures = (step: number, loss: number, logSpectralDistance = loss): Validation => ({
  step,
  loss,
  logSpectralDistance,
  spectralConvergence: 1,
  loudnessError: 1,
  mfccDistance: 1,
});

describe('the best figure', () => {
  it('is the lowest of the chosen kind', () => {
    const progress = new TrainingProgress({ bestBy: 'logSpectralDistance', patience: 0 });
    expect(progress.validated(figures(0, 5, 20))).toBe(true);
    expect(progress.validated(figures(1, 4, 21))).toBe(false);
    expect(progress.validated(figures(2, 6, 20))).toBe(false);
    expect(progress.validated(figures(3, 6, 19))).toBe(true);
    expect(progress.state).toMatchObject({ best: { step: 3 }, latest: { step: 3 }, waited: 0 });
  });

  it('is never one that is no number, nor hidden by one', () => {
    const progress = new TrainingProgress({ bestBy: 'loss', patience: 0 });
    expect(progress.validated(figures(0, Number.NaN))).toBe(false);
    expect(progress.state.best).toBeNull();
    expect(progress.validated(figures(1, 3))).toBe(true);
    expect(progress.validated(figures(2, Number.NaN))).toBe(false);
    expect(progress.state).toMatchObject({ best: { step: 1 }, latest: { step: 2 }, waited: 1 });
    // another kind was chosen when the run was resumed, of which JSON knows only null
    const state = { ...NO_PROGRESS, best: JSON.parse(JSON.stringify(figures(0, 1, Number.NaN))) };
    expect(
      new TrainingProgress({ bestBy: 'logSpectralDistance', patience: 0 }, state).validated(figures(1, 9)),
    ).toBe(true);
  });

  it('is waited for as long as the patience lasts', () => {
    const waiting = (patience: number) => {
      const progress = new TrainingProgress({ bestBy: 'loss', patience });
      progress.validated(figures(0, 1));
      return [2, 3, 4].map((loss, i) => {
        progress.validated(figures(i + 1, loss));
        return progress.exhausted;
      });
    };
    expect(waiting(2)).toEqual([false, true, true]);
    expect(waiting(0)).toEqual([false, false, false]);
  });
});

describe('a loss that runs away', () => {
  const config = { bestBy: 'loss', patience: 0 } as const;
  /** After 50 steps of 2 and 3 in turn: the median is 2.5. */
  const settled = () => {
    const progress = new TrainingProgress(config);
    for (let step = 1; step <= 50; step++) progress.stepped(step, 2 + (step % 2), 'loss');
    return progress;
  };

  it('stops training after 100 steps far above what is usual, saying what was seen', () => {
    const progress = settled();
    for (let step = 51; step < 150; step++) progress.stepped(step, 20 + step, 'loss');
    expect(() => progress.stepped(150, 170, 'loss')).toThrow(DivergenceError);
    expect(() => progress.stepped(150, 170, 'loss')).toThrow(
      /step 150: .*diverged: the loss was about 2.50, has been above 12.5 for 100 steps, and is now 170/,
    );
  });

  it('casts doubt on the parameters before that', () => {
    const progress = settled();
    const doubts = Array.from({ length: 12 }, (_, i) => {
      progress.stepped(51 + i, 99, 'loss');
      return progress.suspicious;
    });
    expect(doubts.indexOf(true)).toBe(9);
    progress.stepped(63, 3, 'loss');
    expect(progress.suspicious).toBe(false);
  });

  it('is not one that jumps now and then, falls, or rises by and by', () => {
    const progress = settled();
    for (let step = 51; step < 500; step++) progress.stepped(step, step % 3 ? 2 : 1000, 'loss');
    for (let step = 500; step < 1000; step++) progress.stepped(step, 2 * 1.01 ** (step - 500), 'loss');
    const falling = new TrainingProgress(config);
    for (let step = 1; step < 500; step++) falling.stepped(step, 1e6 * 0.9 ** step, 'loss');
  });

  it('is not another loss', () => {
    const progress = settled();
    for (let step = 51; step < 500; step++) progress.stepped(step, 99, 'with another weight');
    // while weights move every loss is another
    for (let step = 500; step < 900; step++) progress.stepped(step, step ** 3, `weight ${step}`);
    expect(progress.suspicious).toBe(false);
  });

  it('is known to a resumed run', () => {
    const progress = new TrainingProgress(config, JSON.parse(JSON.stringify(settled().state)));
    for (let step = 51; step < 150; step++) progress.stepped(step, 99, 'loss');
    expect(() => progress.stepped(150, 99, 'loss')).toThrow(/diverged/);
  });

  it('stops training at once where it is not finite', () => {
    for (const loss of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new TrainingProgress(config).stepped(7, loss, 'loss')).toThrow(
        new RegExp(`step 7: the loss is ${loss}; the parameters are still those of step 6`),
      );
    }
  });
});
