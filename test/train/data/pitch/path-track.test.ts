import { beforeAll, describe, expect, it } from 'vitest';
import { analyseSignal, type Track } from '../../../../src/analysis/track';
import { Dips } from '../../../../src/train/data/pitch/dips';
import { trackPath } from '../../../../src/train/data/pitch/path-track';
import { frameTruth, type Material } from '../../../bench/pitch/material';
import { recorded } from '../../../bench/pitch/recorded';
import { type Score, Tally } from '../../../bench/pitch/score';
import {
  noisyTones,
  reverberated,
  steadyTones,
  unpitched,
  vibratoTones,
} from '../../../bench/pitch/synthetic';
import { randomiser } from '../../../support/kernels';

const shape = {
  sampleRate: 48000,
  frameRate: 50,
  analysis: { window: 1440, pitchMin: 50, pitchMax: 2000, threshold: 0.15 },
};
const HOP = 960;

async function judge(sounds: readonly Material[], track: typeof trackPath): Promise<Score> {
  const tally = new Tally();
  for (const sound of sounds) tally.add(frameTruth(sound, HOP), await track(sound.audio, shape));
  return tally.score;
}

describe('Viterbi beside the live tracker', () => {
  let sounds: Material[];
  beforeAll(async () => {
    sounds = await recorded();
  });

  it('sings at least as well', async () => {
    const sung = sounds.filter(({ group }) => group === 'sung');
    const path = await judge(sung, trackPath);
    expect(path.pitch).toBeGreaterThan(0.98);
    expect(path.pitch).toBeGreaterThanOrEqual((await judge(sung, analyseSignal)).pitch);
    expect(path.octave).toBeLessThan(0.005);
    expect(path.median).toBeLessThan(3);
    expect(path.falseAlarm).toBeLessThan(0.15);
  });

  it('plays at least as well', async () => {
    const played = sounds.filter(({ group }) => group === 'played');
    const path = await judge(played, trackPath);
    expect(path.pitch).toBeGreaterThan(0.98);
    expect(path.pitch).toBeGreaterThanOrEqual((await judge(played, analyseSignal)).pitch);
    expect(path.octave).toBeLessThan(0.005);
    expect(path.median).toBeLessThan(1);
  });

  it('is right on steady tones of any waveform, and follows vibrato', async () => {
    const steady = await judge(steadyTones(), trackPath);
    expect(steady.pitch).toBeGreaterThan(0.99);
    expect(steady.worst).toBeLessThan(5);
    const vibrato = await judge(vibratoTones(), trackPath);
    expect(vibrato.pitch).toBe(1);
    expect(vibrato.median).toBeLessThan(2);
  });

  it('finds tones in noise and in reverb', async () => {
    expect((await judge(noisyTones(), trackPath)).pitch).toBeGreaterThan(0.98);
    expect((await judge(reverberated(), trackPath)).pitch).toBeGreaterThan(0.92);
  });

  it('finds no pitch in noise, breath and silence', async () => {
    for (const { name, audio } of unpitched()) {
      if (!/noise|breath|hiss|silence/.test(name)) continue;
      const { f0 } = await trackPath(audio, shape);
      expect(f0.filter((hz) => hz > 0).length, name).toBe(0);
    }
  });
});

/** A harmonic tone of 220 Hz that for a while has hardly any odd harmonics. */
function nearlyAnOctave(seconds: number): Float32Array {
  return Float32Array.from({ length: seconds * 48000 }, (_, n) => {
    const t = n / 48000;
    const odd = t > 0.5 && t < 0.6 ? 0.12 : 1;
    return [1, 2, 3, 4].reduce(
      (sum, k) => sum + ((k % 2 ? odd : 1) * 0.2 * Math.sin(2 * Math.PI * 220 * k * t + k)) / k,
      0,
    );
  });
}

