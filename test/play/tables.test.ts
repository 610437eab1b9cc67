/** Tables: computed once for a model and a rate, in slices, and played from without the model's tensors. */

import { describe, expect, it } from 'vitest';
import { playModule } from '../../src/dsp/play-module';
import type { Table } from '../../src/dsp/tables';
import { DdspError } from '../../src/errors';
import type { Model } from '../../src/model/model';
import { Engine } from '../../src/play/engine';
import { Instrument } from '../../src/play/instrument';
import { graphs } from '../support/graphs';
import { instrumentFor } from '../support/instruments';
import { configOf, phrase, randomModel, randomModelOf, smallShape } from '../support/models';

const preset = randomModel(3);
const everything = randomModelOf({ ...configOf(smallShape), synth: graphs.everything }, 3);

function hear(engine: Engine): Float32Array {
  const input = phrase(0.5, engine.sampleRate);
  const output = new Float32Array(input.length);
  engine.process(input, output, 0, input.length);
  return output;
}

async function play(instrument: Instrument): Promise<Float32Array> {
  return hear(new Engine(await playModule(), instrument));
}

/** The same instrument from its tables alone. */
function untold(
  { tensors: _, ...metadata }: Model,
  sampleRate: number,
  tables: ReadonlyMap<string, Table>,
): Instrument {
  return new Instrument(metadata, sampleRate, tables);
}

describe('a gradual set-up', () => {
  it.each([48000, 44100])('takes several portions and gives the same sound, at %i Hz', async (sampleRate) => {
    const model = randomModel(3, { ...smallShape, hidden: 150 });
    const own = new Instrument(model, sampleRate);
    const expected = await play(own);
    const engine = new Engine(await playModule(), untold(model, sampleRate, own.tables.complete), {
      gradually: true,
    });
    let portions = 1;
    while (!engine.prepare()) portions++;
    expect(portions).toBeGreaterThan(3);
    expect(engine.prepare()).toBe(true);
    expect(hear(engine)).toEqual(expected);
  });
});

describe('a set-up that pauses', () => {
  it.each([
    ['hpnir', 48000, randomModel(3, { ...smallShape, bands: 700, irLength: 60_000 })],
    ['hpnir', 44100, preset],
    ['every processor', 48000, everything],
    ['every processor', 44100, everything],
  ])('after every step makes the same tables as one that does not: %s at %i Hz', async (_, rate, model) => {
    const module = await playModule();
    const whole = new Instrument(model, rate);
    new Engine(module, whole);
    const paused = new Instrument(model, rate);
    const setUp = () => new Engine(module, paused);
    let engine = paused.tables.attempt(() => true, setUp);
    let pauses = 0;
    for (; !engine; pauses++) engine = paused.tables.attempt(() => true, setUp);
    expect(pauses).toBeGreaterThanOrEqual(whole.tables.complete.size);
    expect(paused.tables.complete).toEqual(whole.tables.complete);
    expect(hear(engine)).toEqual(await play(whole));
  });

  it('does not swallow what a set-up throws, and does not pause afterwards', () => {
    const { tables } = new Instrument(preset, 48000);
    const failing = () => {
      throw new Error('no such weights');
    };
    expect(() => tables.attempt(() => true, failing)).toThrow('no such weights');
    expect(tables.get('a', () => Float32Array.of(1))).toEqual(Float32Array.of(1));
  });
});

describe('tables computed elsewhere', () => {
  it.each([
    ['hpnir', 48000, preset],
    ['hpnir', 44100, preset],
    ['every processor', 48000, everything],
    ['every processor', 44100, everything],
  ])('are used, and give the same sound: %s at %i Hz', async (_, sampleRate, model) => {
    const first = new Instrument(model, sampleRate);
    const expected = await play(first);
    const { complete } = first.tables;
    expect(complete.size).toBeGreaterThan(3);
    const second = untold(model, sampleRate, complete);
    expect(await play(second)).toEqual(expected);
    expect([...second.tables.complete.keys()]).toEqual([...complete.keys()]);
    const silent = new Map([...complete].map(([name, table]) => [name, table.map(() => 0)]));
    expect(await play(new Instrument(model, sampleRate, silent))).not.toEqual(expected);
  });

  it("are nobody else's: handing them over leaves the model as it was", async () => {
    const before = structuredClone(everything);
    const { tables } = await instrumentFor(randomModelOf(everything, 3), everything.sampleRate);
    const buffers = [...new Set([...tables.complete.values()].map(({ buffer }) => buffer as ArrayBuffer))];
    expect(buffers).toHaveLength(tables.complete.size);
    const moved = structuredClone(tables.complete, { transfer: buffers });
    expect(buffers.every(({ byteLength }) => byteLength === 0)).toBe(true);
    expect(everything).toEqual(before);
    expect(await play(untold(everything, 48000, moved))).toEqual(
      await play(new Instrument(everything, 48000)),
    );
  });
});

describe('instrumentFor', () => {
  it('prepares an instrument once for each model and rate', async () => {
    const model = randomModel(5);
    const [one, two] = [instrumentFor(model, 48000), instrumentFor(model, 48000)];
    expect(two).toBe(one);
    const instrument = await one;
    expect(instrumentFor(model, 48000)).toBe(one);
    expect(await instrumentFor(model, 44100)).not.toBe(instrument);
    expect(await instrumentFor(randomModel(5), 48000)).not.toBe(instrument);
    expect(instrument.sampleRate).toBe(48000);
  });

  it('has computed all tables: an engine adds none', async () => {
    const { tables } = await instrumentFor(everything, 48000);
    const names = [...tables.complete.keys()];
    expect(names).not.toHaveLength(0);
    await play(untold(everything, 48000, tables.complete));
    expect([...tables.complete.keys()]).toEqual(names);
  });

  it('refuses a model that plays nothing, and tries again when it is asked again', async () => {
    const bias = preset.tensors['estimator.out.bias'].map(() => -1e5);
    const mute = { ...preset, tensors: { ...preset.tensors, 'estimator.out.bias': bias } };
    const first = instrumentFor(mute, 48000);
    await expect(first).rejects.toMatchObject({
      name: 'ModelError',
      code: 'silent',
      message: expect.stringMatching(/a note of 440 Hz.*stays silent/),
    });
    const second = instrumentFor(mute, 48000);
    expect(second).not.toBe(first);
    await expect(second).rejects.toMatchObject({ code: 'silent' });
  });

  it('refuses a model that cannot be played, with the reason', async () => {
    const tensors = { ...preset.tensors, 'estimator.out.bias': new Float32Array(3) };
    const refused = instrumentFor({ ...preset, tensors }, 48000);
    await expect(refused).rejects.toBeInstanceOf(DdspError);
    await expect(refused).rejects.toThrow(/out\.bias has 3 values/);
  });

  it('refuses a sample rate out of range', async () => {
    await expect(instrumentFor(preset, 1000)).rejects.toMatchObject({ code: 'option', option: 'sampleRate' });
  });
});
