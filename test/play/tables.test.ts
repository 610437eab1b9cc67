/** An engine set up from another one's tables plays the same, without the model's tensors. */

import { describe, expect, it } from 'vitest';
import type { Table } from '../../src/dsp/heap';
import { playModule } from '../../src/dsp/play-module';
import type { Model } from '../../src/model/model';
import { Engine } from '../../src/play/engine';
import { buffersOf, prepareTables } from '../../src/web/prepare';
import { graphs } from '../support/graphs';
import { configOf, phrase, randomModel, randomModelOf, smallShape } from '../support/models';

async function play(model: Model, sampleRate: number, tables?: Table[]): Promise<Float32Array> {
  const engine = new Engine(await playModule(), model, sampleRate, { tables });
  const input = phrase(0.5, sampleRate);
  const output = new Float32Array(input.length);
  engine.process(input, output, 0, input.length);
  return output;
}

describe('a gradual set-up', () => {
  it.each([48000, 44100])('takes several portions and gives the same sound, at %i Hz', async (sampleRate) => {
    const model = randomModel(3, { ...smallShape, hidden: 150 });
    const tables: Table[] = [];
    const expected = await play(model, sampleRate, tables);
    const untold = { ...model, tensors: {} };
    const engine = new Engine(await playModule(), untold, sampleRate, { tables, gradually: true });
    let portions = 1;
    while (!engine.prepare()) portions++;
    expect(portions).toBeGreaterThan(3);
    expect(engine.prepare()).toBe(true);
    const input = phrase(0.5, sampleRate);
    const output = new Float32Array(input.length);
    engine.process(input, output, 0, input.length);
    expect(output).toEqual(expected);
  });
});

describe('tables computed elsewhere', () => {
  const preset = randomModel(3);
  const everything = randomModelOf({ ...configOf(smallShape), synth: graphs.everything }, 3);

  it.each([
    ['hpnir', 48000, preset],
    ['hpnir', 44100, preset],
    ['every processor', 48000, everything],
    ['every processor', 44100, everything],
  ])('are used, and give the same sound: %s at %i Hz', async (_, sampleRate, model) => {
    const expected = await play(model, sampleRate);
    const tables: Table[] = [];
    expect(await play(model, sampleRate, tables)).toEqual(expected);
    expect(tables.length).toBeGreaterThan(3);
    const count = tables.length;
    expect(await play({ ...model, tensors: {} }, sampleRate, tables)).toEqual(expected);
    expect(tables).toHaveLength(count);
    const silent = tables.map((table) => table.map(() => 0));
    expect(await play(model, sampleRate, silent)).not.toEqual(expected);
  });

  it("are nobody else's: handing them over leaves the model as it was", async () => {
    const before = structuredClone(everything);
    const tables = await prepareTables(everything, everything.sampleRate);
    const { length } = tables;
    const moved = structuredClone(tables, { transfer: buffersOf(tables) });
    expect(tables.every(({ buffer }) => buffer.byteLength === 0)).toBe(true);
    expect(everything).toEqual(before);
    expect(moved).toHaveLength(length);
    expect(await play({ ...everything, tensors: {} }, 48000, moved)).toEqual(await play(everything, 48000));
  });

  it('of a model that plays nothing are refused', async () => {
    const bias = preset.tensors['estimator.out.bias'].map(() => -1e5);
    const tensors = { ...preset.tensors, 'estimator.out.bias': bias };
    await expect(prepareTables({ ...preset, tensors }, 48000)).rejects.toThrow(
      /a note of 440 Hz.*stays silent/,
    );
  });

  it('of a model that cannot be played are refused, with the reason', async () => {
    const tensors = { ...preset.tensors, 'estimator.out.bias': new Float32Array(3) };
    await expect(prepareTables({ ...preset, tensors }, 48000)).rejects.toThrow(
      /this model cannot be played: decoder: out\.bias has 3 values/,
    );
  });
});
