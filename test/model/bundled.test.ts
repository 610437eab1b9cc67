/** The instruments that come with the package. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseSignal } from '../../src/analysis/track';
import { readModel } from '../../src/model/file';
import { renderOffline } from '../../src/play/render';

const FOLDER = path.resolve(import.meta.dirname, '../../models');
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.safetensors'));
const RATE = 48_000;

/** Two seconds of a note with ten harmonics, as loud as the model's median, then two of silence. */
function note(f0: number): Float32Array<ArrayBuffer> {
  const audio = new Float32Array(4 * RATE);
  for (let n = 0; n < 2 * RATE; n++) {
    for (let k = 1; k <= 10; k++) audio[n] += (0.15 / k) * Math.sin((2 * Math.PI * k * f0 * n) / RATE);
  }
  return audio;
}

describe('the instruments that come along', () => {
  it('are a violin, a saxophone and a cello', () => {
    expect(files.sort()).toEqual(['cello.safetensors', 'saxophone.safetensors', 'violin.safetensors']);
  });

  describe.each(files)('%s', (file) => {
    const bytes = readFileSync(path.join(FOLDER, file));

    it('is at most 1 MB, says its licence, and has a card', () => {
      expect(bytes.length).toBeLessThanOrEqual(1e6);
      const { about } = readModel(bytes);
      expect(about.name).toBeTruthy();
      expect(about.licence).toBeTruthy();
      expect(about.credits?.length).toBeGreaterThan(0);
      expect(existsSync(path.join(FOLDER, file.replace('.safetensors', '.md')))).toBe(true);
    });

    it('plays in tune over its range and falls silent afterwards', async () => {
      const model = readModel(bytes);
      const [low, middle, high] = model.statistics.f0;
      for (const f0 of [low, middle, high]) {
        const output = await renderOffline(model, note(f0), { sampleRate: RATE });
        const { f0: heard, loudness } = await analyseSignal(output, { ...model, sampleRate: RATE });
        const voiced = Array.from(heard.subarray(50, 150)).filter((hz) => hz > 0);
        expect(voiced.length, `${f0} Hz, voiced frames`).toBeGreaterThan(90);
        const off = voiced.map((hz) => Math.abs(1200 * Math.log2(hz / f0))).sort((a, b) => a - b);
        expect(off[off.length >> 1], `${f0} Hz, cents`).toBeLessThan(10);
        const sounding = loudness[100];
        expect(loudness[390], `${f0} Hz, after ${sounding} dB`).toBeLessThan(sounding - 35);
      }
    });
  });
});
