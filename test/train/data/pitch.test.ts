/** Recordings analysed by the tracker that is asked for, on the threads that prepare them. */

import { describe, expect, it } from 'vitest';
import { writeWav } from '../../../src/audio/wav';
import { memoryStore } from '../../../src/platform/stores/memory';
import { datasetOptions, resolveConfig } from '../../../src/train/config';
import { Dataset, type DatasetOptions } from '../../../src/train/data/dataset';
import { type Analyse, analysePieces } from '../../../src/train/data/features';
import { PitchNetworkError } from '../../../src/train/data/pitch/neural/errors';
import { PitchNetwork } from '../../../src/train/data/pitch/neural/network';
import { trackPitch } from '../../../src/train/data/pitch/track';
import { noisyTones } from '../../bench/pitch/synthetic';
import { pitchOnnx } from '../../support/onnx';

const options: DatasetOptions = {
  sampleRate: 16_000,
  frameRate: 100,
  analysis: { window: 1024, pitchMin: 60, pitchMax: 1500, threshold: 0.1 },
  workers: 1,
};
const cents = (hz: number, to: number) => Math.abs(1200 * Math.log2(hz / to));
const network = { name: 'own.onnx', bytes: pitchOnnx() };
const neural = { tracker: 'neural', viterbi: true } as const;
const sine = Float32Array.from(
  { length: 35_200 },
  (_, n) => 0.5 * Math.sin((2 * Math.PI * 220 * n) / 16_000),
);
const tone = () => [{ name: 'tone.wav', content: writeWav(sine, 16_000) }];

describe('a dataset', () => {
  it('has the pitch of the likeliest path, if asked for', async () => {
    const noisy = noisyTones().find(({ name }) => name.startsWith('saw 80 Hz, white noise 5'))!;
    const audio = new Float32Array(72_000);
    for (let n = 0; n < 48_000; n++) audio[n] = 0.5 * noisy.audio[n % noisy.audio.length];
    // a clear tone at the end: frame by frame the noisy one alone has no pitch at all, and would be refused
    for (let n = 48_000; n < audio.length; n++) audio[n] = 0.5 * Math.sin((2 * Math.PI * 220 * n) / 48_000);
    const recording = [{ name: 'noisy.wav', content: writeWav(audio, 48_000, { float: true }) }];
    const settings = { ...options, sampleRate: 48_000, analysis: { ...options.analysis, window: 1440 } };
    for (const viterbi of [false, true]) {
      const pitch = { tracker: 'yin', viterbi } as const;
      const dataset = await Dataset.fromFiles(recording, { ...settings, pitch });
      const track = await dataset.track('noisy.wav');
      const expected = await trackPitch(audio, settings, pitch, null);
      // what follows the recording, silence, is a path's business, too
      expect(track.f0.subarray(0, 90)).toEqual(expected.f0.subarray(0, 90));
    }
  });

  it('has the pitch that a network hears, on a thread of its own', async () => {
    const dataset = await Dataset.fromFiles(tone(), { ...options, pitch: neural, network });
    const { f0 } = await dataset.track('tone.wav');
    for (const hz of f0.subarray(5, 200)) expect(cents(hz, 220)).toBeLessThan(5);
    expect(dataset.summary.recordings[0].slices).toBe(2);
  });

  it('is analysed anew for another tracker or another network, and only then', async () => {
    const store = memoryStore();
    const anew = async (change: Partial<DatasetOptions>) => {
      const dataset = await Dataset.fromFiles(tone(), { ...options, store, ...change });
      return [dataset.summary.analysedAnew, dataset.fingerprint.slice(0, 12)];
    };
    const [, live] = await anew({});
    expect(await anew({ pitch: { tracker: 'yin', viterbi: false } })).toEqual([0, live]);
    const [again, path] = await anew({ pitch: { tracker: 'yin', viterbi: true } });
    const [first, heard] = await anew({ pitch: neural, network });
    expect(await anew({ pitch: neural, network: { ...network, name: 'moved.onnx' } })).toEqual([0, heard]);
    const other = { name: 'own.onnx', bytes: pitchOnnx({ input: 'other' }) };
    const [second, otherwise] = await anew({ pitch: neural, network: other });
    expect([again, first, second]).toEqual([1, 1, 1]);
    expect(new Set([live, path, heard, otherwise]).size).toBe(4);
  });

  it('says what is wrong with a network before any recording is read', async () => {
    const content = { size: 5, stamp: null, read: () => Promise.reject(new Error('it was read')) };
    const unread = [{ name: 'unread.wav', content: content as never }];
    const cut = { name: 'cut.onnx', bytes: network.bytes.subarray(0, 100) };
    await expect(Dataset.fromFiles(unread, { ...options, pitch: neural, network: cut })).rejects.toThrow(
      PitchNetworkError,
    );
    await expect(Dataset.fromFiles(unread, { ...options, pitch: neural })).rejects.toThrow(/no network/);
  });
});

describe('long recordings', () => {
  it.each(['yin', 'neural'] as const)(
    'are tracked piece by piece as they are as a whole (%s)',
    async (tracker) => {
      const audio = new Float32Array(16_000 * 6);
      let turns = 0;
      for (let n = 0; n < audio.length; n++) {
        audio[n] = 0.3 * Math.sin(2 * Math.PI * turns) + 0.1 * Math.sin(6 * Math.PI * turns);
        turns += (200 + 30 * Math.sin(n / 3000)) / 16_000;
      }
      const pitch = { tracker, viterbi: true };
      const loaded = tracker === 'neural' ? await PitchNetwork.load(network) : null;
      const whole = await trackPitch(audio, options, pitch, loaded);
      async function* blocks() {
        for (let at = 0; at < audio.length; at += 10_000) yield audio.subarray(at, at + 10_000);
      }
      const settings = { ...options, pitch };
      const analyse: Analyse = (piece, listening) => trackPitch(piece, settings, pitch, loaded, listening);
      let at = 0;
      for await (const part of analysePieces(blocks(), analyse, settings, { piece: 170, margin: 100 })) {
        for (let i = 0; i < part.f0.length && at + i < whole.f0.length - 2; i++) {
          expect(cents(part.f0[i], whole.f0[at + i]), `frame ${at + i}`).toBeLessThan(0.5);
        }
        at += part.f0.length;
      }
      expect(at).toBeGreaterThanOrEqual(whole.f0.length);
      await loaded?.close();
    },
  );
});

describe('the configuration', () => {
  it('says which tracker hears the recordings', () => {
    expect(datasetOptions(resolveConfig()).pitch).toEqual({ tracker: 'yin', viterbi: true });
    const changed = resolveConfig({ data: { f0: { tracker: 'neural', network: 'a.onnx', viterbi: false } } });
    expect(datasetOptions(changed).pitch).toEqual({ tracker: 'neural', viterbi: false });
  });

  it('wants a file for a network', () => {
    expect(() => resolveConfig({ data: { f0: { tracker: 'neural' } } })).toThrow(
      /data\.f0\.network: expected an ONNX file/,
    );
  });
});
