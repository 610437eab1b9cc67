/** Recordings that teach little or nothing, and what is said of them. */

import { describe, expect, it } from 'vitest';
import { writeWav } from '../../../src/audio/wav';
import { Dataset, type DatasetOptions } from '../../../src/train/data/dataset';
import type { AudioSource } from '../../../src/train/data/source';
import { randomiser } from '../../support/kernels';

const RATE = 16_000;
const options: DatasetOptions = {
  sampleRate: RATE,
  frameRate: 100,
  analysis: { window: 1024, pitchMin: 65, pitchMax: 1000, threshold: 0.2, dip: 'clear' },
  workers: 1,
};

const sample = (seconds: number, value: (t: number) => number) =>
  Float32Array.from({ length: seconds * RATE }, (_, n) => value(n / RATE));

/** A tone with harmonics, 1/k each. */
function tone(hz: number, level = 0.2): (t: number) => number {
  const count = Math.min(8, Math.floor(RATE / 2 / hz));
  return (t) => {
    let sum = 0;
    for (let k = 1; k <= count; k++) sum += (level / k) * Math.sin(2 * Math.PI * k * hz * t);
    return sum;
  };
}

function wav(channels: Float32Array | readonly [Float32Array, Float32Array]): Uint8Array {
  if (channels instanceof Float32Array) return writeWav(channels, RATE, { float: true });
  const [left, right] = channels;
  const mixed = Float32Array.from({ length: 2 * left.length }, (_, i) => (i % 2 ? right : left)[i >> 1]);
  const bytes = writeWav(mixed, RATE, { float: true });
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint16(22, 2, true);
  view.setUint16(32, 8, true);
  view.setUint32(28, 8 * RATE, true);
  return bytes;
}

const make = (...recordings: (Float32Array | readonly [Float32Array, Float32Array])[]) => {
  const sources = recordings.map((sound, i): AudioSource => ({ name: `${i}.wav`, content: wav(sound) }));
  return Dataset.fromFiles(sources, options);
};
const notes = async (sound: Float32Array | readonly [Float32Array, Float32Array]) =>
  (await make(sound)).summary.recordings[0].notes;
const noise = (seconds: number, seed = 1) => {
  const random = randomiser(seed);
  return sample(seconds, () => 0.2 * (2 * random() - 1));
};

describe('a recording that is well is not found fault with', () => {
  it.each([70, 110, 220, 440, 880, 970])('%d Hz', async (hz) => {
    expect(await notes(sample(2, tone(hz)))).toEqual([]);
  });

  it('with samples that hit every crest', async () => {
    expect(await notes(sample(2, (t) => 0.5 * Math.cos(2 * Math.PI * 800 * t)))).toEqual([]);
  });

  it('at full scale', async () => {
    const loud = sample(2, (t) => 0.99999 * Math.sin(2 * Math.PI * 100 * t));
    expect(await notes(loud)).toEqual([]);
  });
});

describe('notes outside the range of the pitch', () => {
  it('below: with the pitch, and the window that they need', async () => {
    const [note] = await notes(sample(4, (t) => tone(t < 2 ? 41.2 : 110)(t)));
    expect(note).toMatch(/^\d+% of its pitched sound is below 65 Hz \(about 41 Hz\): set data.pitchMin and/);
    expect(note).toMatch(/model.analysis.pitchMin to 38$/);
  });

  it('with a longer window where the one that there is does not hold them', async () => {
    const content = wav(sample(4, (t) => tone(t < 2 ? 27.5 : 110)(t)));
    const analysis = { ...options.analysis, window: 512 };
    const { summary } = await Dataset.fromFiles([{ name: 'low', content }], { ...options, analysis });
    const [note] = summary.recordings[0].notes;
    expect(note).toMatch(/\(about 2[78] Hz\).*and model.analysis.window to \d+$/);
    expect(Number(note.match(/\d+$/)![0])).toBeGreaterThanOrEqual((4 / 3) * (RATE / 27.5));
  });

  it('alone are refused, with the same figures', async () => {
    await expect(make(sample(2, tone(41.2)))).rejects.toThrow(
      /no frame of 1 recording has a pitch between 65 and 1000 Hz: 0.wav: 100% of its .*about 41 Hz\): set data/,
    );
  });

  it('above, in part of a recording', async () => {
    const both = sample(4, (t) => (t < 2 ? tone(330)(t) : tone(1760)(t)));
    const [note] = await notes(both);
    expect(note).toMatch(
      /^[45]\d% of its pitched sound is above 1000 Hz \(about 176\d Hz\): set data.pitchMax/,
    );
  });
});

describe('sound that is broken', () => {
  it('is clipped: at full scale, and where it was turned down later', async () => {
    const over = (t: number) => 1.5 * Math.sin(2 * Math.PI * 220 * t);
    for (const limit of [1, 0.6]) {
      const clipped = sample(2, (t) => Math.max(-limit, Math.min(limit, over(t))));
      expect(await notes(clipped)).toEqual([
        expect.stringMatching(
          /it is clipped \(\d\d% of its samples are cut off\): record it again with a lower/,
        ),
      ]);
    }
    // a short overload among quiet notes
    const burst = sample(4, (t) => (t < 0.05 ? Math.max(-1, Math.min(1, over(t))) : 0.2 * over(t)));
    expect(await notes(burst)).toEqual([expect.stringMatching(/it is clipped \(0\.\d+% of its samples/)]);
  });

  it('has channels that cancel, and is told so although nothing is left of it', async () => {
    const left = sample(2, tone(220));
    const right = left.map((value) => -value);
    await expect(make([left, right])).rejects.toThrow(
      /nothing to train on: 1 recording is silent throughout .*0.wav: its channels cancel .*99 dB are lost/,
    );
  });
});

describe('sound without pitch', () => {
  it('alone is refused: nothing is made up in its place', async () => {
    await expect(make(noise(2), noise(2, 2))).rejects.toThrow(
      /no frame of 2 recordings has a pitch between 65 and 1000 Hz: 0.wav: only 0% of .*: record single notes and melodies/,
    );
  });

  it('for the most part is warned of, with figures', async () => {
    const { summary, statistics } = await make(noise(8), sample(1, tone(220)));
    expect(summary.warnings).toEqual([
      expect.stringMatching(/^only 11% of the frames of 2 recordings have a pitch between 65 and 1000 Hz/),
    ]);
    expect(summary.recordings.map((one) => one.notes)).toEqual([
      [expect.stringMatching(/^only 0% of its frames have a pitch: record single notes/)],
      [],
    ]);
    for (const hz of statistics.f0) expect(hz).toBeCloseTo(220, -1);
    expect((await make(sample(2, tone(220)))).summary.warnings).toEqual([]);
  });
});
