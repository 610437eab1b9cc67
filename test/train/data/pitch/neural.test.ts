import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyseSignal } from '../../../../src/analysis/track';
import { PitchNetworkError } from '../../../../src/train/data/pitch/neural/errors';
import { networkFrames } from '../../../../src/train/data/pitch/neural/frames';
import { PitchNetwork } from '../../../../src/train/data/pitch/neural/network';
import { trackNeural } from '../../../../src/train/data/pitch/neural/neural-track';
import { type PitchOnnx, pitchOnnx } from '../../../support/onnx';

const shape = {
  sampleRate: 48000,
  frameRate: 50,
  analysis: { window: 1440, pitchMin: 50, pitchMax: 2000, threshold: 0.15 },
};
const cents = (hz: number, to: number) => Math.abs(1200 * Math.log2(hz / to));
const load = (options: PitchOnnx = {}) => PitchNetwork.load({ name: 'own.onnx', bytes: pitchOnnx(options) });

/** A sine whose pitch at time t is `pitch(t)`. */
function sine(seconds: number, pitch: (t: number) => number, sampleRate = 48000): Float32Array {
  let turns = 0;
  return Float32Array.from({ length: seconds * sampleRate }, (_, n) => {
    const value = 0.5 * Math.sin(2 * Math.PI * turns);
    turns += pitch((n + 0.5) / sampleRate) / sampleRate;
    return value;
  });
}

describe('frames for a network', () => {
  it('are centred where ours are, and normalised', () => {
    const audio = new Float32Array(16_000);
    // frame 10 of 50 a second is centred on 0.21 s
    audio[3360] = 1;
    const frame = networkFrames(audio, 0.02, 10, 1);
    expect(frame.indexOf(Math.max(...frame))).toBe(512);
    const mean = frame.reduce((sum, v) => sum + v, 0) / 1024;
    expect(mean).toBeCloseTo(0, 6);
    expect(frame.reduce((sum, v) => sum + v * v, 0) / 1024).toBeCloseTo(1, 5);
  });

  it('see zeros beyond both ends, and silence as silence', () => {
    const frames = networkFrames(new Float32Array(2000).fill(0.25), 0.02, 0, 7);
    expect(frames.length).toBe(7 * 1024);
    const [first, middle, last] = [0, 3, 6].map((i) => frames.subarray(i * 1024, (i + 1) * 1024));
    // a constant has no deviation from its mean
    expect(middle.every((v) => v === 0)).toBe(true);
    expect([first[0] < 0, first[1023] > 0]).toEqual([true, true]);
    expect([last[0] > 0, last[1023] < 0]).toEqual([true, true]);
  });
});

