/** Training projects of a page: kept between visits, whatever ends one. */

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModel } from '../../src/model/file';
import { writeWav } from '../../src/train/audio/wav';
import { phrase } from '../support/models';
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
    });
    browser = await launch();
    context = await browser.newContext();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function visit(): Promise<Page> {
    const page = await open(context, server.origin);
    await page.evaluate(`import('/dist/train/browser.js').then((library) => {
      window.training = library;
      window.fileOf = async (name) => new File([await (await fetch('/' + name)).blob()], name);
    })`);
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
      { name: 'one.wav (2)', reason: expect.stringMatching(/same as one.wav/) },
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
        states,
        model: Array.from(model ?? []),
        stretches,
        lengths: [original.length, reconstruction.length],
        levels: [level(original), level(reconstruction)],
        planned: project.info.steps,
      };
      await project.close();
      await TrainingProject.delete(id);
      return { ...result, left: (await TrainingProject.list()).length };
    }, first.id);
    expect(second.listed).toMatchObject({ name: 'Test', step: first.step, steps: first.planned });
    expect(Math.min(...second.states)).toBe(first.step);
    expect(second.planned).toBe(first.planned);
    const model = readModel(Uint8Array.from(second.model));
    expect(model.about.name).toBe('Test');
    expect(model.about.trainedOn).toEqual(['2 recordings, 0.2 min']);
    expect(second.stretches.length).toBeGreaterThan(0);
    expect(second.lengths[0]).toBe(second.lengths[1]);
    expect(second.levels[1]).toBeGreaterThan(0.1 * second.levels[0]);
    expect(second.left).toBe(0);
    await again.close();
  });
});
