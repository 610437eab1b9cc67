/** Singers and whistlers, listened to by the engine, on the instruments that come with the package. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyseSignal } from '../../../src/analysis/track';
import { decodeAudio } from '../../../src/audio/decode';
import { resample } from '../../../src/audio/resample';
import { playModule } from '../../../src/dsp/play-module';
import { quantile } from '../../../src/dsp/quantile';
import { readModel } from '../../../src/model/file';
import type { Model } from '../../../src/model/model';
import { Crossfader } from '../../../src/play/crossfader';
import { Engine } from '../../../src/play/engine';
import { FRAME_VALUES } from '../../../src/play/frame-log';
import { Instrument } from '../../../src/play/instrument';
import { type MatchingOptions, matching } from '../../../src/play/matching/options';
import { PlayerProfile } from '../../../src/play/matching/profile';
import { renderOffline } from '../../../src/play/render';
import { randomiser } from '../../support/kernels';

const RATE = 48000;
const HOP = 480;

const root = path.resolve(import.meta.dirname, '../../..');

function instrument(name: string): Model {
  return readModel(readFileSync(path.join(root, 'models', `${name}.safetensors`)));
}

async function recording(file: string, from: number, to: number): Promise<Float32Array> {
  const { channels, sampleRate } = await decodeAudio(readFileSync(path.join(root, file)), file);
  const part = channels[0].slice(from * sampleRate, to * sampleRate);
  return resample(part, sampleRate, RATE);
}

interface Frame {
  readonly f0: number;
  readonly register: number;
  readonly level: number;
}

/** What is played, and what matching did, frame by frame. */
async function play(
  model: Model,
  audio: Float32Array,
  { sampleRate = RATE, ...options }: MatchingOptions & { sampleRate?: number } = {},
) {
  const engine = new Engine(await playModule(), new Instrument(model, sampleRate));
  engine.matching = matching(options);
  const output = new Float32Array(audio.length);
  const frames: Frame[] = [];
  for (let at = 0; at < audio.length; at += 64) {
    const before = engine.blocks;
    engine.process(audio, output, at, Math.min(64, audio.length - at));
    if (engine.blocks > before) {
      const { f0, register, level } = engine.listener!;
      frames.push({ f0, register, level });
    }
  }
  return { frames, output };
}

/** dB, of every 50 ms */
function levels(samples: Float32Array): number[] {
  const size = 5 * HOP;
  return Array.from({ length: Math.floor(samples.length / size) }, (_, i) => {
    let sum = 1e-12;
    for (let n = i * size; n < (i + 1) * size; n++) sum += samples[n] ** 2 / size;
    return 10 * Math.log10(sum);
  });
}

const registers = (frames: readonly Frame[]) => [...new Set(frames.map(({ register }) => register))];

