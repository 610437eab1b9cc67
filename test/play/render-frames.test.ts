/** Frames of pitch and loudness, played without anybody to listen to. */

import { describe, expect, it } from 'vitest';
import { AS_RECORDED } from '../../src/analysis/listening';
import { analyseSignal } from '../../src/analysis/track';
import { registerInput } from '../../src/decoder/inputs';
import type { Model } from '../../src/model/model';
import { UNMATCHED } from '../../src/play/matching/options';
import type { OfflineOptions } from '../../src/play/offline';
import { renderFrames, renderOffline } from '../../src/play/render';
import type { Frames } from '../../src/play/sources/frame-track';
import { configOf, phrase, randomModel, randomModelOf, smallShape } from '../support/models';

const model = randomModel(3);

function steady(count: number, hz = 330, decibels = -20): Frames & Record<'f0' | 'loudness', Float32Array> {
  return { f0: new Float32Array(count).fill(hz), loudness: new Float32Array(count).fill(decibels) };
}

function loudest(signal: Float32Array): number {
  return signal.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** 0.3 s of each pitch in Hz, with ten harmonics; 0: silence. */
function notes(pitches: readonly number[], sampleRate: number): Float32Array<ArrayBuffer> {
  const length = Math.round(0.3 * sampleRate);
  const audio = new Float32Array(pitches.length * length);
  pitches.forEach((hz, i) => {
    for (let n = 0; n < length; n++) {
      const fade = Math.min(1, n / 500, (length - n) / 500);
      for (let k = 1; hz > 0 && k <= 10; k++)
        audio[i * length + n] += ((fade * 0.2) / k) * Math.sin((2 * Math.PI * k * hz * n) / sampleRate);
    }
  });
  return audio;
}

describe('renderFrames', () => {
  it.each([48000, 44100, 96000])(
    'plays what the engine plays that finds these frames in a sound: at %i Hz',
    async (sampleRate) => {
      const audio = phrase(1, sampleRate, 4);
      const { heldF0, loudness } = await analyseSignal(audio, model, { sampleRate });
      const controls = {
        sampleRate,
        pitchShift: -3,
        harmonics: 0.6,
        noise: 1.5,
        reverb: 0.7,
        gain: 0.8,
        seed: 8,
      };
      const listening = { ...AS_RECORDED, hold: Number.POSITIVE_INFINITY };
      const heard = await renderOffline(model, audio, { ...controls, listening, matching: UNMATCHED });
      const played = await renderFrames(model, { f0: heldF0, loudness }, controls);
      // a track holds f0 in 24 bits, the engine in 53; and the engine that listens hears the silence after the audio
      // in the last half hop
      const length = audio.length - Math.round(sampleRate / 200);
      let worst = 0;
      for (let n = 0; n < length; n++) worst = Math.max(worst, Math.abs(played[n] - heard[n]));
      expect(loudest(heard)).toBeGreaterThan(0.01);
      expect(worst).toBeLessThan(2e-5);
    },
  );

  it.each([
    [48000, UNMATCHED, 0],
    [44100, { register: 1, level: 6 }, 1],
  ])(
    'plays again what a render reports, pauses and leaps too: at %i Hz, %j',
    async (sampleRate, matching, octaves) => {
      const audio = notes([220, 294, 0, 1175, 262, 0, 330], sampleRate);
      const options = { sampleRate, pitchShift: 2, reverb: 0.5, seed: 3 };
      const reported: Frames[] = [];
      const onFrames = (frames: Frames) => reported.push(frames);
      const heard = await renderOffline(model, audio, { ...options, matching, onFrames });
      expect(reported).toHaveLength(1);
      const [frames] = reported;
      expect(frames.f0).toHaveLength(210);
      expect(Math.log2(frames.f0[25] / 220)).toBeCloseTo(octaves, 2);
      const leaps = Array.from({ length: 210 }, (_, i) => i).filter((i) => frames.leaps?.[i]);
      expect(leaps.length).toBeGreaterThan(2);
      const again = await renderFrames(model, frames, options);
      expect(loudest(heard)).toBeGreaterThan(0.01);
      const difference = heard.subarray(0, -sampleRate / 100).map((value, n) => value - again[n]);
      expect(loudest(difference)).toBeLessThan(1e-5);
    },
  );

  it.each([
    [48000, 100, 480],
    [44100, 100, 441],
    [44100, 48000 / 512, 470],
    [22050, 50, 441],
  ])('gives a hop for each frame: at %i Hz, %d frames a second', async (sampleRate, frameRate, hop) => {
    const own = randomModel(4, { ...smallShape, frameRate });
    for (const count of [1, 7, 60]) {
      expect(await renderFrames(own, steady(count), { sampleRate })).toHaveLength(count * hop);
    }
  });

  it('gives nothing for no frames', async () => {
    expect(await renderFrames(model, { f0: [], loudness: [] })).toEqual(new Float32Array(0));
  });

  it('takes any arrays of numbers', async () => {
    const { f0, loudness } = steady(20);
    const expected = await renderFrames(model, { f0, loudness });
    expect(await renderFrames(model, { f0: [...f0], loudness: Float64Array.from(loudness) })).toEqual(
      expected,
    );
  });

  it('begins at once: the first frame is heard within its hop', async () => {
    const heard = await renderFrames(model, steady(10, 440, -10));
    expect(loudest(heard.subarray(0, 480))).toBeGreaterThan(1e-3);
  });

  it('holds the pitch through unvoiced frames, and 440 Hz before any', async () => {
    const loudness = new Float32Array(40).fill(-20);
    const voiced = (i: number) => i >= 10 && (i < 15 || i >= 25);
    const note = (i: number) => (i < 20 ? 200 : 300);
    const gaps = Float32Array.from({ length: 40 }, (_, i) => (voiced(i) ? note(i) : 0));
    const held = gaps.map((_, i) => (i < 10 ? 440 : i < 25 ? 200 : 300));
    expect(await renderFrames(model, { f0: gaps, loudness })).toEqual(
      await renderFrames(model, { f0: held, loudness }),
    );
  });

  it('draws its noise by its seed, 1 by default', async () => {
    const frames = steady(20);
    const byDefault = await renderFrames(model, frames);
    expect(await renderFrames(model, frames, { seed: 1 })).toEqual(byDefault);
    expect(await renderFrames(model, frames, { seed: 2 })).not.toEqual(byDefault);
  });

  it('tells how far it is, and stops where it is told to', async () => {
    const shares: number[] = [];
    await renderFrames(model, steady(350), { onProgress: (share) => shares.push(share) });
    expect(shares.length).toBeGreaterThan(2);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    const reason = new Error('enough');
    const abort = new AbortController();
    const aborted = renderFrames(model, steady(2000), {
      signal: abort.signal,
      onProgress: () => abort.abort(reason),
    });
    await expect(aborted).rejects.toBe(reason);
    await expect(renderFrames(model, steady(2), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('a model with a third input', () => {
  registerInput('effort', {
    unit: '',
    meaning: 'how hard it is blown',
    default: 0.25,
    scale: (value) => value,
  });
  const config = configOf(smallShape);
  const inputs = ['f0', 'loudness', 'effort'];
  const blown: Model = randomModelOf({ ...config, decoder: { ...config.decoder, inputs } }, 5);
  const play = (effort?: number) => {
    const frames = steady(20);
    return renderFrames(blown, effort === undefined ? frames : { ...frames, effort: Array(20).fill(effort) });
  };

  it('plays it, and its default where it is left out', async () => {
    const byDefault = await play();
    expect(loudest(byDefault)).toBeGreaterThan(0.001);
    expect(await play(0.25)).toEqual(byDefault);
    expect(await play(0.8)).not.toEqual(byDefault);
  });

  it('is played by a listener, who does not hear it, at its default', async () => {
    const audio = phrase(0.3, 48000);
    const { heldF0: f0, loudness } = await analyseSignal(audio, blown);
    const listening = { ...AS_RECORDED, hold: Number.POSITIVE_INFINITY };
    const heard = await renderOffline(blown, audio, { listening, matching: UNMATCHED });
    const played = await renderFrames(blown, { f0, loudness, effort: f0.map(() => 0.25) });
    const difference = heard.subarray(0, -480).map((value, n) => value - played[n]);
    expect(loudest(difference)).toBeLessThan(1e-5);
  });
});

describe('renderFrames refuses by name', () => {
  const { f0, loudness } = steady(5);

  it.each<[string, unknown, unknown, RegExp]>([
    ['frames', null, {}, /expected an object, found null/],
    ['frames.f0', {}, {}, /is missing/],
    ['frames.f0', { loudness }, {}, /is missing/],
    ['frames.loudness', { f0 }, {}, /is missing/],
    ['frames.loudness', { f0, loudness: loudness.subarray(1) }, {}, /has 4 values.*frames\.f0: 5/],
    ['frames.loudness', { f0, loudness: [-20, -20, Number.NaN, -20, -20] }, {}, /frame 2 is NaN/],
    ['frames.f0', { f0: [1, 2, 3, 4, Number.POSITIVE_INFINITY], loudness }, {}, /frame 4 is Infinity/],
    ['frames.effort', { f0, loudness, effort: f0 }, {}, /f0, loudness/],
    ['frames.leaps', { f0, loudness, leaps: [1] }, {}, /has 1 values.*frames\.f0: 5/],
    ['frames.volume', { f0, loudness, volume: f0 }, {}, /f0, loudness/],
    ['pitchSift', { f0, loudness }, { pitchSift: 1 }, /unknown option.*pitchShift/],
    ['listening', { f0, loudness }, { listening: {} }, /unknown option/],
    ['matching', { f0, loudness }, { matching: {} }, /unknown option/],
    ['gain', { f0, loudness }, { gain: 5 }, /a number from 0 to 4, found 5/],
    ['sampleRate', { f0, loudness }, { sampleRate: 1 }, /a number from 8000 to 384000 Hz, found 1/],
  ])('%s: %o %o', async (option, frames, options, message) => {
    const rendered = renderFrames(model, frames as Frames, options as OfflineOptions);
    await expect(rendered).rejects.toMatchObject({
      ...{ name: 'OptionError', code: 'option', option },
      message: expect.stringMatching(message),
    });
  });
});
