/**
 * OfflineAudioContext: what the node plays is what the library renders, `latency` later, and the same in
 * every browser.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModel, writeModel } from '../../src/model/file';
import type { Model } from '../../src/model/model';
import { renderNotes } from '../../src/play/notes/render-notes';
import { renderOffline } from '../../src/play/render';
import { phrase, randomModel } from '../support/models';
import { browsersUnderTest } from './drivers/browsers';
import type { TestBrowser, TestPage } from './drivers/page';
import { recorderScript } from './recorder';
import { type Job, job, notesThere, type Rendered, renderThere, worstDifference } from './rendering';
import { decode, encode, level, openTestPage, serve, type TestServer } from './support';

const SECONDS = 1.5;
const BUNDLED = ['violin', 'saxophone', 'cello'];

const files: Record<string, Uint8Array> = {
  random: writeModel(randomModel(3), { float16: false }),
  other: writeModel(randomModel(4), { float16: false }),
  ...Object.fromEntries(BUNDLED.map((name) => [name, readFileSync(`models/${name}.safetensors`)])),
};
const models = Object.fromEntries(
  Object.entries(files).map(([name, bytes]): [string, Model] => [name, readModel(bytes)]),
);

/** By name of the render, then of the browser. */
const renders = new Map<string, Map<string, Float32Array>>();
const browsers = browsersUnderTest();

