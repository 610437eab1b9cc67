/** The delay of a live node, measured from steps of its input to those of its output: W/2 + H. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from '../../src/model/file';
import { defaultConfig, modelConfig } from '../../src/train/config';
import { followingModel } from '../support/follower-model';
import { persistently } from './drivers/attempts';
import { browsersUnderTest } from './drivers/browsers';
import type { TestBrowser, TestPage } from './drivers/page';
import { recorderScript } from './recorder';
import { decode, encode, openTestPage, serve, type TestServer } from './support';

const SAMPLE_RATE = 48000;
/** samples between steps: each falls on another place of a hop, and of a period */
const APART = 7230;
/** samples before the sound */
const SILENCE = 4800;
const STEPS = 16;
/** seconds; the sound takes 4 */
const PATIENCE = 60;
/** Hz: a quarter of a period is 27 samples, and the frames see all parts of one */
const SINE = SAMPLE_RATE / 4 / 27;

const config = modelConfig(defaultConfig);
const quick = { ...config, frameRate: 200, analysis: { ...config.analysis, window: 960, pitchMin: 180 } };
/** 10 ms: half a window of 13.3 ms and a hop of 3.3. */
const instant = { ...config, frameRate: 300, analysis: { ...config.analysis, window: 640, pitchMin: 270 } };
const configurations = [
  { title: 'default', file: '/default.safetensors', configuration: config, expected: 1440 / 2 + 480 },
  { title: 'quick', file: '/quick.safetensors', configuration: quick, expected: 960 / 2 + 240 },
  { title: 'instant', file: '/instant.safetensors', configuration: instant, expected: 640 / 2 + 160 },
];

/** A tone with six harmonics that takes turns between two sounds, both given as [Hz, amplitude]. */
function steps(...sounds: readonly (readonly [number, number])[]): Float32Array {
  const samples = new Float32Array(SILENCE + APART * (STEPS + 1));
  let phase = 0;
  for (let n = SILENCE; n < samples.length; n++) {
    const [f0, amplitude] = sounds[Math.floor((n - SILENCE) / APART) % 2];
    for (let k = 1; k <= 6; k++) samples[n] += (amplitude / k) * Math.sin(2 * Math.PI * k * phase);
    phase = (phase + f0 / SAMPLE_RATE) % 1;
  }
  return samples;
}

/** Where step `i` (from 1) is in the input. */
const placeOf = (i: number) => SILENCE + i * APART;

/**
 * Mean distance of the output's steps from the input's, samples. A step lies where `curve` passes the
 * middle between what it is long before and long after; half of the steps go up and half down, so that
 * what bends the curve cancels out.
 *
 * @param curve values of the output at increasing times, samples
 */
function delayOf(curve: readonly (readonly [time: number, value: number])[]): number {
  let sum = 0;
  for (let i = 1; i <= STEPS; i++) {
    const step = placeOf(i);
    const mean = (from: number, to: number) => {
      const values = curve.filter(([time]) => time >= from && time < to).map(([, value]) => value);
      return values.reduce((a, b) => a + b, 0) / values.length;
    };
    const before = mean(step - 1200, step);
    const after = mean(step + 4000, step + 6000);
    const middle = (before + after) / 2;
    const near = curve.filter(([time]) => time >= step && time < step + 4000);
    const at = near.findIndex(([, value]) => value > middle !== before > middle);
    const [[t0, v0], [t1, v1]] = [near[at - 1], near[at]];
    sum += t0 + ((middle - v0) / (v1 - v0)) * (t1 - t0) - step;
  }
  return sum / STEPS;
}

/** Of a sine: for each of its cycles the middle and the frequency, from upward zero crossings. */
function pitchCurve(samples: ArrayLike<number>): [number, number][] {
  const zeros: number[] = [];
  for (let n = 1; n < samples.length; n++) {
    if (samples[n - 1] < 0 && samples[n] >= 0) zeros.push(n - samples[n] / (samples[n] - samples[n - 1]));
  }
  return zeros.slice(1).map((zero, i) => [(zero + zeros[i]) / 2, SAMPLE_RATE / (zero - zeros[i])]);
}

