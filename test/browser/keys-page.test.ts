/** The keys page of the built site: played by touch, the computer's keys, a MIDI device and a MIDI file. */

import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAudio } from '../../src/audio/decode';
import { midiFile } from '../support/midi';
import { type ServedSite, serveSite } from './site';
import { launch, level, open, pitchOf } from './support';

/** A MIDI keyboard that the page can connect, and `sendMidi`, which presses its keys. */
const DEVICE = `
  const port = Object.assign(new EventTarget(), {
    id: '1', name: 'Test keys', manufacturer: 'none', type: 'input', state: 'connected', connection: 'open',
    open: async () => port, close: async () => port, onmidimessage: null,
  });
  const access = Object.assign(new EventTarget(), {
    inputs: new Map([['1', port]]), outputs: new Map(), sysexEnabled: false, onstatechange: null,
  });
  navigator.requestMIDIAccess = async () => access;
  window.sendMidi = (...bytes) => {
    const event = Object.assign(new Event('midimessage'), { data: Uint8Array.from(bytes) });
    port.onmidimessage?.(event);
    port.dispatchEvent(event);
  };
`;

/** Two notes of a second each. */
const song = {
  name: 'song.mid',
  mimeType: 'audio/midi',
  buffer: Buffer.from(
    midiFile([
      [
        [0, [0x90, 69, 100]],
        [192, [0x80, 69, 0]],
        [0, [0x90, 72, 100]],
        [192, [0x80, 72, 0]],
      ],
    ]),
  ),
};

describe('the keys page', () => {
  let browser: Browser;
  let site: ServedSite;
  let page: Page;

  beforeAll(async () => {
    site = await serveSite();
    browser = await launch();
    page = await open(await browser.newContext(), 'about:blank');
    await page.addInitScript(DEVICE);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(`${site.url}keys/`);
    await page.waitForSelector('#start:enabled');
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  const says = (id: string, pattern: RegExp) =>
    page.waitForFunction(
      ([id, source]) => new RegExp(source).test(document.getElementById(id)?.textContent ?? ''),
      [id, pattern.source] as const,
    );
  const loudness = (compare: string) =>
    page.waitForFunction(`Number(document.getElementById('out-level').ariaValueNow) ${compare}`);
  const sounding = (...notes: number[]) =>
    page.waitForFunction(
      (notes) =>
        [...document.querySelectorAll<HTMLElement>('.key[data-sounding]')]
          .map(({ dataset }) => dataset.note)
          .join() === notes,
      notes.join(),
    );
  const send = (...bytes: number[]) =>
    page.evaluate(
      (bytes) => (window as unknown as { sendMidi(...b: number[]): void }).sendMidi(...bytes),
      bytes,
    );

  it('starts with the first key of the computer, and moves by octaves', async () => {
    await page.keyboard.down('a');
    await says('status', /^Playing$/);
    await sounding(60);
    await loudness('> -50');
    await page.keyboard.up('a');
    await sounding();
    await loudness('<= -60');
    await page.keyboard.press('x');
    await page.keyboard.down('a');
    await sounding(72);
    await page.keyboard.up('a');
    await page.keyboard.press('z');
  });

  it('is played by a pointer, which slides over the keys', async () => {
    const place = async (note: number) => {
      const box = await page.locator(`[data-note="${note}"]`).boundingBox();
      if (!box) throw new Error(`no key ${note}`);
      return [box.x + box.width / 2, box.y + box.height * 0.95] as const;
    };
    await page.mouse.move(...(await place(64)));
    await page.mouse.down();
    await sounding(64);
    await loudness('> -50');
    await page.mouse.move(...(await place(65)));
    await sounding(65);
    await page.mouse.up();
    await sounding();
  });

  it('is played by Enter, and arrow keys choose the key', async () => {
    await page.focus('.key[tabindex="0"]');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.down('Enter');
    await sounding(61);
    await page.keyboard.up('Enter');
    await sounding();
  });

  it('is played by a MIDI keyboard, and records it', async () => {
    await page.click('#midi');
    await says('midi-status', /^Connected: Test keys$/);
    await page.click('#record');
    await send(0x90, 69, 110);
    await sounding(69);
    await loudness('> -50');
    await says('record', /0:01/);
    await send(0x80, 69, 0);
    await sounding();
    await page.click('#record');
    await page.waitForSelector('#takes audio');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('#takes button:has-text("Download")'),
    ]);
    const { channels, sampleRate } = await decodeAudio(readFileSync(await download.path()), 'take.wav');
    const loudest = channels[0].reduce(
      (at, value, i, all) => (Math.abs(value) > Math.abs(all[at]) ? i : at),
      0,
    );
    const note = channels[0].subarray(Math.max(0, loudest - 8000), loudest + 8000);
    expect(level(note)).toBeGreaterThan(0.01);
    expect(Math.abs(1200 * Math.log2(pitchOf(note, sampleRate) / 440))).toBeLessThan(60);
  });

  it('plays a MIDI file, and morphs while it plays', async () => {
    await page.selectOption('#second', 'cello');
    await page.setInputFiles('#song', song);
    await sounding(69);
    await page.$eval('#morph', (slider) => {
      (slider as HTMLInputElement).valueAsNumber = 1;
      slider.dispatchEvent(new Event('input'));
    });
    await sounding(72);
    await loudness('> -50');
    await says('play-song', /^Play the file$/);
    await sounding();
  });

  it('says what is wrong with a file, and goes on', async () => {
    await page.setInputFiles('#song', { ...song, buffer: Buffer.from('no song') });
    await says('notice', /MIDI/);
    await page.keyboard.down('a');
    await sounding(60);
    await page.keyboard.up('a');
  });
});