describe.each(browsers)('offline in $name', ({ name, launch }) => {
  let browser: TestBrowser;
  let server: TestServer;
  let page: TestPage;

  beforeAll(async () => {
    server = await serve({
      ...Object.fromEntries(Object.entries(files).map(([model, bytes]) => [`/${model}.safetensors`, bytes])),
      '/recorder.js': recorderScript,
    });
    browser = await launch();
    page = await openTestPage(browser, server.origin);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** @param title under which the other browsers' renders are compared; null: not compared */
  async function render(title: string | null, job: Job): Promise<Rendered> {
    const { output: text, latency, quantum } = await page.evaluate(renderThere, job);
    const output = decode(text);
    if (title !== null) renders.set(title, (renders.get(title) ?? new Map()).set(name, output));
    return { output, latency: Math.round(latency * job.sampleRate), quantum };
  }

  async function expectRendered(
    { output, latency }: Rendered,
    audio: Float32Array,
    { sampleRate, model = 'random', knobs, listening, matching }: Job,
    tolerance = 1e-5,
  ) {
    const expected = await renderOffline(models[model], audio, {
      sampleRate,
      matching,
      ...knobs,
      listening,
    });
    expect(level(output)).toBeGreaterThan(1e-3);
    expect(worstDifference(output, expected, latency)).toBeLessThan(tolerance);
    const before = output.subarray(0, latency - Math.round(sampleRate / 100));
    expect(before.every((value) => value === 0)).toBe(true);
  }

  it.each(['random', ...BUNDLED].flatMap((model) => [48000, 44100].map((rate) => [model, rate] as const)))(
    'plays what the library renders: %s at %i Hz',
    async (model, sampleRate) => {
      const audio = phrase(SECONDS, sampleRate);
      const played = job(audio, sampleRate, { model });
      await expectRendered(await render(`${model} at ${sampleRate} Hz`, played), audio, played);
    },
  );

  it('listens as it is told', async () => {
    const audio = phrase(SECONDS, 48000);
    const listening = {
      pitchMin: 300,
      pitchMax: 1500,
      threshold: 0.3,
      dip: 'clear',
      gate: -10,
      hold: 0.05,
    } as const;
    const played = job(audio, 48000, { listening });
    await expectRendered(await render('listening', played), audio, played);
    const refused = page.evaluate(async () => {
      const context = new OfflineAudioContext({ length: 128, sampleRate: 48000 });
      await ddsp.DDSPNode.create(context, { model: '/random.safetensors', listening: { threshold: 2 } });
    });
    await expect(refused).rejects.toThrow('listening.threshold: expected a number from 0.001 to 1, found 2');
  });

  it('matches as it is told, and by default as the library does', async () => {
    const audio = phrase(SECONDS, 48000, 2).map((value) => 0.01 * value);
    const plain = job(audio, 48000);
    const byDefault = await render('quiet', plain);
    await expectRendered(byDefault, audio, plain);
    const told = job(audio, 48000, { matching: { register: 2, level: 'off' } });
    const rendered = await render('two octaves up', told);
    await expectRendered(rendered, audio, told);
    expect(worstDifference(rendered.output, byDefault.output)).toBeGreaterThan(1e-3);
    const refused = page.evaluate(async () => {
      const context = new OfflineAudioContext({ length: 128, sampleRate: 48000 });
      await ddsp.DDSPNode.create(context, { model: '/random.safetensors', matching: { register: 1.5 } });
    });
    await expect(refused).rejects.toThrow(
      'matching.register: expected a whole number from -4 to 4 octaves, found 1.5',
    );
  });

  it('plays the same in render quanta of another size, where the browser has them', async () => {
    const audio = phrase(SECONDS, 48000);
    const played = job(audio, 48000, { renderSizeHint: 700 });
    const rendered = await render('quanta', played);
    console.log(`${name}: render quantum ${rendered.quantum}`);
    await expectRendered(rendered, audio, played);
  });

  it('plays what the library renders with every knob turned', async () => {
    const audio = phrase(SECONDS, 48000);
    const knobs = { pitchShift: -7, harmonics: 1.6, noise: 0.2, reverb: 0.9, gain: 0.5 };
    const played = job(audio, 48000, { knobs });
    const rendered = await render('knobs', played);
    await expectRendered(rendered, audio, played);
    const plain = await renderOffline(models.random, audio, { sampleRate: 48000 });
    expect(worstDifference(rendered.output, plain, rendered.latency)).toBeGreaterThan(1e-3);
  });

  it('follows AudioParams that move', async () => {
    const audio = phrase(SECONDS, 48000);
    const runs = { pitchShift: 12, harmonics: 0.3, noise: 2, reverb: 0, gain: 2 };
    const still = await renderOffline(models.random, audio, { sampleRate: 48000 });
    const { output, latency } = await render('moving knobs', job(audio, 48000, { runs }));
    expect(worstDifference(output, still, latency)).toBeGreaterThan(1e-2);
  });

  it('hears the average of the channels', async () => {
    // rounding in the average moves the last bit of f0, which harmonics sum up
    const tolerance = 1e-4;
    const audio = phrase(SECONDS, 48000);
    const scaled = (factor: number) => encode(audio.map((value) => factor * value));
    const stereo = job(audio, 48000, { channels: [scaled(1.5), scaled(0.5)] });
    await expectRendered(await render('2 channels', stereo), audio, stereo, tolerance);
    const many = job(audio, 48000, { channels: [0.2, 0.4, 0.6, 0.8, 1.2, 1.4, 1.6, 1.8].map(scaled) });
    await expectRendered(await render('8 channels', many), audio, many, tolerance);
  });

  it('plays silence as silence when nothing is connected', async () => {
    const audio = new Float32Array(24000);
    const { output, latency } = await render('0 channels', job(audio, 48000, { channels: [] }));
    const expected = await renderOffline(models.random, audio, { sampleRate: 48000 });
    expect(worstDifference(output, expected, latency)).toBeLessThan(1e-5);
  });

  it('plays notes at their very samples, of the model that morph chooses', async () => {
    const [at, hop] = [12_345, 480];
    const events = [
      { time: at / 48_000, bytes: [0x90, 69, 100] },
      { time: 0.5, bytes: [0x90, 60, 80] },
    ];
    for (const [morph, model] of ['random', 'other'].entries()) {
      const output = decode(await page.evaluate(notesThere, { events, morph }));
      const expected = await renderNotes(models[model], events, { noise: 0, voices: 4 });
      const first = output.findIndex((value) => Math.abs(value) > 1e-7);
      expect(first - hop - at).toBeGreaterThanOrEqual(0);
      expect(first - hop - at).toBeLessThanOrEqual(2);
      // renderNotes releases its notes with the last event
      const held = output.subarray(0, 24_000);
      expect(worstDifference(held, expected, hop)).toBeLessThan(2e-5);
    }
  });

  it('is told which slots there are, and plays the first model when the second is gone', async () => {
    const slots = page.evaluate(async () => {
      const context = new OfflineAudioContext({ length: 48_000, sampleRate: 48_000 });
      const node = await ddsp.DDSPNode.create(context, { model: '/random.safetensors', voices: 1 });
      const refused = async (...args: unknown[]) => {
        const setModel = node.setModel as (...args: unknown[]) => Promise<void>;
        return setModel.apply(node, args).then(
          () => '',
          (error: Error & { option: string }) => error.option,
        );
      };
      const options = [
        await refused(null),
        await refused('/other.safetensors', { slot: 'c' }),
        await refused('/other.safetensors', { slots: 'b' }),
      ];
      const before = node.model.about.name;
      await node.setModel('/other.safetensors', { slot: 'b' });
      const beside = node.model.about.name;
      await node.setModel(null, { slot: 'b' });
      return { options, names: [before, beside, node.model.about.name] };
    });
    expect(await slots).toEqual({
      options: ['model', 'slot', 'slots'],
      names: ['random 3', 'random 3', 'random 3'],
    });
  });

  it('changes its model', async () => {
    const audio = phrase(SECONDS, 48000);
    const [one, other] = await Promise.all(
      ['random', 'other'].map((model) => renderOffline(models[model], audio, { sampleRate: 48000 })),
    );
    const early = await render(
      'changed at once',
      job(audio, 48000, { change: { model: 'other', after: 0 } }),
    );
    expect(worstDifference(early.output.subarray(9600), other.subarray(9600 - early.latency))).toBeLessThan(
      0.5 * worstDifference(one, other),
    );
    const canSuspend = await page.evaluate(() => 'suspend' in OfflineAudioContext.prototype);
    console.log(`${name}: ${canSuspend ? 'can' : 'cannot'} stop an OfflineAudioContext on the way`);
    if (!canSuspend) return;
    const change = { model: 'other', after: 0.5 };
    const { output, latency } = await render('changed on the way', job(audio, 48000, { change }));
    const before = output.subarray(0, 24000);
    expect(worstDifference(before, one, latency)).toBeLessThan(1e-5);
    expect(worstDifference(output, one, latency)).toBeGreaterThan(1e-3);
  });
});

describe('offline in all browsers', () => {
  it('comes out the same to 1e-4', () => {
    expect(renders.size).toBeGreaterThan(10);
    for (const [title, outputs] of renders) {
      const entries = [...outputs];
      for (const [i, [first, a]] of entries.entries()) {
        for (const [second, b] of entries.slice(i + 1)) {
          const worst = worstDifference(a, b);
          console.log(`${title}: ${first} and ${second} differ by ${worst.toExponential(1)}`);
          expect(worst, `${title}, ${first} and ${second}`).toBeLessThan(1e-4);
        }
      }
    }
    expect(renders.get('random at 48000 Hz')?.size).toBe(browsers.length);
  });
});