/** Of a sine of `f0` Hz: the square of its amplitude, by a sample and the two a quarter of a period away. */
function levelCurve(samples: ArrayLike<number>, f0: number): [number, number][] {
  const quarter = SAMPLE_RATE / f0 / 4;
  const curve: [number, number][] = [];
  for (let n = quarter; n < samples.length - quarter; n++) {
    curve.push([n, samples[n] ** 2 + ((samples[n + quarter] - samples[n - quarter]) / 2) ** 2]);
  }
  return curve;
}

const inputs = [steps([437.3, 0.02], [437.3 * 2 ** (1 / 12), 0.02]), steps([SINE, 0.02], [SINE, 0.01])];

/** By configuration. */
type Played = readonly { readonly output: Float32Array; readonly latency: number }[];

describe.each(browsersUnderTest())('delay in $name, live', ({ name, launch }) => {
  let browser: TestBrowser;
  let server: TestServer;
  let page: TestPage;
  let played: Played[];

  beforeAll(async () => {
    server = await serve({
      ...Object.fromEntries(
        configurations.map(({ file, configuration }) => [file, writeModel(followingModel(configuration))]),
      ),
      '/recorder.js': recorderScript,
    });
    played = await persistently(
      PATIENCE,
      async () => {
        browser = await launch();
        page = await openTestPage(browser, server.origin);
        return play();
      },
      () => browser?.close(),
    );
  }, 4000 * PATIENCE);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Plays all inputs through nodes of all models at once, in time with each other. */
  async function play(): Promise<Played[]> {
    const { channels, latencies } = await page.evaluate(
      async ({ files, inputs, length, sampleRate }) => {
        const context = new AudioContext({ sampleRate });
        const all = new ChannelMergerNode(context, { numberOfInputs: inputs.length * (1 + files.length) });
        let channel = 0;
        const latencies: number[] = [];
        const sources: AudioBufferSourceNode[] = [];
        for (const input of inputs) {
          const bytes = Uint8Array.from(atob(input), (character) => character.charCodeAt(0));
          const buffer = new AudioBuffer({ length, sampleRate });
          buffer.copyToChannel(new Float32Array(bytes.buffer), 0);
          const source = new AudioBufferSourceNode(context, { buffer });
          sources.push(source);
          source.connect(all, 0, channel++);
          for (const model of files) {
            const node = await ddsp.DDSPNode.create(context, {
              model,
              matching: { register: 'off', level: 'off' },
            });
            node.noise.value = 0;
            latencies.push(node.latency);
            source.connect(node).connect(all, 0, channel++);
          }
        }
        all.connect(context.destination);
        const recording = recordChannels(all, length / sampleRate + 1, channel);
        const start = context.currentTime + 0.3;
        for (const source of sources) source.start(start);
        const channels = (await recording).map((samples) => {
          let text = '';
          for (const byte of new Uint8Array(samples.buffer)) text += String.fromCharCode(byte);
          return btoa(text);
        });
        await context.close();
        return { channels, latencies };
      },
      {
        files: configurations.map(({ file }) => file),
        inputs: inputs.map(encode),
        length: inputs[0].length,
        sampleRate: SAMPLE_RATE,
      },
    );
    return inputs.map((input) => {
      const heard = decode(channels.shift() as string);
      const start =
        heard.findIndex((value) => Math.abs(value) > 1e-9) - input.findIndex((value) => value !== 0);
      // what is measured was played, to the sample; WebKit may read between two of them, 1e-13 off
      expect(input.every((value, n) => Math.abs(heard[start + n] - value) < 1e-9)).toBe(true);
      return configurations.map(() => ({
        output: decode(channels.shift() as string).subarray(start),
        latency: (latencies.shift() as number) * SAMPLE_RATE,
      }));
    });
  }

  it.each(
    configurations.flatMap((configuration, c) =>
      [0, 1].map((i) => ({ ...configuration, c, i, of: ['pitch, a semitone', 'amplitude, 6 dB'][i] })),
    ),
  )('$title: W/2 + H from a step of the $of', ({ title, expected, c, i, of }) => {
    const { output, latency } = played[i][c];
    const delay = delayOf(i === 0 ? pitchCurve(output) : levelCurve(output, SINE));
    console.log(`${name}, ${title}, ${of}: ${delay.toFixed(1)} samples, reported ${latency}`);
    expect(latency).toBeCloseTo(expected, 6);
    expect(Math.abs(delay - expected)).toBeLessThan(24);
  });
});
