/** The bundled models play notes as their recordings' notes are: what is heard of them. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseSignal } from '../../../src/analysis/track';
import { median } from '../../../src/dsp/quantile';
import { readModel } from '../../../src/model/file';
import type { Articulation, Model } from '../../../src/model/model';
import { renderNotes } from '../../../src/play/notes/render-notes';
import { velocityLoudness } from '../../../src/play/notes/velocity';
import { Moments } from '../../../src/train/articulation/played-note';
import { vibratoCycles } from '../../../src/train/articulation/vibrato';

const FOLDER = path.resolve(import.meta.dirname, '../../../models');
const START = 0.2;

async function bundled(name: string): Promise<Model & { articulation: Articulation }> {
  const model = readModel(await readFile(path.join(FOLDER, `${name}.safetensors`)));
  if (!model.articulation) throw new Error(`${name} has no articulation`);
  return { ...model, articulation: model.articulation };
}

/** Plays one note and listens to it. */
async function hear(model: Model, velocity: number, duration = 0.6, options = {}): Promise<Moments> {
  const note = Math.round(69 + 12 * Math.log2(model.statistics.f0[1] / 440));
  const audio = await renderNotes(model, [{ note, velocity, time: START, duration }], {
    ...options,
    voices: 1,
  });
  return new Moments(await analyseSignal(audio, model), 1 / model.frameRate);
}

const sustained = (moments: Moments) =>
  median(moments.over(START + 0.35, START + 0.55, (at) => moments.loudness(at)));

describe.each(['violin', 'saxophone', 'cello'])('%s', (name) => {
  it('is louder at each velocity, over four fifths of what it learned and more', async () => {
    const model = await bundled(name);
    const levels: number[] = [];
    for (const velocity of [1, 25, 50, 75, 100, 127]) levels.push(sustained(await hear(model, velocity)));
    expect([...levels].sort((a, b) => a - b)).toEqual(levels);
    const [soft, , loud] = model.statistics.loudness;
    expect((levels[levels.length - 1] - levels[0]) / (loud - soft)).toBeGreaterThan(0.8);
  });

  it('begins a note along the learned curve, and without attack at once', async () => {
    const model = await bundled(name);
    const velocity = 80;
    const loudness = velocityLoudness(velocity, model.statistics);
    const nearest = [...model.articulation.attacks].sort(
      (a, b) => Math.abs(a.loudness - loudness) - Math.abs(b.loudness - loudness),
    )[0];
    const moments = await hear(model, velocity);
    const level = sustained(moments);
    const away = nearest.level.map((learned, i) =>
      Math.abs(moments.loudness(START + i * model.articulation.step) - level - learned),
    );
    // what is heard is the mean over a window of 30 ms
    expect(median(away)).toBeLessThan(2);
    const struck = await hear(model, velocity, 0.6, { attack: 0 });
    expect(struck.loudness(START + 0.03)).toBeGreaterThan(sustained(struck) - 4);
  });

  it('vibrates as it learned', async () => {
    const model = await bundled(name);
    const { rate, depth } = model.articulation.vibrato;
    const moments = await hear(model, 80, 3);
    const pitch = median(moments.over(START + 0.3, START + 2.8, (at) => moments.pitch(at)));
    const heard = { onset: START, fades: START + 2.9, end: START + 2.9, loudness: 0, pitch, rise: 0 };
    const cycles = vibratoCycles(heard, moments)!.filter(({ time }) => time > 0.5);
    if (depth === 0) {
      expect(median(cycles.map((cycle) => cycle.depth))).not.toBeGreaterThan(5);
      return;
    }
    expect(Math.abs(median(cycles.map((cycle) => cycle.rate)) - rate)).toBeLessThan(0.5);
    expect(Math.abs(median(cycles.map((cycle) => cycle.depth)) - depth)).toBeLessThan(10);
  });
});