describe('a path through a recording', () => {
  const cents = (hz: number, to: number) => Math.abs(1200 * Math.log2(hz / to));

  it('stays where the first dip is an octave above', async () => {
    const path = await trackPath(nearlyAnOctave(1), shape);
    // the first and the last window are half empty
    for (const hz of path.f0.slice(1, -1)) expect(cents(hz, 220)).toBeLessThan(5);
  });

  it('has the frames, the loudness and on clear tones the pitch of the live tracker', async () => {
    const audio = nearlyAnOctave(0.4);
    const [live, path] = [await analyseSignal(audio, shape), await trackPath(audio, shape)];
    expect(path.loudness).toEqual(live.loudness);
    expect(path.confidence.length).toBe(live.confidence.length);
    for (let i = 1; i < live.f0.length - 1; i++) {
      expect(cents(path.f0[i], live.f0[i])).toBeLessThan(0.5);
      expect(path.confidence[i]).toBeCloseTo(live.confidence[i], 1);
    }
  });

  it('keeps to the range', async () => {
    const settings = { ...shape, analysis: { ...shape.analysis, pitchMin: 150, pitchMax: 400 } };
    const tone = Float32Array.from(
      { length: 48000 },
      (_, n) => 0.5 * Math.sin((2 * Math.PI * 600 * n) / 48000),
    );
    const { f0 } = await trackPath(tone, settings);
    for (const hz of f0) if (hz > 0) expect(hz >= 149 && hz <= 401).toBe(true);
  });

  it('holds the last pitch in silence, 440 before any', async () => {
    const tone = nearlyAnOctave(0.4);
    const audio = new Float32Array(72_000);
    audio.set(tone, 24_000);
    const { f0, heldF0 } = await trackPath(audio, shape);
    expect([f0[5], heldF0[5]]).toEqual([0, 440]);
    expect(f0[70]).toBe(0);
    expect(cents(heldF0[70], 220)).toBeLessThan(30);
  });

  it('works through more frames than it keeps undecided', async () => {
    const settings = { ...shape, frameRate: 1000 };
    const audio = new Float32Array(48000 * 6);
    for (let n = 0; n < audio.length; n++) {
      audio[n] = 0.4 * Math.sin((2 * Math.PI * (n < audio.length / 2 ? 300 : 330) * n) / 48000);
    }
    const { f0 } = await trackPath(audio, settings);
    expect(f0.length).toBe(6000);
    const wrong = (track: Float32Array, hz: number) => track.filter((found) => cents(found, hz) > 5).length;
    expect(wrong(f0.slice(20, 2980), 300) + wrong(f0.slice(3020, 5980), 330)).toBe(0);
  }, 120_000);

  it('keeps the octave of breathy notes, as loud as half of their tone', async () => {
    const random = randomiser(74);
    for (const hz of [294, 587, 880]) {
      const tone = 0.1 * Math.SQRT2;
      const audio = Float32Array.from({ length: 96_000 }, (_, n) => {
        // uniform noise 3 dB below the tone
        const noise = 0.1 * Math.sqrt(3 / 2) * (2 * random() - 1);
        return tone * Math.sin((2 * Math.PI * hz * n) / 48_000) + noise;
      });
      const { f0 } = await trackPath(audio, shape);
      const inside = f0.slice(3, -3);
      expect(inside.filter((found) => !(cents(found, hz) < 300)).length, `${hz} Hz`).toBe(0);
      const right = inside.filter((found) => cents(found, hz) < 50).length;
      expect(right / inside.length, `${hz} Hz`).toBeGreaterThan(0.8);
    }
  });

  it('tells how far it is, and stops when told to', async () => {
    const audio = new Float32Array(48000 * 60);
    const shares: number[] = [];
    const controller = new AbortController();
    const onProgress = (share: number) => {
      shares.push(share);
      if (share > 0.5) controller.abort(new Error('enough'));
    };
    await expect(trackPath(audio, shape, { onProgress, signal: controller.signal })).rejects.toThrow(
      'enough',
    );
    expect(shares[0]).toBe(0);
    expect(shares.at(-1)).toBeLessThan(1);
  });

  it('answers an empty recording with an empty track', async () => {
    const { f0 }: Track = await trackPath(new Float32Array(0), shape);
    expect(f0.length).toBe(0);
  });
});

describe('dips', () => {
  const find = (depths: Record<number, number>) => {
    const normalised = new Float32Array(200).fill(0.9);
    for (const [lag, depth] of Object.entries(depths)) normalised[Number(lag)] = depth;
    const dips = new Dips();
    // of so many samples that every lag has all
    dips.find(normalised, 20, 190, 1e6);
    return dips;
  };
  const sum = (dips: Dips) => dips.probabilities.slice(0, dips.count).reduce((a, b) => a + b, 0);

  it('share the probability that there is a pitch', () => {
    const clear = find({ 50: 0.02, 100: 0.01, 150: 0.03 });
    expect([...clear.lags.slice(0, clear.count)]).toEqual([50, 100, 150]);
    expect(sum(clear)).toBeGreaterThan(0.95);
    expect(clear.probabilities[0]).toBeGreaterThan(clear.probabilities[1]);
    // a longer period that is no better adds nothing
    expect(clear.probabilities[2]).toBe(0);
    const vague = find({ 50: 0.5, 100: 0.45 });
    expect(sum(vague)).toBeLessThan(0.05);
  });

  it('prefer the earlier the nearer it is to the lowest', () => {
    const near = find({ 50: 0.03, 100: 0.01 });
    const far = find({ 50: 0.2, 100: 0.01 });
    expect(near.probabilities[0]).toBeGreaterThan(near.probabilities[1]);
    expect(far.probabilities[0]).toBeLessThan(0.2 * far.probabilities[1]);
  });

  it('are none where nothing dips', () => {
    expect(find({}).count).toBe(0);
  });
});