describe('on a violin and a cello', () => {
  const violin = instrument('violin');
  const cello = instrument('cello');
  /** a man, 114 to 200 Hz */
  let singer: Float32Array;
  /** the same, sung a fourth lower */
  let bass: Float32Array;
  /** 369 to 449 Hz */
  let woman: Float32Array;

  beforeAll(async () => {
    singer = await recording('test/fixtures/pitch/vocadito_1.opus', 0, 12);
    bass = await resample(singer.slice(0, 8 * RATE), 0.75 * RATE, RATE);
    woman = await recording('examples/live/phrase.wav', 0, 5);
  });

  it("a bass plays in the violin's own register, from the first note to the last", async () => {
    const { frames, output } = await play(violin, bass);
    const first = frames.findIndex(({ f0 }) => f0 > 0);
    expect(registers(frames.slice(first))).toEqual([2]);
    const [low, , high] = violin.statistics.f0;
    const { f0 } = await analyseSignal(output, violin);
    const played = Array.from(f0.filter((hz) => hz > 0));
    expect(played.length).toBeGreaterThan(500);
    expect(quantile(played, 0.05)).toBeGreaterThan(low);
    expect(quantile(played, 0.95)).toBeLessThan(high);
  });

  it('who plays in its register already is left alone', async () => {
    const { frames } = await play(violin, woman);
    expect(registers(frames)).toEqual([0]);
    for (const sung of [singer, bass, woman]) {
      expect(registers((await play(cello, sung)).frames)).toEqual([0]);
    }
  });

  it('a creaking first moment does not decide the register of the phrase', async () => {
    // 76 Hz for two frames, then 139
    const { frames } = await play(violin, singer);
    const first = frames.findIndex(({ f0 }) => f0 > 0);
    expect(frames[first].f0).toBeLessThan(90);
    expect(registers(frames.slice(first + 10))).toEqual([2]);
  });

  it('a whistle plays a cello', async () => {
    const random = randomiser(3);
    const scale = [1319, 1480, 1661, 1760, 1976, 2000, 1760, 1480];
    let phase = 0;
    const whistle = Float32Array.from({ length: 4 * RATE }, (_, n) => {
      phase += scale[Math.floor((2 * n) / RATE)] / RATE;
      return 0.1 * Math.sin(2 * Math.PI * phase) + 0.002 * (random() - 0.5);
    });
    const { frames } = await play(cello, whistle);
    const used = registers(frames.slice(5));
    expect(used).toHaveLength(1);
    const [low, , high] = cello.statistics.f0;
    for (const note of scale) {
      expect(note * 2 ** used[0]).toBeGreaterThan(low);
      expect(note * 2 ** used[0]).toBeLessThan(high);
    }
  });

  it.each([violin, cello])(
    'a quiet microphone plays at full dynamics after ten seconds of notes (%#)',
    async (model) => {
      const scale = 10 ** (-35 / 20);
      const long = await recording('test/fixtures/pitch/vocadito_1.opus', 0, 25);
      const loud = await play(model, long);
      const quiet = await play(
        model,
        long.map((value) => value * scale),
      );
      const expected = levels(loud.output);
      const difference = levels(quiet.output).map((level, i) => level - expected[i]);
      // the singer sings for two thirds of the time
      const above = (level: number) => difference.filter((_, i) => i >= 17 * 20 && expected[i] > level);
      const heard = above(Math.max(...expected) - 25);
      expect(heard.length).toBeGreaterThan(100);
      expect(Math.abs(quantile(heard, 0.5))).toBeLessThan(1.5);
      expect(quantile(heard, 0.05)).toBeGreaterThan(-3);
      expect(quantile(heard, 0.95)).toBeLessThan(3);
      // without matching it is hardly heard
      const unmatched = await play(
        model,
        long.map((value) => value * scale),
        { level: 'off' },
      );
      expect(Math.max(...levels(unmatched.output))).toBeLessThan(Math.max(...expected) - 15);
    },
  );

  it('the level does not pump: within a note it moves by less than 0.2 dB a frame', async () => {
    const { frames } = await play(violin, singer);
    const later = frames.findIndex(({ f0 }) => f0 > 0) + 50;
    for (let i = later; i < frames.length; i++) {
      if (frames[i].f0 > 0 && frames[i - 1].f0 > 0 && frames.slice(i - 35, i).some(({ f0 }) => f0 > 0)) {
        expect(Math.abs(frames[i].level - frames[i - 1].level)).toBeLessThan(0.2);
      }
    }
  });

  it.each([22050, 44100, 96000])('is the same at %i Hz', async (sampleRate) => {
    const expected = (await play(violin, bass)).frames.at(-1) as Frame;
    const { frames } = await play(violin, await resample(bass, RATE, sampleRate), { sampleRate });
    const last = frames.at(-1) as Frame;
    expect(last.register).toBe(expected.register);
    expect(Math.abs(last.level - expected.level)).toBeLessThan(1);
  });

  it('an instrument that takes over knows the player', async () => {
    const module = await playModule();
    const profile = new PlayerProfile();
    const crossfader = new Crossfader(RATE);
    crossfader.setEngine(new Engine(module, new Instrument(cello, RATE), { profile }));
    const output = new Float32Array(bass.length);
    // in the middle of a phrase
    const swap = 6 * RATE;
    for (let at = 0; at + 128 <= bass.length; at += 128) {
      if (at === swap) crossfader.setEngine(new Engine(module, new Instrument(violin, RATE), { profile }));
      crossfader.process(bass, output, at, 128);
    }
    const log = new Float64Array(1024 * FRAME_VALUES);
    const count = crossfader.log.drain(log);
    const heard = Array.from({ length: count }, (_, i) =>
      log.subarray(i * FRAME_VALUES, (i + 1) * FRAME_VALUES),
    );
    const start = heard.findIndex(([, , , , register]) => register !== 0);
    expect(heard[start][0]).toBeGreaterThan(swap);
    expect(heard[start][0]).toBeLessThan(swap + 0.5 * RATE);
    expect(new Set(heard.slice(start).map(([, , , , register]) => register))).toEqual(new Set([2]));
    const gained = heard[start][5] - heard[start - 1][5];
    expect(Math.abs(gained - (violin.statistics.loudness[2] - cello.statistics.loudness[2]))).toBeLessThan(
      1.5,
    );
  });

  it('pitchShift adds to it', async () => {
    const options = { matching: { register: 1, level: 'off' }, noise: 0 } as const;
    const shifted = await renderOffline(violin, woman, { ...options, pitchShift: -12 });
    const plain = await renderOffline(violin, woman, {
      matching: { register: 'off', level: 'off' },
      noise: 0,
    });
    expect(shifted).toEqual(plain);
  });

  it('silence and noise stay what they are', async () => {
    const silence = new Float32Array(2 * RATE);
    const random = randomiser(2);
    const noise = silence.map(() => 0.02 * (random() - 0.5));
    const sounding = woman.slice(0, 2 * RATE).map((value) => value * 0.02);
    const played = new Float32Array([...noise, ...sounding, ...noise, ...silence]);
    const { output } = await play(violin, played);
    const { output: unmatched } = await play(violin, played, { register: 'off', level: 'off' });
    const of = (samples: Float32Array, from: number, to: number) =>
      Math.max(...levels(samples.slice(from * RATE, to * RATE)));
    expect(of(output, 0, 2)).toBe(of(unmatched, 0, 2));
    expect(of(output, 2.5, 4)).toBeGreaterThan(of(unmatched, 2.5, 4) + 5);
    // the reverb has rung out
    expect(of(output, 7, 8)).toBeLessThan(-70);
  });

  it('what is no number does not stay', async () => {
    const broken = woman.slice();
    broken.fill(Number.NaN, RATE, 2 * RATE);
    broken[3 * RATE] = Number.POSITIVE_INFINITY;
    const { frames, output } = await play(violin, broken);
    for (const { register, level } of frames) expect(Number.isFinite(register + level)).toBe(true);
    expect(output.every(Number.isFinite)).toBe(true);
    expect(Math.max(...levels(output.slice(4 * RATE)))).toBeGreaterThan(-30);
  });
});
