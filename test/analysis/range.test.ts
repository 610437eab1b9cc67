/** What lies above the range, and voices whose periods are unlike each other. */

import { describe, expect, it } from 'vitest';
import { analyseSignal } from '../../src/analysis/track';
import { defaultConfig } from '../../src/train/config';
import { synthesise, waveforms } from '../bench/pitch/waveforms';
import { randomiser } from '../support/kernels';

const { sampleRate, frameRate, analysis } = defaultConfig.model;
const settings = { sampleRate, frameRate, analysis };

/** f0 of the frames whose windows lie within the sound */
async function heard(audio: Float32Array, pitchMax = analysis.pitchMax): Promise<number[]> {
  const { f0 } = await analyseSignal(audio, { ...settings, analysis: { ...analysis, pitchMax } });
  return [...f0].slice(6, -3);
}

function whistle(hz: number, noise: number): Float32Array {
  const random = randomiser(Math.round(hz));
  return Float32Array.from({ length: 12_000 }, (_, i) => {
    const phase = (2 * Math.PI * hz * i) / sampleRate;
    return 0.5 * Math.sin(phase) + 0.1 * Math.sin(2 * phase) + noise * (random() - 0.5);
  });
}

const near = (f0: number, hz: number) => Math.abs(12 * Math.log2(f0 / hz)) < 0.5;

describe('whistles', () => {
  it('up to 4 kHz are heard', async () => {
    expect(analysis.pitchMax).toBe(4000);
    for (const hz of [1500, 2093, 2637, 3136, 3951])
      for (const noise of [0.002, 0.1]) {
        const found = await heard(whistle(hz, noise));
        expect(found.filter((f0) => near(f0, hz)).length, `${hz} Hz`).toBe(found.length);
      }
  });

  it.each([2000, 4000])('above %i Hz, the highest pitch, are not heard an octave lower', async (pitchMax) => {
    for (const hz of [1.15, 1.5, 1.9, 2.4, 3].map((times) => times * pitchMax))
      for (const noise of [0.002, 0.1])
        expect(Math.max(...(await heard(whistle(hz, noise), pitchMax)))).toBe(0);
  });
});

it('a high partial makes no pitch above the range of a low voice', async () => {
  const voice = Float32Array.from({ length: 12_000 }, (_, i) => {
    const sine = (hz: number, gain: number) => gain * Math.sin((2 * Math.PI * hz * i) / sampleRate);
    return sine(155, 0.3) + sine(310, 0.1) + sine(6300, 0.03);
  });
  const found = await heard(voice);
  expect(found.filter((f0) => near(f0, 155)).length).toBe(found.length);
});

describe('voices whose every second period is weaker', () => {
  const random = randomiser(73);
  const growl = (name: string, hz: number, weaker: number) => {
    const waveform = waveforms.find((w) => w.name === name) ?? waveforms[0];
    const pitch = new Float64Array(12_000).fill(hz);
    return Float32Array.from(synthesise(waveform, pitch, sampleRate, hz), (v, i) => {
      const gain = Math.floor((i * hz) / sampleRate) % 2 ? 1 - weaker : 1;
      return v * gain + 0.005 * (random() - 0.5);
    });
  };

  it.each(['sine', 'sung', 'square', 'scattered', 'missing'])(
    '%s: the pitch is that of one',
    async (name) => {
      for (const hz of [117, 147, 220, 330, 500])
        for (const weaker of [0.15, 0.3, 0.4]) {
          const found = await heard(growl(name, hz, weaker));
          const right = found.filter((f0) => near(f0, hz)).length / found.length;
          expect(right, `${hz} Hz, ${weaker}`).toBeGreaterThan(0.9);
        }
    },
  );

  it('low notes with weak odd harmonics keep their octave', async () => {
    // a bassoon's: 2% of the power in the odd ones
    for (const hz of [62, 98, 147, 220])
      for (const share of [0.02, 0.05, 0.1]) {
        const audio = Float32Array.from({ length: 12_000 }, (_, i) => {
          const phase = (2 * Math.PI * hz * i) / sampleRate;
          let sum = 0;
          for (let k = 1; k <= 10; k++)
            sum +=
              (k % 2 ? Math.sqrt(share) : 1) * Math.sin(k * phase + k * k) * Math.exp(-((k - 4) ** 2) / 8);
          return 0.2 * sum;
        });
        const found = await heard(audio);
        expect(found.filter((f0) => near(f0, hz)).length, `${hz} Hz, ${share}`).toBe(found.length);
      }
  });
});
