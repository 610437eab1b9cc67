import { describe, expect, it } from 'vitest';
import { LossRecorder } from '../../src/project/loss-curves';

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

  it('goes on where it was kept', () => {
    const whole = new LossRecorder();
    for (let step = 1; step <= 3000; step++) whole.addStep(step, Math.sin(step));
    const first = new LossRecorder();
    for (let step = 1; step <= 1500; step++) first.addStep(step, Math.sin(step));
    const second = new LossRecorder(first.curves);
    for (let step = 1501; step <= 3000; step++) second.addStep(step, Math.sin(step));
    expect(steps(second.curves)).toEqual(steps(whole.curves));
  });

  it('follows the loss: at once at the start, smoothly later', () => {
    const recorder = new LossRecorder();
    expect(recorder.addStep(1, 8)).toBe(8);
    expect(recorder.addStep(2, 4)).toBe(4);
    for (let step = 3; step < 1000; step++) recorder.addStep(step, 4);
    expect(recorder.addStep(1000, 24)).toBeCloseTo(5, 5);
  });

  it('has one validation a step', () => {
    const recorder = new LossRecorder();
    recorder.addValidation(0, 9, 40);
    recorder.addValidation(50, 5, 20);
    const resumed = new LossRecorder(recorder.curves);
    resumed.addValidation(50, 5, 20);
    resumed.addValidation(100, 4, 15);
    expect(resumed.curves.validation).toEqual([0, 9, 40, 50, 5, 20, 100, 4, 15]);
  });
});
