/** Options that are misspelt, stand in the wrong place or are out of range are refused by their names. */

import { describe, expect, it, vi } from 'vitest';
import { CONTROL_NAMES, CONTROLS, controlState } from '../src/controls';
import { DdspError, OptionError } from '../src/errors';
import { checkKeys, checkNumber } from '../src/options';
import type { OfflineOptions } from '../src/play/offline';
import { type RenderOptions, renderFrames, renderOffline } from '../src/play/render';
import { type DDSPNodeOptions, ddspNodeClass } from '../src/web/ddsp-node';
import { randomModel, smallShape } from './support/models';

// a page runs the worklet's file for these, which Node cannot
vi.mock('../src/web/preparation', async () => {
  const { readModel } = await import('../src/model/file');
  const { instrumentFor } = await import('./support/instruments');
  return { loadPreparation: async () => ({ readModel, instrumentFor }) };
});

const model = randomModel(1, { ...smallShape, hidden: 4, irLength: null });
const frames = { f0: [440, 440], loudness: [-20, -20] };

/** A host that is no browser: what the node checks before it needs one. */
const Node = ddspNodeClass({
  AudioWorkletNode: undefined,
  checkContext() {},
  loadWorklet: async () => {},
});
const context = Object.assign(new EventTarget(), {
  sampleRate: 48000,
  state: 'running',
}) as unknown as BaseAudioContext;

type Call = (options: object) => Promise<unknown>;

const calls: Readonly<Record<string, Call>> = {
  renderOffline: (options) => renderOffline(model, new Float32Array(100), options as RenderOptions),
  renderFrames: (options) => renderFrames(model, frames, options as OfflineOptions),
  'DDSPNode.create': (options) => Node.create(context, { model, ...options } as DDSPNodeOptions),
};
const all = Object.keys(calls);
const renders = ['renderOffline', 'renderFrames'];
const listeners = ['renderOffline', 'DDSPNode.create'];

async function refusal(call: Promise<unknown>): Promise<OptionError> {
  const error = await call.then(
    () => new Error('was accepted'),
    (reason) => reason,
  );
  if (!(error instanceof OptionError)) throw error;
  expect(error).toBeInstanceOf(DdspError);
  expect(error.code).toBe('option');
  return error;
}

type Case = readonly [names: readonly string[], options: object, option: string, message: string];

const unknown: readonly Case[] = [
  [all, { sead: 3 }, 'sead', 'sead: unknown option; the options are '],
  [all, { constructor: 3 }, 'constructor', 'unknown option'],
  [renders, { PitchShift: 3 }, 'PitchShift', 'pitchShift, '],
  [['DDSPNode.create'], { gain: 3 }, 'gain', 'gain: unknown option; the options are model, listening, '],
  [listeners, { gate: 100 }, 'gate', 'gate: unknown option; write { listening: { gate: ... } }'],
  [listeners, { pitchMin: 100 }, 'pitchMin', 'write { listening: { pitchMin: ... } }'],
  [listeners, { register: 1 }, 'register', 'write { matching: { register: ... } }'],
  [
    listeners,
    { listening: { gait: -40 } },
    'listening.gait',
    'gait: unknown option; the options are pitchMin, ',
  ],
  [listeners, { matching: { octave: 1 } }, 'matching.octave', 'the options are register, level'],
  [listeners, { listening: { level: 3 } }, 'listening.level', 'unknown option'],
];

