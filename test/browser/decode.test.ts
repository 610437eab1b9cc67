/** Pages decode by the browser's own codecs: the same sound as Node's decoders give, in the same place. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAudio } from '../../src/audio/decode';
import { signalToError } from '../support/kernels';
import { encodeAiff, tone } from '../support/sounds';
import { browsersUnderTest } from './drivers/browsers';
import type { TestBrowser, TestPage } from './drivers/page';
import { decode, serve, type TestServer } from './support';

/** Bundled encodings of one tone, and how near browsers come to Node's decoders: dB, the lowest of all browsers. */
const AS_IN_NODE: readonly [file: string, decibels: number][] = [
  ['tone.flac', 85],
  ['tone-flac.oga', 85],
  ['tone.mp3', 75],
  ['tone.ogg', 120],
  ['tone.opus', 85],
  ['reports/98_skeleton.ogg', 120],
  ['reports/118_ogg_zeros_end.ogg', 120],
  ['reports/66_zeros_front.mp3', 75],
  ['reports/90_id3v1_end.flac', 85],
];
/** Node has no decoder for these; WebKitGTK none for AAC. */
const BROWSERS_ONLY = ['tone.m4a', 'tone.webm'];
/** What WebKit's `decodeAudioData` leaves in front or behind: samples. */
const UNTRIMMED = 2000;

const fixture = (name: string) => new Uint8Array(readFileSync(`test/fixtures/audio/${name}`));
const files: Readonly<Record<string, Uint8Array>> = {
  ...Object.fromEntries(
    [...AS_IN_NODE.map(([name]) => name), ...BROWSERS_ONLY].map((name) => [name, fixture(name)]),
  ),
  'tone.aiff': encodeAiff([tone(44_100)], 44_100, 'int24'),
  'cut.flac': fixture('tone.flac').subarray(0, 9000),
  'text.mp3': new TextEncoder().encode('Dear Sir'),
};

/** Runs in the page. */
async function decodeThere(name: string) {
  const bytes = new Uint8Array(await (await fetch(`/${name}`)).arrayBuffer());
  const { channels, sampleRate } = await training.decodeAudio(bytes, name);
  let text = '';
  for (const byte of new Uint8Array(channels[0].slice().buffer)) text += String.fromCharCode(byte);
  return { samples: btoa(text), sampleRate };
}

/** Runs in the page: decodes in a worker. */
async function prepareThere(name: string) {
  const content = new File([await (await fetch(`/${name}`)).blob()], name);
  const { Dataset, datasetOptions, defaultConfig } = training;
  const dataset = await Dataset.fromFiles([{ name, content }], {
    ...datasetOptions(defaultConfig),
    sliceSeconds: 0.5,
  });
  return dataset.summary.seconds;
}

describe.each(browsersUnderTest())('decoding in $name', ({ name: browserName, launch }) => {
  const isWebKit = browserName === 'WebKit';
  let browser: TestBrowser;
  let server: TestServer;
  let page: TestPage;

  beforeAll(async () => {
    server = await serve(
      Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`/${name}`, bytes])),
    );
    browser = await launch();
    page = await browser.open(server.origin);
    await page.evaluate(`import('/dist/train/browser.js').then((library) => { window.training = library; })`);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it.each(AS_IN_NODE)('%s is what Node decodes', async (name, decibels) => {
    const expected = await decodeAudio(files[name], name);
    const { samples, sampleRate } = await page.evaluate(decodeThere, name);
    const found = decode(samples);
    expect(sampleRate).toBe(expected.sampleRate);
    const [wanted] = expected.channels;
    if (isWebKit && found.length !== wanted.length) {
      expect(Math.abs(found.length - wanted.length)).toBeLessThan(UNTRIMMED);
      return;
    }
    expect(found.length).toBe(wanted.length);
    expect(signalToError(found, wanted)).toBeGreaterThan(decibels);
  });

  it.each(BROWSERS_ONLY)('%s is read by the browser alone', async (name) => {
    if (isWebKit && name === 'tone.m4a') return;
    const { samples, sampleRate } = await page.evaluate(decodeThere, name);
    const found = decode(samples);
    const wanted = tone(sampleRate);
    expect(Math.abs(found.length - wanted.length)).toBeLessThan(UNTRIMMED);
    expect(signalToError(found.subarray(0, wanted.length), wanted)).toBeGreaterThan(25);
  });

  it('AIFF is read as it is', async () => {
    const { samples } = await page.evaluate(decodeThere, 'tone.aiff');
    expect(signalToError(decode(samples), tone(44_100))).toBeGreaterThan(120);
  });

  it('says what is wrong with a file', async () => {
    await expect(page.evaluate(decodeThere, 'cut.flac')).rejects.toThrow(
      /cut\.flac: .*(only \d+ of its 44100 samples|cannot be decoded)/,
    );
    await expect(page.evaluate(decodeThere, 'text.mp3')).rejects.toThrow(/text\.mp3: it is text/);
  });

  it('decodes in workers, or for them', async () => {
    expect(await page.evaluate(prepareThere, 'tone.mp3')).toBeCloseTo(1, 0);
  });
});
