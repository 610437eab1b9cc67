/** Statistics that a file does not hold are estimated, and are near on models whose statistics are known. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../../src/model/file';
import { importModel } from '../../../src/model/import';
import { estimateStatistics } from '../../../src/model/import/sweep/statistics';
import { foreignFile } from '../../support/foreign';

const semitones = (a: number, b: number) => Math.abs(12 * Math.log2(a / b));

describe.each(['violin', 'saxophone', 'cello'])('%s', (name) => {
  it('range of pitch to 4 semitones, loudest to 10 dB', async () => {
    const model = readModel(new Uint8Array(readFileSync(`models/${name}.safetensors`)));
    const { f0, loudness } = await estimateStatistics(model);
    f0.forEach((hz, i) => {
      expect(semitones(hz, model.statistics.f0[i])).toBeLessThan(4);
    });
    expect(Math.abs(loudness[2] - model.statistics.loudness[2])).toBeLessThan(10);
    expect(Math.abs(loudness[1] - model.statistics.loudness[1])).toBeLessThan(10);
  });
});

describe('an import', () => {
  const file = foreignFile('realtime-ddsp/pl266-hpnir-h32.ckpt');

  it('takes what it is told instead, and says what was estimated', async () => {
    const f0 = [200, 300, 400] as const;
    const notes: string[] = [];
    const half = await importModel(file, { statistics: { f0 }, onNote: (note) => notes.push(note) });
    expect(half.statistics.f0).toEqual(f0);
    expect(notes.join()).toMatch(/estimate/);
    expect(half.about.description).toMatch(/estimate/);
    const whole = await importModel(file, { statistics: { f0, loudness: [-30, -10, 5] } });
    expect(whole.statistics).toEqual({ f0, loudness: [-30, -10, 5] });
    expect(whole.about.description).not.toMatch(/estimate/);
  });

  it('can be aborted', async () => {
    const controller = new AbortController();
    const importing = importModel(file, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(importing).rejects.toThrow('enough');
  });

  it('refuses options that it does not know', async () => {
    await expect(importModel(file, JSON.parse('{"colour": 1}'))).rejects.toThrow(/colour: unknown/);
    await expect(importModel(file, { pitchMin: -1 })).rejects.toThrow(/pitchMin: expected a number from 10/);
  });
});
