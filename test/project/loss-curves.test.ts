import { describe, expect, it } from 'vitest';
import { LossRecorder, unsmoothed } from '../../src/project/loss-curves';
import type { StepLine } from '../../src/train/run/metrics-log';

const steps = ({ training }: { training: readonly number[] }) => training.filter((_, i) => i % 2 === 0);

describe('LossRecorder', () => {
  it('keeps a long course in few points, from its start to its end', () => {
    const recorder = new LossRecorder();
    for (let step = 1; step <= 100_000; step++) recorder.addStep(step, 10 / Math.sqrt(step));
    const kept = steps(recorder.curves);
    expect(kept.length).toBeLessThanOrEqual(512);
    expect(kept.length).toBeGreaterThan(200);
    expect(kept[0]).toBeLessThan(500);
    expect(kept.at(-1)).toBeGreaterThan(99_500);
    const gaps = new Set(kept.slice(1).map((step, i) => step - kept[i]));
    expect(gaps.size).toBe(1);
  });

  it('is the same curve after a resume', () => {
    const lines = Array.from({ length: 3000 }, (_, i) => stepLine(i + 1, Math.sin(i)));
    const whole = new LossRecorder();
    for (const { step, loss } of lines) whole.addStep(step, loss);
    const resumed = new LossRecorder({ steps: lines.slice(0, 1500), validations: [] });
    for (const { step, loss } of lines.slice(1500)) resumed.addStep(step, loss);
    expect(resumed.curves).toEqual(whole.curves);
  });

  it('is the same curve made from its own unsmoothed losses', () => {
    const recorder = new LossRecorder();
    for (let step = 1; step <= 3000; step++) recorder.addStep(step, 2 + Math.sin(step / 100));
    const { training } = recorder.curves;
    const again = new LossRecorder();
    for (const { step, loss } of unsmoothed(training)) again.addStep(step, loss);
    expect(again.curves.training.length).toBe(training.length);
    again.curves.training.forEach((value, i) => {
      expect(value).toBeCloseTo(training[i], 9);
    });
  });

  it('follows the loss: at once at the start, smoothly later', () => {
    const recorder = new LossRecorder();
    expect(recorder.addStep(1, 8)).toBe(8);
    expect(recorder.addStep(2, 4)).toBe(4);
    for (let step = 3; step < 1000; step++) recorder.addStep(step, 4);
    expect(recorder.addStep(1000, 24)).toBeCloseTo(5, 5);
  });
});

function stepLine(step: number, loss: number): StepLine {
  return { type: 'step', step, time: 0, loss, learningRate: 0, gradientNorm: 0, secondsPerExample: 0 };
}
