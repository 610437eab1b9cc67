/** The database of a page: IndexedDB, written by the page, read by its training workers. */

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/audio/wav';
import { datasetOptions } from '../../src/train/config';
import { Dataset } from '../../src/train/data/dataset';
import { phrase } from '../support/models';
import { launch, open, serve, type TestServer } from './support';
import { smallConfig as config } from './training';

const { sampleRate } = config.model;
const wav = writeWav(phrase(6, sampleRate, 1), sampleRate);

describe('a database in a page', () => {
  let browser: Browser;
  let context: BrowserContext;
  let server: TestServer;

  beforeAll(async () => {
    server = await serve({
      '/phrase.wav': wav,
      '/other.wav': writeWav(phrase(4, sampleRate, 2), sampleRate),
    });
    browser = await launch();
    context = await browser.newContext();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** A new tab; what an earlier one kept is there. */
  async function visit(): Promise<Page> {
    const page = await open(context, server.origin);
    await page.evaluate(`import('/dist/train/browser.js').then((library) => {
      window.training = library;
      window.fileOf = async (name) => new File([await (await fetch('/' + name)).blob()], name, { lastModified: 1 });
    })`);
    return page;
  }

  it('keeps values, all of a batch or none', async () => {
    const first = await visit();
    await first.evaluate(async () => {
      const store = await training.indexedDbStore('values');
      const large = new Uint8Array(1000).map((_, i) => i);
      await store.put([
        ['a/1', large.subarray(10, 13)],
        ['a/2', Uint8Array.of(4)],
        ['b', Uint8Array.of(5)],
      ]);
      await store.delete(['b', 'nothing']);
      const broken = { slice: () => () => {} } as unknown as Uint8Array;
      await store
        .put([
          ['c', Uint8Array.of(6)],
          ['d', broken],
        ])
        .catch(() => {});
      await store.close();
    });
    await first.close();
    const again = await visit();
    const kept = await again.evaluate(async () => {
      const store = await training.indexedDbStore('values');
      const value = await store.get('a/1');
      const result = {
        value: Array.from(value ?? []),
        buffer: value?.buffer.byteLength,
        keys: await store.keys(''),
        some: await store.keys('a/'),
        missing: (await store.get('c')) === undefined,
      };
      await training.deleteIndexedDb('values');
      return result;
    });
    await again.close();
    expect(kept).toEqual({
      value: [10, 11, 12],
      buffer: 3,
      keys: ['a/1', 'a/2'],
      some: ['a/1', 'a/2'],
      missing: true,
    });
  });

  it('is made once, is there in the next tab without the files, and trains as memory does', async () => {
    const expected = await Dataset.fromFiles([{ name: 'phrase.wav', content: wav }], datasetOptions(config));
    const first = await visit();
    const made = await first.evaluate(async (config) => {
      const { Dataset, datasetOptions, indexedDbStore, Trainer } = training;
      const content = await fileOf('phrase.wav');
      const options = { ...datasetOptions(config), store: await indexedDbStore('recordings') };
      const losses = async (dataset: Awaited<ReturnType<typeof Dataset.fromFiles>>) => {
        const trainer = await Trainer.create({ dataset, config, workers: 2 });
        const found: number[] = [];
        for await (const event of trainer.run()) if ('loss' in event) found.push(event.loss);
        await trainer.close();
        return found;
      };
      const sources = [{ name: 'phrase.wav', content }];
      const dataset = await Dataset.fromFiles(sources, options);
      const inMemory = await Dataset.fromFiles(sources, datasetOptions(config));
      const again = await Dataset.fromFiles(sources, options);
      const slice = await dataset.read(dataset.slices[2]);
      return {
        fingerprint: dataset.fingerprint,
        reused: again.summary.reused,
        audio: Array.from(slice.audio),
        fromDatabase: await losses(dataset),
        fromMemory: await losses(inMemory),
      };
    }, config);
    await first.close();
    expect(made.fingerprint).toBe(expected.fingerprint);
    expect(made.reused).toBe(1);
    expect(made.audio).toEqual(Array.from((await expected.read(expected.slices[2])).audio));
    expect(made.fromDatabase.length).toBeGreaterThan(config.trainer.steps);
    expect(made.fromDatabase).toEqual(made.fromMemory);

    const second = await visit();
    const kept = await second.evaluate(async (config) => {
      const { Dataset, datasetOptions, indexedDbStore } = training;
      const store = await indexedDbStore('recordings');
      const options = { ...datasetOptions(config), store };
      const dataset = await Dataset.fromStore(options);
      const louder = await Dataset.fromStore({
        ...options,
        analysis: { ...options.analysis, threshold: 0.3 },
      });
      const all = await Dataset.fromFiles(
        [
          { name: 'other.wav', content: await fileOf('other.wav') },
          { name: 'phrase.wav', content: await fileOf('phrase.wav') },
          { name: 'letter.wav', content: new Blob(['not a sound']) },
        ],
        options,
      );
      return {
        fingerprint: dataset.fingerprint,
        reused: dataset.summary.reused,
        analysedAnew: louder.summary.analysedAnew,
        summary: all.summary,
        freed: await all.prune(),
      };
    }, config);
    await second.close();
    expect(kept).toMatchObject({ fingerprint: expected.fingerprint, reused: 1, analysedAnew: 1 });
    expect(kept.summary).toMatchObject({ reused: 1, analysedAnew: 0 });
    expect(kept.summary.recordings.map(({ name }) => name)).toEqual(['other.wav', 'phrase.wav']);
    expect(kept.summary.refused).toEqual([
      { name: 'letter.wav', reason: expect.stringMatching(/it is text/) },
    ]);
    expect(kept.freed).toBeGreaterThan(100);
  });

  it('that is of another version, of something else, full or gone is an error that says so', async () => {
    const page = await visit();
    const errors = await page.evaluate(async (config) => {
      const { Dataset, datasetOptions, indexedDbStore, deleteIndexedDb } = training;
      const use = async (name: string) => {
        const store = await indexedDbStore(name);
        return Dataset.fromFiles([], { ...datasetOptions(config), store }).finally(() => store.close());
      };
      const reason = (work: Promise<unknown>) =>
        work.then(String, (error) => `${error.name}: ${error.message}`);
      const other = await indexedDbStore('other');
      await other.put([['format', new TextEncoder().encode('{"format":"ddsp-database","version":7}')]]);
      await other.close();
      const foreign = await indexedDbStore('foreign');
      await foreign.put([['contacts', new Uint8Array(3)]]);
      await foreign.close();
      await new Promise((resolve) => {
        const request = indexedDB.open('later', 5);
        request.onsuccess = () => {
          request.result.close();
          resolve(undefined);
        };
      });
      const gone = await indexedDbStore('gone');
      await deleteIndexedDb('gone');
      return {
        version: await reason(use('other')),
        foreign: await reason(use('foreign')),
        later: await reason(use('later')),
        gone: await reason(gone.put([['a', new Uint8Array(1)]])),
      };
    }, config);
    await page.close();
    expect(errors.version).toMatch(/^DatabaseError: other: a database of version 7.*delete it/);
    expect(errors.foreign).toMatch(/^DatabaseError: foreign: this is not a database of recordings/);
    expect(errors.later).toMatch(/^DatabaseError: later: .*of another version/);
    expect(errors.gone).toMatch(/^DatabaseError: gone: .*cannot be written: it was closed or deleted/);
  });
});
