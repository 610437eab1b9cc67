/** How right the live tracker is, on the sounds of the bench; thresholds lie a little under what is measured. */

import { beforeAll, describe, expect, it } from 'vitest';
import { analyseFrames, analyseSignal } from '../../src/analysis/track';
import { defaultConfig } from '../../src/train/config';
import { frameTruth, type Material } from '../bench/pitch/material';
import { recorded } from '../bench/pitch/recorded';
import { type Score, Tally } from '../bench/pitch/score';
import { noisyTones, steadyTones, unpitched } from '../bench/pitch/synthetic';
import { type FrameShape, ours } from '../bench/pitch/trackers';

const { frameRate, analysis } = defaultConfig.model;
const shape: FrameShape = { sampleRate: 48000, frameRate, analysis };
/** 15 ms: half a window of 20 ms and a hop of 5. */
const quick: FrameShape = {
  sampleRate: 48000,
  frameRate: 200,
  analysis: { ...analysis, window: 960, pitchMin: 180 },
};

const truthOf = (material: Material, { frameRate: rate }: FrameShape) => frameTruth(material, 48000 / rate);

async function tally(materials: readonly Material[], by = shape): Promise<Tally> {
  const all = new Tally();
  for (const material of materials) all.add(truthOf(material, by), await ours.track(material.audio, by));
  return all;
}

describe.each([
  ['default', shape, 58],
  ['quick', quick, 180],
])('steady tones, %s', (_, by, lowest) => {
  it('of any waveform: median error far below a cent, none of 5', async () => {
    const errors: number[] = [];
    for (const material of steadyTones(9)) {
      const truth = truthOf(material, by);
      const { f0 } = await analyseSignal(material.audio, by);
      truth.forEach((hz, i) => {
        if (hz > lowest)
          errors.push(f0[i] > 0 ? Math.abs(1200 * Math.log2(f0[i] / hz)) : Number.POSITIVE_INFINITY);
      });
    }
    errors.sort((a, b) => a - b);
    expect(errors.length).toBeGreaterThan(500);
    expect(errors[errors.length >> 1]).toBeLessThan(0.05);
    expect(errors[errors.length - 1]).toBeLessThan(1.5);
  });
});

describe('sung and played', () => {
  let sung: Material[];
  let played: Material[];
  beforeAll(async () => {
    const all = await recorded();
    sung = all.filter(({ group }) => group === 'sung');
    played = all.filter(({ group }) => group === 'played');
  });

  it('sung: within 50 cents', async () => {
    const { score } = await tally(sung);
    expect(score.pitch).toBeGreaterThan(0.98);
    expect(score.recall).toBeGreaterThan(0.965);
    expect(score.octave).toBeLessThan(0.005);
    expect(score.falseAlarm).toBeLessThan(0.045);
  });

  it('played: within 50 cents, each instrument and on average', async () => {
    const scores: Score[] = [];
    for (const material of played) {
      const { score } = await tally([material]);
      expect(score.pitch, material.name).toBeGreaterThan(0.94);
      expect(score.octave, material.name).toBeLessThan(0.015);
      scores.push(score);
    }
    const mean = (key: 'pitch' | 'octave' | 'recall') =>
      scores.reduce((sum, score) => sum + score[key], 0) / scores.length;
    expect(mean('pitch')).toBeGreaterThan(0.985);
    expect(mean('recall')).toBeGreaterThan(0.98);
    expect(mean('octave')).toBeLessThan(0.005);
  });

  it('what is voiced and right is more than 0.97 of it, and what is played more still', async () => {
    const all = [...sung, ...played];
    let [strict, heard] = [0, 0];
    for (const material of all) {
      const truth = truthOf(material, shape);
      const { f0, heldF0 } = await analyseSignal(material.audio, shape);
      strict += new Tally().add(truth, { f0 }).score.pitch / all.length;
      heard += new Tally().add(truth, { f0: heldF0 }).score.pitch / all.length;
    }
    expect(strict).toBeGreaterThan(0.97);
    expect(heard).toBeGreaterThan(0.978);
  });

  it('instruments above 190 Hz with a latency of 15 ms', async () => {
    const high = played.filter(({ name }) => ['violin', 'flute', 'recorder', 'oboe'].includes(name));
    expect(high).toHaveLength(4);
    const { score } = await tally(high, quick);
    expect(score.pitch).toBeGreaterThan(0.985);
    expect(score.octave).toBeLessThan(0.01);
  });
});

it('in noise 10 dB below the tone there is hardly a wrong octave', async () => {
  const { score } = await tally(noisyTones().filter(({ name }) => name.includes('noise 10 dB')));
  expect(score.pitch).toBeGreaterThan(0.98);
  expect(score.octave).toBeLessThan(0.005);
});

describe('what has no pitch', () => {
  const sounds = unpitched();
  // two saws a semitone apart are, within a window, nearly one
  it.each(sounds.filter(({ name }) => name !== 'minor second'))(
    '$name is not confident',
    async ({ audio }) => {
      const { f0 } = await analyseSignal(audio, shape);
      expect(f0.filter((hz) => hz > 0).length / f0.length).toBeLessThan(0.02);
    },
  );

  it.each([
    ['C major', [0, 4, 7], 261.63],
    ['E flat major', [0, 4, 7], 311.13],
    ['A major', [0, 4, 7], 440],
    ['D minor', [0, 3, 7], 293.66],
    ['G minor, first inversion', [0, 4, 9], 233.08],
  ])('%s, of saws, is not confident, though a period may fit it', async (_, steps, root) => {
    const audio = Float32Array.from({ length: 24000 }, (_, n) =>
      steps.reduce((sum, step) => {
        const hz = root * 2 ** (step / 12);
        for (let k = 1; k * hz < 12000; k++)
          sum += (0.1 / k) * Math.sin((2 * Math.PI * k * hz * n) / 48000 + k * step);
        return sum;
      }, 0),
    );
    const { f0, confidence } = await analyseSignal(audio, shape);
    expect(f0.filter((hz) => hz > 0).length / f0.length).toBeLessThan(0.15);
    expect(Math.max(...confidence)).toBeLessThan(0.95);
  });
});

it('frames do not depend on those before', async () => {
  const [{ audio }] = steadyTones(2);
  const seen: number[] = [];
  await analyseFrames(audio, shape, {}, (analyser) => {
    const first = [analyser.f0, analyser.guess, analyser.confidence];
    analyser.run();
    expect([analyser.f0, analyser.guess, analyser.confidence]).toEqual(first);
    seen.push(analyser.f0);
  });
  expect(seen.some((hz) => hz > 0)).toBe(true);
});
