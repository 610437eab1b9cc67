/** Training projects of a page: kept between visits, whatever ends one. */

import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AS_RECORDED } from '../../src/analysis/listening';
import { writeWav } from '../../src/audio/wav';
import { readModel } from '../../src/model/file';
import { UNMATCHED } from '../../src/play/matching/options';
import { renderOffline } from '../../src/play/render';
import { phrase } from '../support/models';
import { recorderScript } from './recorder';
import { launch, open, serve, type TestServer } from './support';
import { smallConfig as config } from './training';

const { sampleRate } = config.model;

describe('a training project', () => {
  let browser: Browser;
  let context: BrowserContext;
  let server: TestServer;

  beforeAll(async () => {
    server = await serve({
      '/one.wav': writeWav(phrase(6, sampleRate, 1), sampleRate),
      '/two.wav': writeWav(phrase(8, sampleRate, 2), sampleRate),
      '/broken.wav': 'no audio',
      '/tone.webm': readFileSync('test/fixtures/audio/tone.webm'),
      '/recorder.js': recorderScript,
    });
    browser = await launch();
    context = await browser.newContext();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function visit(address = '', where = context): Promise<Page> {
    const page = await open(where, `${server.origin}${address}`);
    await page.evaluate(`(async () => {
      window.training = await import('/dist/train/browser.js');
      window.ddsp = await import('/dist/index.js');
      Object.assign(window, await import('/recorder.js'));
      window.fileOf = async (name) => new File([await (await fetch('/' + name)).blob()], name);
      window.trainSteps = async (project, steps) => {
        const pause = new AbortController();
        const states = [];
        const onState = (state) => {
          states.push(state);
          if (state.step >= states[0].step + steps) pause.abort();
        };
        const done = await project.train({ minutes: 1, signal: pause.signal, onState });
        return { done, states };
      };
    })()`);
    return page;
  }

  /** A page with a project that has a recording. */
  async function visitNew(
    where = context,
    prepare: (devtools: CDPSession) => Promise<unknown> = async () => {},
  ): Promise<Page> {
    const page = await visit('', where);
    await prepare(await where.newCDPSession(page));
    await page.evaluate(async (config) => {
      const project = await training.TrainingProject.create({ name: 'Test', config });
      await project.addRecordings([await fileOf('one.wav')]);
      Object.assign(window, { project });
    }, config);
    return page;
  }

  it('takes recordings, trains, is closed, opened again, and goes on where it was', async () => {
    const page = await visit();
    const first = await page.evaluate(async (config) => {
      const project = await training.TrainingProject.create({ name: 'Test', config });
      const read: string[] = [];
      const files = await Promise.all(['one.wav', 'broken.wav'].map(fileOf));
      await project.addRecordings(files, {
        onProgress: ({ name, done, count }) => read.push(`${name} ${done}/${count}`),
      });
      await project.addRecordings([await fileOf('two.wav'), await fileOf('one.wav')]);
      const { summary, overviews, seconds } = project.info;
      const pause = new AbortController();
      const steps: number[] = [];
      const done = await project.train({
        minutes: 1,
        signal: pause.signal,
        onState({ step, steps: planned }) {
          steps.push(step);
          if (planned > 0 && step >= 30) pause.abort();
        },
      });
      const { id, step, steps: planned } = project.info;
      const curves = await project.curves();
      return {
        id,
        read,
        summary,
        done,
        step,
        steps,
        planned,
        curves,
        seconds,
        pitch: overviews.map(({ f0 }) => Math.max(...f0)),
      };
    }, config);
    expect(first.read.at(-1)).toMatch(/ 2\/2$/);
    expect(first.summary?.recordings.map(({ name }) => name)).toEqual(['one.wav', 'two.wav']);
    expect(first.summary?.refused).toEqual([
      { name: 'one.wav (2)', reason: expect.stringMatching(/identical to one.wav/) },
    ]);
    expect(first.seconds).toBeGreaterThan(10);
    expect(Math.min(...first.pitch)).toBeGreaterThan(80);
    expect(first.done).toBe(false);
    expect(first.step).toBeGreaterThanOrEqual(30);
    expect(first.planned).toBeGreaterThan(first.step);
    const [start, end] = [first.curves.training[1], first.curves.training.at(-1)];
    expect(end).toBeLessThan(Number(start));
    await page.close();

    const again = await visit();
    const second = await again.evaluate(async (id) => {
      const { TrainingProject } = training;
      const [listed] = await TrainingProject.list();
      const project = await TrainingProject.open(id);
      const curves = await project.curves();
      const states: number[] = [];
      const pause = new AbortController();
      await project.train({
        signal: pause.signal,
        onState({ step }) {
          states.push(step);
          if (step >= listed.step + 5) pause.abort();
        },
      });
      const model = await project.model();
      const stretches = await project.heldOut();
      const { original, reconstruction } = await project.compare(0);
      const level = (samples: Float32Array) => Math.hypot(...samples) / Math.sqrt(samples.length);
      const result = {
        listed,
        curves,
        states,
        model: Array.from(model),
        stretches,
        original: Array.from(original),
        reconstruction: Array.from(reconstruction),
        lengths: [original.length, reconstruction.length],
        levels: [level(original), level(reconstruction)],
        planned: project.info.steps,
      };
      const finished = await project.train({ minutes: 0.01 });
      const { step, steps } = project.info;
      await project.close();
      await TrainingProject.delete(id);
      return { ...result, finished, end: [step, steps], left: (await TrainingProject.list()).length };
    }, first.id);
    expect(second.listed).toMatchObject({ name: 'Test', step: first.step, steps: first.planned });
    expect(second.curves).toEqual(first.curves);
    expect(Math.min(...second.states)).toBe(first.step);
    expect(second.planned).toBe(first.planned);
    const model = readModel(Uint8Array.from(second.model));
    expect(model.about.name).toBe('Test');
    expect(model.about.trainedOn).toEqual(['2 recordings, 0.2 min']);
    expect(second.stretches.length).toBeGreaterThan(0);
    expect(second.lengths[0]).toBe(second.lengths[1]);
    expect(second.levels[1]).toBeGreaterThan(0.1 * second.levels[0]);
    // in the recording's own register, at its own level
    const played = await renderOffline(model, Float32Array.from(second.original), {
      sampleRate,
      listening: AS_RECORDED,
      matching: UNMATCHED,
    });
    const worst = played.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - second.reconstruction[i])),
      0,
    );
    expect(worst).toBeLessThan(1e-4);
    expect(second.finished).toBe(true);
    expect(second.end[0]).toBe(second.end[1]);
    expect(second.end[0]).toBeGreaterThan(first.step);
    expect(second.left).toBe(0);
    await again.close();
  });

  it('is heard while it learns: a running node plays the weights it is given', async () => {
    const page = await visitNew();
    const heard = await page.evaluate(async () => {
      const context = new AudioContext({ sampleRate: 16000 });
      const tone = new OscillatorNode(context, { type: 'sawtooth', frequency: 220 });
      tone.start();
      await trainSteps(project, 2);
      const models = [await project.model()];
      const node = await ddsp.DDSPNode.create(context, { model: models[0] });
      tone.connect(node);
      await record(node, 0.3);
      const sounds = [await record(node, 0.5)];
      await trainSteps(project, 60);
      models.push(await project.model());
      await node.setModel(models[1]);
      await record(node, 0.3);
      sounds.push(await record(node, 0.5));
      await context.close();
      return {
        models: models.map((file) => Array.from(file)),
        sounds: sounds.map((sound) => Array.from(sound)),
      };
    });
    const saw = Float32Array.from(
      { length: sampleRate },
      (_, i) => 2 * (((220 * i) / sampleRate + 0.5) % 1) - 1,
    );
    const expected = await Promise.all(
      heard.models.map(async (file) =>
        harmonicLevels(
          (await renderOffline(readModel(Uint8Array.from(file)), saw, { sampleRate })).slice(-8000),
        ),
      ),
    );
    heard.sounds.map(harmonicLevels).forEach((levels, i) => {
      expect(distance(levels, expected[i])).toBeLessThan(0.5 * distance(levels, expected[1 - i]));
    });
    await page.close();
  });

  it('takes more recordings after training, and begins with what it has learned', async () => {
    const page = await visitNew();
    const { before, after, steps, recordings } = await page.evaluate(async () => {
      await trainSteps(project, 60);
      const before = (await project.curves()).validation;
      await project.addRecordings([await fileOf('two.wav'), await fileOf('tone.webm')]);
      const { states } = await trainSteps(project, 2);
      return {
        before,
        after: states[states.length - 1].curves.validation,
        steps: states.map(({ step }) => step),
        recordings: project.info.summary?.recordings.map(({ name }) => name),
      };
    });
    // the last is of a kind that only the browser reads
    expect(recordings).toEqual(['one.wav', 'tone.webm', 'two.wav']);
    expect(steps[0]).toBe(0);
    expect(after[0]).toBe(0);
    expect(after[1]).toBeLessThan(0.7 * before[1]);
    await page.close();
  });

  it('trains in a hidden tab, where timers and frames stand still', async () => {
    const page = await visitNew();
    const { steps, done } = await page.evaluate(async () => {
      const never = () => 0;
      Object.assign(window, { setTimeout: never, setInterval: never, requestAnimationFrame: never });
      const { states, done } = await trainSteps(project, 20);
      return { steps: states.map(({ step }) => step), done };
    });
    expect(done).toBe(false);
    expect(steps.at(-1)).toBeGreaterThanOrEqual(20);
    await page.close();
  });

  it('saves the files of every run, and opens projects of the first format', async () => {
    const page = await visitNew();
    const { files, before, after } = await page.evaluate(async () => {
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const { id } = project.info;
      const state = async (which: typeof project) => ({
        step: which.info.step,
        curves: await which.curves(),
        latest: Array.from(await which.model('latest')),
        best: Array.from(await which.model('best')),
      });
      // the last step is followed by a validation
      await project.train({ minutes: 0.02 });
      const before = await state(project);
      await project.close();

      // as an earlier release saved it
      const current = await done(indexedDB.open('ddsp-worklet'));
      const store = (name: string) => current.transaction(name).objectStore(name);
      const keys = (await done(store('files').getAllKeys())) as [string, string, number][];
      const ours = keys.filter(([owner]) => owner === id);
      const part = (name: string) => done(store('files').get([id, name, 0]));
      const records = {
        projects: await done(store('projects').getAll()),
        recordings: await done(store('recordings').getAll()),
        progress: [
          {
            id,
            checkpoint: await part('last.ckpt'),
            best: await part('model.safetensors'),
            curves: before.curves,
          },
        ],
      };
      current.close();
      await done(indexedDB.deleteDatabase('ddsp-worklet'));
      const opening = indexedDB.open('ddsp-worklet', 1);
      opening.onupgradeneeded = () => {
        for (const [name, rows] of Object.entries(records)) {
          const store = opening.result.createObjectStore(name, { keyPath: 'id' });
          for (const row of rows) store.put(row);
        }
      };
      (await done(opening)).close();

      const opened = await training.TrainingProject.open(id);
      const after = await state(opened);
      const { states } = await trainSteps(opened, 2);
      await opened.close();
      return {
        files: [...new Set(ours.map(([, name]) => name))],
        before,
        after: { ...after, resumedAt: states[0].step },
      };
    });
    expect(files).toEqual(['best.ckpt', 'last.ckpt', 'metrics.jsonl', 'model.safetensors']);
    expect(before.step).toBeGreaterThan(0);
    expect(before.curves.validation.length).toBe(6);
    expect(after.step).toBe(before.step);
    expect(after.resumedAt).toBe(before.step);
    expect(after.latest).toEqual(before.latest);
    expect(after.best).toEqual(before.best);
    expect(after.curves.validation).toEqual(before.curves.validation);
    expect(after.curves.training.length).toBe(before.curves.training.length);
    after.curves.training.forEach((value, i) => {
      expect(value).toBeCloseTo(before.curves.training[i], 6);
    });
    await page.close();
  });

  it('is open in one tab at a time', async () => {
    const page = await visitNew();
    const id = await page.evaluate(() => project.info.id);
    const other = await visit();
    const tried = (what: 'open' | 'delete') =>
      other.evaluate(
        async ({ id, what }) => {
          try {
            await training.TrainingProject[what](id);
            return 'done';
          } catch (error) {
            return String(error);
          }
        },
        { id, what },
      );
    expect(await tried('open')).toMatch(/open in another tab/);
    expect(await tried('delete')).toMatch(/open in another tab/);
    await page.close();
    expect(await tried('open')).toBe('done');
    await other.close();
  });

  it('says when the storage is full, and keeps what was there', async () => {
    const alone = await browser.newContext();
    const page = await visitNew(alone, (devtools) =>
      devtools.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize: 1_000_000 }),
    );
    const { message, recordings } = await page.evaluate(async () => {
      let message = '';
      try {
        await project.addRecordings([await fileOf('two.wav')]);
      } catch (error) {
        message = String(error);
      }
      return { message, recordings: project.info.summary?.recordings.map(({ name }) => name) };
    });
    expect(message).toMatch(/storage.*full.*delete/);
    expect(recordings).toEqual(['one.wav']);
    await alone.close();
  });

  it('starts its worker from an address, and says what to do where it cannot start', async () => {
    const policy = "default-src 'self'; script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval'";
    const page = await visit(`/csp?${encodeURIComponent(policy)}`);
    const create = (options: object) =>
      page.evaluate(
        async (options) => {
          try {
            const project = await training.TrainingProject.create({ name: 'Test', ...options });
            await project.addRecordings([await fileOf('one.wav')]);
            await trainSteps(project, 2);
            return 'trained';
          } catch (error) {
            return String(error);
          }
        },
        { config, ...options },
      );
    expect(await create({ workerUrl: '/dist/train/worker.js' })).toBe('trained');
    expect(await create({})).toMatch(/TrainingError.*worker-src blob:.*workerUrl/);
    await page.close();
  });
});

/** dB of the harmonics of 220 Hz. */
function harmonicLevels(samples: ArrayLike<number>): number[] {
  return Array.from({ length: 12 }, (_, k) => {
    let [real, imaginary] = [0, 0];
    for (let n = 0; n < samples.length; n++) {
      const phase = (2 * Math.PI * 220 * (k + 1) * n) / sampleRate;
      // the window keeps neighbours apart
      const value = samples[n] * (1 - Math.cos((2 * Math.PI * n) / samples.length));
      real += value * Math.cos(phase);
      imaginary += value * Math.sin(phase);
    }
    return 20 * Math.log10(Math.hypot(real, imaginary) / samples.length + 1e-6);
  });
}

/** Mean absolute difference. */
function distance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
}