describe('a network', () => {
  let network: PitchNetwork;
  beforeAll(async () => {
    network = await load();
  });
  afterAll(() => network.close());

  it.each([true, false])('hears tones (viterbi %s)', async (viterbi) => {
    for (const hz of [80, 220, 440, 987, 1500]) {
      const { f0, heldF0, confidence } = await trackNeural(
        sine(0.3, () => hz),
        shape,
        network,
        viterbi,
      );
      for (let i = 2; i < f0.length - 2; i++) {
        expect(cents(f0[i], hz), `${hz} Hz`).toBeLessThan(4);
        expect(heldF0[i]).toBe(f0[i]);
        expect(confidence[i]).toBeGreaterThan(0.5);
      }
    }
  });

  it('hears vibrato at the instants at which the live analysis does, at any sample rate', async () => {
    const pitch = (t: number) => 500 * 2 ** ((50 * Math.sin(2 * Math.PI * 4 * t)) / 1200);
    for (const sampleRate of [48000, 44100]) {
      const audio = sine(1, pitch, sampleRate);
      const { f0 } = await trackNeural(audio, shape, network, true, { sampleRate });
      const hop = Math.round(sampleRate / 50) / sampleRate;
      for (let i = 3; i < f0.length - 3; i++) {
        // 64 ms smooth it: a frame (20 ms) late or early would be up to 25 cents off
        expect(cents(f0[i], pitch((i + 0.5) * hop))).toBeLessThan(11);
      }
    }
  });

  it('hears no pitch in noise and silence, and holds the last', async () => {
    const tone = sine(0.4, () => 330);
    const audio = new Float32Array(48_000);
    audio.set(tone);
    let seed = 1;
    for (let n = 36_000; n < audio.length; n++) {
      seed = (seed * 16_807) % 2147483647;
      audio[n] = 0.2 * (seed / 2 ** 30 - 1);
    }
    const { f0, heldF0 } = await trackNeural(audio, shape, network, true);
    expect(cents(f0[10], 330)).toBeLessThan(4);
    for (const i of [30, 45]) {
      expect(f0[i]).toBe(0);
      expect(cents(heldF0[i], 330)).toBeLessThan(60);
    }
  });

  it('forgives frames where another pitch is louder, if frames are joined', async () => {
    const audio = sine(0.6, () => 220);
    sine(0.6, () => 700).forEach((v, n) => {
      if (n > 13_000 && n < 16_000) audio[n] += 2.4 * v;
    });
    const alone = await trackNeural(audio, shape, network, false);
    expect(alone.f0.some((hz) => cents(hz, 700) < 50)).toBe(true);
    const { f0, heldF0 } = await trackNeural(audio, shape, network, true);
    expect(f0.some((hz) => cents(hz, 700) < 50)).toBe(false);
    for (let i = 2; i < 26; i++) expect(cents(heldF0[i], 220)).toBeLessThan(15);
  });

  it('keeps to the range', async () => {
    const settings = { ...shape, analysis: { ...shape.analysis, pitchMin: 300, pitchMax: 600 } };
    const { f0 } = await trackNeural(
      sine(0.3, () => 900),
      settings,
      network,
      false,
    );
    expect(f0.every((hz) => hz === 0)).toBe(true);
  });

  it('has the loudness of the live analysis', async () => {
    const audio = sine(0.3, (t) => 200 + 500 * t);
    const { loudness } = await trackNeural(audio, shape, network, true);
    expect(loudness).toEqual((await analyseSignal(audio, shape)).loudness);
  });

  it('tells how far it is, and stops when told to', async () => {
    const shares: number[] = [];
    const controller = new AbortController();
    const options = {
      signal: controller.signal,
      onProgress: (share: number) => {
        shares.push(share);
        if (share > 0.5) controller.abort(new Error('enough'));
      },
    };
    await expect(
      trackNeural(
        sine(6, () => 220),
        shape,
        network,
        true,
        options,
      ),
    ).rejects.toThrow('enough');
    expect(shares.length).toBeGreaterThan(2);
    expect(shares.at(-1)).toBeLessThan(1);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  });
});

describe('network files', () => {
  it('may have any names, and a fixed number of frames', async () => {
    const network = await load({ input: 'x:0', output: 'y', batch: 5 });
    const { f0 } = await trackNeural(
      sine(0.26, () => 440),
      shape,
      network,
      true,
    );
    await network.close();
    for (const hz of f0.slice(2, -2)) expect(cents(hz, 440)).toBeLessThan(4);
  });

  it.each([
    ['frames of another length', { frame: 2048 }, /own\.onnx: it takes \[n, 2048\].*\[n, 1024\].*\[n, 360\]/],
    ['another number of bins', { bins: 128 }, /own\.onnx: it answers \[n, 128\].*\[n, 360\]/],
    ['two outputs', { extra: true }, /own\.onnx: it has 2 outputs, and 1 is wanted/],
  ])('of another shape are refused: %s', async (_, options, message) => {
    const error = await load(options).catch((reason) => reason);
    expect(error).toBeInstanceOf(PitchNetworkError);
    expect(error.message).toMatch(message);
  });

  it('that are none are refused', async () => {
    const bytes = new TextEncoder().encode('not a network');
    await expect(PitchNetwork.load({ name: 'notes.txt', bytes })).rejects.toThrow(
      /notes\.txt: it cannot be read as an ONNX model .*; bring one/,
    );
    await expect(
      PitchNetwork.load({ name: 'cut.onnx', bytes: pitchOnnx().subarray(0, 900) }),
    ).rejects.toThrow(PitchNetworkError);
  });

  it('need onnxruntime-web, and say how to get it', async () => {
    const missing = { name: 'own.onnx', bytes: pitchOnnx(), runtime: 'file:///nowhere/ort.mjs' };
    await expect(PitchNetwork.load(missing)).rejects.toThrow(
      /own\.onnx: .*onnxruntime-web.*cannot be loaded.*; npm install onnxruntime-web/,
    );
  });
});
