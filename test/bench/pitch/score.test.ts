import { describe, expect, it } from 'vitest';
import { score, Tally } from './score';

describe('scores', () => {
  // The expected values are mir_eval 0.8.2's (melody.raw_pitch_accuracy and so on) for the same arrays.
  const truth = [220, 220, 220, 220, 0, 0, 440, 440, Number.NaN, 330];
  const f0 = [220, 226, 227, 440, 0, 100, 110, 440, 50, 0];

  it('are those of mir_eval', () => {
    const found = score(truth, { f0 });
    expect(found.pitch).toBeCloseTo(3 / 7, 12);
    expect(found.chroma).toBeCloseTo(5 / 7, 12);
    expect(found.sure).toBeCloseTo(3 / 7, 12);
    expect(found.recall).toBeCloseTo(6 / 7, 12);
    expect(found.falseAlarm).toBeCloseTo(1 / 2, 12);
  });

  it('count octave errors, gross errors and the errors of hits', () => {
    const found = score(truth, { f0 });
    expect(found.octave).toBeCloseTo(2 / 7, 12);
    expect(found.gross).toBeCloseTo(3 / 6, 12);
    expect(found.median).toBe(0);
    expect(found.worst).toBeCloseTo(1200 * Math.log2(226 / 220), 9);
    expect([found.pitchedFrames, found.unpitchedFrames]).toEqual([7, 2]);
  });

  it('let a tracker guess a pitch where it says that there is none', () => {
    const voiced = f0.map(() => 0);
    const found = score(truth, { f0, voiced });
    expect(found.pitch).toBeCloseTo(3 / 7, 12);
    expect([found.sure, found.recall, found.falseAlarm]).toEqual([0, 0, 0]);
  });

  it('add up over sounds, frame by frame', () => {
    const tally = new Tally().add(truth.slice(0, 4), { f0: f0.slice(0, 4) });
    expect(tally.add(truth.slice(4), { f0: f0.slice(4) }).score).toEqual(score(truth, { f0 }));
  });

  it('refuse another number of frames', () => {
    expect(() => score(truth, { f0: [1] })).toThrow('1 estimates for 10 frames');
  });
});
