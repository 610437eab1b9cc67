import { describe, expect, it } from 'vitest';
import { type MetricsLine, readLines, writeLine } from '../../../src/train/run/metrics-log';

const step = (number: number): MetricsLine => ({
  type: 'step',
  step: number,
  time: 1.5,
  loss: 0.1 * number,
  learningRate: 1e-3,
  gradientNorm: 2,
  secondsPerExample: 0.01,
});
const validation = (number: number): MetricsLine => ({
  type: 'validation',
  step: number,
  time: 2,
  loss: 1,
  logSpectralDistance: 2,
  spectralConvergence: 3,
  loudnessError: 4,
  mfccDistance: null,
});

describe('metrics.jsonl', () => {
  const lines = [validation(0), step(1), step(2), validation(2), step(3)];
  const text = lines.map(writeLine).join('');

  it('is one object a line', () => {
    expect(text.endsWith('}\n')).toBe(true);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((row) => JSON.parse(row)),
    ).toEqual(lines);
    expect(readLines(text)).toEqual(lines);
    expect(JSON.parse(writeLine({ ...validation(1), loss: Number.NaN } as MetricsLine)).loss).toBeNull();
  });

  it('ends at the step of the checkpoint a run goes on from, its validation included', () => {
    expect(readLines(text, 2)).toEqual(lines.slice(0, 4));
    expect(readLines(text, 0)).toEqual(lines.slice(0, 1));
  });

  it('loses the line in which a process was killed, wherever that was', () => {
    for (let cut = 1; cut <= writeLine(lines[4]).length; cut++) {
      expect(readLines(text.slice(0, -cut))).toEqual(lines.slice(0, 4));
    }
    expect(readLines('')).toEqual([]);
    expect(readLines(`${text}{"type":"ste\n\0\0\0\n{"type":"step"}\n[]\n7\n`)).toEqual(lines);
  });
});