const outOfRange: readonly Case[] = [
  [renders, { pitchShift: 99 }, 'pitchShift', 'expected a number from -24 to 24 semitones, found 99'],
  [renders, { gain: 1000 }, 'gain', 'expected a number from 0 to 4, found 1000'],
  [renders, { harmonics: -0.1 }, 'harmonics', 'expected a number from 0 to 2, found -0.1'],
  [renders, { noise: Number.NaN }, 'noise', 'found NaN'],
  [renders, { reverb: '0.5' }, 'reverb', 'expected a number from 0 to 1, found "0.5"'],
  [renders, { gain: null }, 'gain', 'found null'],
  [renders, { seed: 1.5 }, 'seed', 'expected a whole number from 0 to 4294967295, found 1.5'],
  [renders, { seed: -1 }, 'seed', 'found -1'],
  [renders, { sampleRate: 4000 }, 'sampleRate', 'expected a number from 8000 to 384000 Hz, found 4000'],
  [renders, { sampleRate: '48000' }, 'sampleRate', 'found "48000"'],
  [listeners, { matching: null }, 'matching', 'expected an object, found null'],
  [listeners, { matching: 'off' }, 'matching', 'expected an object, found "off"'],
  [
    listeners,
    { matching: { register: 1.5 } },
    'matching.register',
    'a whole number from -4 to 4 octaves, found 1.5',
  ],
  [listeners, { matching: { level: 61 } }, 'matching.level', 'a number from -30 to 60 dB, found 61'],
  [
    listeners,
    { matching: { level: 'loud' } },
    'matching.level',
    "expected 'auto', 'off' or a number, found \"loud\"",
  ],
  [listeners, { listening: null }, 'listening', 'expected an object, found null'],
  [listeners, { listening: [] }, 'listening', 'expected an object'],
  [
    listeners,
    { listening: { gate: 200 } },
    'listening.gate',
    'expected a number from -80 to 100 dB, found 200',
  ],
  [listeners, { listening: { gate: '-40' } }, 'listening.gate', 'found "-40"'],
  [
    listeners,
    { listening: { pitchMin: 1 } },
    'listening.pitchMin',
    'expected a number from 46.88 to 2000 Hz, found 1',
  ],
];

const cases = [...unknown, ...outOfRange].flatMap(([names, ...rest]) =>
  names.map((name) => [name, ...rest] as const),
);

describe('options', () => {
  it.each(cases)('of %s: %j', async (name, options, option, message) => {
    const error = await refusal(calls[name](options));
    expect(error.option).toBe(option);
    expect(error.message.startsWith(`${option}: `), error.message).toBe(true);
    expect(error.message).toContain(message);
  });

  it.each(renders)('of %s that are no object', async (name) => {
    const given = name === 'renderOffline' ? new Float32Array(10) : frames;
    const render = name === 'renderOffline' ? renderOffline : renderFrames;
    for (const options of [null, 3, 'fast', []]) {
      const call = (render as (...values: unknown[]) => Promise<unknown>)(model, given, options);
      expect((await refusal(call)).message).toMatch(/^options: expected an object/);
    }
  });

  it('audio that is none', async () => {
    const audio = [0, 0, 0] as unknown as Float32Array;
    expect((await refusal(renderOffline(model, audio))).message).toMatch(/^audio: expected a Float32Array/);
  });

  it('have their defaults where they are undefined', async () => {
    const nothing = { gain: undefined, listening: undefined, matching: undefined, seed: undefined };
    const audio = Float32Array.from({ length: 3000 }, (_, n) => 0.3 * Math.sin(n / 20));
    expect(await renderOffline(model, audio, nothing)).toEqual(await renderOffline(model, audio));
    const inside = { listening: { gate: undefined }, matching: { level: undefined } };
    expect(await renderOffline(model, audio, inside)).toEqual(await renderOffline(model, audio));
  });
});

describe('the table of controls', () => {
  it('has defaults within the ranges, and takes both ends', () => {
    for (const name of CONTROL_NAMES) {
      const { minimum, maximum, default: byDefault } = CONTROLS[name];
      expect(controlState({})[name]).toBe(byDefault);
      for (const value of [minimum, byDefault, maximum]) {
        expect(controlState({ [name]: value })[name]).toBe(value);
      }
      for (const value of [minimum - 0.01, maximum + 0.01]) {
        expect(() => controlState({ [name]: value })).toThrow(OptionError);
      }
    }
  });
});

describe('checks', () => {
  it('of keys name the place', () => {
    expect(() => checkKeys('outer.inner', { a: 1, b: 2 }, ['a'])).toThrow(
      'outer.inner.b: unknown option; the options are a',
    );
    expect(() => checkKeys('', { a: 1 }, ['a'])).not.toThrow();
  });

  it('of numbers return what fits', () => {
    const range = { minimum: 0, maximum: 1 / 3, unit: 's' };
    expect(checkNumber('x', 0.25, range)).toBe(0.25);
    expect(() => checkNumber('x', 0.5, range)).toThrow('x: expected a number from 0 to 0.3333 s, found 0.5');
    expect(() => checkNumber('x', undefined, range)).toThrow('found undefined');
    expect(() => checkNumber('x', 'long '.repeat(100), range)).toThrow(/^.{0,120}$/);
  });
});
