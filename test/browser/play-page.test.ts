/** The play page of the built site, used as a visitor would: heard, recorded, shared, and what it says when something fails. */

import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAudio } from '../../src/audio/decode';
import { writeWav } from '../../src/audio/wav';
import { readModel, writeModel } from '../../src/model/file';
import { renderOffline } from '../../src/play/render';
import { foreignFile } from '../support/foreign';
import { phrase, randomModel } from '../support/models';
import { type ServedSite, serveSite } from './site';
import { launch, level, open, temporaryWav, tone } from './support';

const MODEL = 'application/octet-stream';
const mine = { name: 'mine.safetensors', mimeType: MODEL, buffer: Buffer.from(writeModel(randomModel(9))) };
const sung = phrase(4, 48000, 1);
const song = { name: 'song.wav', mimeType: 'audio/wav', buffer: Buffer.from(writeWav(sung, 48000)) };

describe('the play page', () => {
  let browser: Browser;
  let context: BrowserContext;
  let site: ServedSite;

  beforeAll(async () => {
    site = await serveSite({ files: { 'elsewhere/oboe.safetensors': new Uint8Array(mine.buffer) } });
    browser = await launch();
    context = await browser.newContext({ acceptDownloads: true });
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  /** @param query of the address; a visitor of its own unless `within` is given */
  async function visit(query = '', within?: BrowserContext): Promise<Page> {
    const page = await open(within ?? (await browser.newContext()), `${site.url}live/${query}`);
    await page.waitForSelector('#start:enabled');
    return page;
  }

  const leave = (page: Page) => page.context().close();
  const text = async (page: Page, id: string) => (await page.textContent(`#${id}`)) ?? '';
  const says = (page: Page, id: string, pattern: RegExp) =>
    page.waitForFunction(
      ([id, source]) => new RegExp(source).test(document.getElementById(id)?.textContent ?? ''),
      [id, pattern.source] as const,
    );
  const chosen = (page: Page) => page.locator('#model option:checked').textContent();
  async function play(page: Page): Promise<void> {
    await page.click('#start');
    await says(page, 'status', /^Playing$/);
  }
  const sounds = (page: Page) =>
    page.waitForFunction(() => Number(document.getElementById('out-level')?.ariaValueNow) > -50);
  const setKnob = (page: Page, id: string, value: number) =>
    page.$eval(
      `#${id}`,
      (knob, value) => {
        (knob as HTMLInputElement).valueAsNumber = value;
        knob.dispatchEvent(new Event('input'));
      },
      value,
    );
  async function downloaded(page: Page, selector: string) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  }

  it('plays the sung phrase, with the keyboard alone', async () => {
    const page = await visit();
    // past the links to the pages
    for (let i = 0; i < 6; i++) await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('start');
    await page.keyboard.press('Enter');
    await says(page, 'note-name', /^[A-G]♯?\d$/);
    await says(page, 'status', /^Playing$/);
    await sounds(page);
    await page.keyboard.press('Enter');
    await says(page, 'status', /^Stopped$/);
    expect(await text(page, 'notice')).toBe('');
    // space does, wherever the keyboard is
    await page.focus('#pitchShift');
    await page.keyboard.press('Space');
    await says(page, 'status', /^Playing$/);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('Space');
    await says(page, 'status', /^Stopped$/);
    // and means on a button what it means there
    await page.focus('#reset');
    await page.keyboard.press('Space');
    expect(await text(page, 'status')).toBe('Stopped');
    await leave(page);
  });

  it('records a take, which is heard, downloaded, there after a reload, and dropped', async () => {
    let page = await visit('', context);
    await setKnob(page, 'gain', 4);
    await setKnob(page, 'original', 100);
    await play(page);
    await sounds(page);
    await page.click('#record');
    await says(page, 'record', /Stop recording, 0:0[1-9]/);
    await page.click('#record');
    await page.waitForSelector('#takes audio');
    const { name, bytes } = await downloaded(page, '#takes button:has-text("Download")');
    expect(name).toBe('Take-Violin.wav');
    const { channels, sampleRate } = await decodeAudio(bytes, name);
    expect(channels[0].length).toBeGreaterThan(sampleRate / 2);
    expect(level(channels[0])).toBeGreaterThan(0.05);
    // four times as loud, and yet nothing is beyond -1 dB
    const peak = channels[0].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(peak).toBeGreaterThan(0.85);
    expect(peak).toBeLessThan(0.892);
    await page.$eval('#takes audio', (sound) => (sound as HTMLAudioElement).play());
    await page.close();

    page = await visit('', context);
    await page.waitForSelector('#takes audio');
    await page.click('#takes button:has-text("Drop")');
    await page.waitForSelector('#takes-card', { state: 'hidden' });
    await page.reload();
    await page.waitForSelector('#start:enabled');
    expect(await page.locator('#takes li').count()).toBe(0);
    await page.close();
  });

  it('plays a whole file into a new one, shows how far it is, and stops when told so', async () => {
    const page = await visit();
    await page.setInputFiles('#file', song);
    await page.click('#render:enabled');
    await page.waitForSelector('#takes audio');
    const { name, bytes } = await downloaded(page, '#takes button:has-text("Download")');
    expect(name).toBe('song-wav-Violin.wav');
    const { channels } = await decodeAudio(bytes, name);
    const violin = readModel(readFileSync('models/violin.safetensors'));
    const expected = await renderOffline(violin, sung, { sampleRate: 48000 });
    expect(channels[0].length).toBe(expected.length);
    const apart = channels[0].map((value, i) => value - expected[i]);
    expect(level(apart)).toBeLessThan(0.01 * level(expected));

    const slow = phrase(4, 8000, 2);
    const long = Buffer.from(
      writeWav(
        Float32Array.from({ length: 240 * 8000 }, (_, i) => slow[i % slow.length]),
        8000,
      ),
    );
    await page.setInputFiles('#file', { name: 'long.wav', mimeType: 'audio/wav', buffer: long });
    await says(page, 'file-name', /^long\.wav$/);
    await page.click('#render:enabled');
    await says(page, 'render-status', /\d%/);
    await page.waitForFunction(
      () => (document.getElementById('render-progress') as HTMLProgressElement).value > 0,
    );
    await page.click('#render-cancel');
    await page.waitForSelector('#rendering', { state: 'hidden' });
    expect(await page.locator('#takes li').count()).toBe(1);
    await leave(page);
  }, 120_000);

  it('moves about in a file, shows where it is, and repeats it or not', async () => {
    const page = await visit();
    await page.setInputFiles('#file', song);
    await page.waitForSelector('input[value=file]:checked', { state: 'attached' });
    await page.uncheck('#loop');
    await play(page);
    await says(page, 'position-end', /^0:04$/);
    await setKnob(page, 'seek', 1);
    await says(page, 'position-now', /^0:02$/);
    expect(await page.getAttribute('#seek', 'aria-valuetext')).toMatch(/^0:0\d of 0:04$/);
    await setKnob(page, 'seek', 3.8);
    await says(page, 'status', /^Stopped$/);
    await page.check('#loop');
    await play(page);
    await setKnob(page, 'seek', 3.8);
    await says(page, 'position-now', /^0:01$/);
    expect(await text(page, 'status')).toBe('Playing');
    await leave(page);
  });

  it('keeps instruments of the user and the settings over a reload', async () => {
    const page = await visit();
    await page.setInputFiles('#model-file', mine);
    await page.waitForFunction(
      () => document.querySelector('#model option:checked')?.textContent === 'random 9',
    );
    await setKnob(page, 'pitchShift', -5);
    await page.selectOption('#register', '1');
    await page.reload();
    await page.waitForSelector('#start:enabled');
    expect(await chosen(page)).toBe('random 9');
    expect(await page.getAttribute('#model option:checked', 'dir')).toBe('auto');
    expect(await page.inputValue('#pitchShift')).toBe('-5');
    expect(await page.inputValue('#register')).toBe('1');
    await play(page);
    await says(page, 'about', /random 9/);
    const { name, bytes } = await downloaded(page, '#model-download');
    expect(name).toBe('random-9.safetensors');
    expect(bytes.equals(mine.buffer)).toBe(true);
    await page.click('#forget');
    await says(page, 'about', /violin/);
    await page.reload();
    await page.waitForSelector('#start:enabled');
    expect(await text(page, 'model')).not.toMatch(/random 9/);
    await leave(page);
  });

  it('shows, measures, locks, keeps and forgets what is known of the player, and what the gate and the filter decide', async () => {
    const hum = (n: number) =>
      [1, 2, 3].reduce((sum, k) => sum + Math.sin((2 * Math.PI * 50 * k * n) / 48000), 0);
    const pause = new Float32Array(2 * 48000);
    const audio = Float32Array.from([...pause, ...sung], (value, n) => value + 0.002 * hum(n));
    const visitor = await browser.newContext();
    let page = await visit('', visitor);
    const known = async () => Number((await text(page, 'player-sure')).replace('%', ''));
    const sings = () =>
      page.waitForFunction(
        () => Number(document.getElementById('player-sure')?.textContent?.replace('%', '')) > 0,
      );
    expect([await known(), await text(page, 'player-forte')]).toEqual([0, '–']);
    expect(await page.isDisabled('#calibrate')).toBe(true);
    await page.setInputFiles('#file', {
      name: 'hum.wav',
      mimeType: 'audio/wav',
      buffer: Buffer.from(writeWav(audio, 48000)),
    });
    await play(page);
    await says(page, 'hum-now', /^50 Hz, removed$/);
    await says(page, 'heard-now', /^Open, a note$/);
    await says(page, 'opens-at', /^−\d\d dB$/);
    await says(page, 'player-range', /^[A-G]♯?\d to [A-G]♯?\d$/);
    await sings();
    await page.click('#calibrate');
    await says(page, 'player-said', /^Measured\.$/);
    expect(await known()).toBeGreaterThan(50);

    // by the keyboard, while it plays
    await page.focus('#lock');
    await page.keyboard.press('Space');
    expect(await page.isChecked('#lock')).toBe(true);
    await page.focus('#gate');
    await page.keyboard.press('ArrowDown');
    await says(page, 'opens-at', /^−80 dB$/);
    await page.selectOption('#gate', '-40');
    await says(page, 'opens-at', /^−40 dB$/);
    await page.selectOption('#filter', 'off');
    await says(page, 'hum-now', /^none$/);
    await page.selectOption('#pitchMin', '200');
    await page.selectOption('#hold', '0.3');
    await sounds(page);
    expect(await text(page, 'status')).toBe('Playing');
    // what was known is known to the node that listens in the new way
    expect(await known()).toBeGreaterThan(50);
    const forte = await text(page, 'player-forte');

    // locked, so nothing is learned of another player
    await page.fill('#player-name', 'Ann');
    await page.keyboard.press('Enter');
    await says(page, 'player-sure', /^0%$/);
    await page.fill('#player-name', 'Me');
    await page.keyboard.press('Enter');
    expect(await text(page, 'player-forte')).toBe(forte);
    await page.close();

    page = await visit('', visitor);
    expect(await text(page, 'player-forte')).toBe(forte);
    expect(await page.isChecked('#lock')).toBe(true);
    const lists = ['gate', 'hold', 'pitchMin', 'pitchMax', 'filter'];
    const values = () => Promise.all(lists.map((id) => page.inputValue(`#${id}`)));
    expect(await values()).toEqual(['-40', '0.3', '200', 'model', 'off']);
    await page.click('#listening-reset');
    expect(await values()).toEqual(['auto', '0.1', 'model', 'model', 'auto']);
    await page.click('#forget-player');
    expect(await text(page, 'player-forte')).toBe('–');
    await page.reload();
    await page.waitForSelector('#start:enabled');
    expect([await text(page, 'player-forte'), await known()]).toEqual(['–', 0]);
    await leave(page);
  });

  it('opens models of other programs, shows where they came from, and saves them as its own', async () => {
    const upload = (name: string, file: string) => ({
      ...{ name, mimeType: MODEL, buffer: Buffer.from(foreignFile(file)) },
    });
    const checkpoint = upload('horn.ckpt', 'realtime-ddsp/pl266-hpnir-h32.ckpt');
    const page = await open(context, `${site.url}live/`);
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(request.url()));
    await page.click('#start:enabled');
    await sounds(page);
    expect(loaded.join()).not.toMatch(/lib\/import/);
    const files: [string, RegExp, ReturnType<typeof upload>[]][] = [
      ['fixture', /Imported from a checkpoint of realtimeDDSP/, [checkpoint]],
      [
        'DDSP.example',
        /Imported from a Neutone model/,
        [upload('DDSP.nm', 'realtime-ddsp/export-hpnir-h32.nm.gz')],
      ],
      [
        'h24-16k',
        /Imported from an export of ddsp_pytorch/,
        [upload('ddsp.ts', 'ddsp-pytorch/h24-16k.torchscript')],
      ],
      [
        'state',
        /Imported from a state dict of ddsp_pytorch\. The mean of its loudness is/,
        [
          upload('config.yaml', 'ddsp-pytorch/h24-16k.config.yaml'),
          upload('state.pth', 'ddsp-pytorch/h24-16k.state.pth'),
        ],
      ],
    ];
    for (const [name, source, given] of files) {
      await page.setInputFiles('#model-file', given);
      await says(page, 'about', source);
      await says(page, 'notice', /one of your instruments now/);
      expect(await chosen(page)).toBe(name);
      expect(await text(page, 'status')).toBe('Playing');
    }
    await sounds(page);
    const { name, bytes } = await downloaded(page, '#model-download');
    expect(name).toBe('state.safetensors');
    expect(readModel(bytes).about.description).toMatch(/ddsp_pytorch/);
    await page.setInputFiles('#model-file', upload('evil.ckpt', 'hostile/reduce-os-system.ckpt'));
    await says(page, 'notice', /evil\.ckpt.*cannot be opened: .*not on the allow-list/);
    expect(await chosen(page)).toBe('state');

    // from the other pages, too; what an instrument is shows before it plays
    await page.goto(`${site.url}train/`);
    await page.setInputFiles('#files', { ...checkpoint, name: 'oboe.ckpt' });
    await page.click('#notice button:has-text("Play it")');
    await page.waitForURL(/live\/\?own=oboe/);
    await page.waitForSelector('#start:enabled');
    expect(await page.inputValue('#model')).toMatch(/^oboe/);
    await page.goto(site.url);
    await page.setInputFiles('#model-file', checkpoint);
    await page.waitForURL(/live\/\?own=horn/);
    await page.waitForSelector('#start:enabled');
    await page.selectOption('#model', { index: 4 });
    await says(page, 'about', /Imported from a checkpoint/);
    await page.close();
  });

  it('follows a link to an instrument and its sound, and makes such links', async () => {
    let page = await visit('?model=saxophone&pitchShift=-12&register=off&gain=nonsense');
    expect(await chosen(page)).toBe('Alto saxophone');
    expect(await page.inputValue('#pitchShift')).toBe('-12');
    expect(await page.inputValue('#gain')).toBe('1');
    await page.click('#share');
    await page.waitForSelector('#share-link:visible');
    expect(await page.inputValue('#share-link')).toBe(
      `${site.url}live/?model=saxophone&pitchShift=-12&register=off`,
    );
    await leave(page);

    page = await visit(`?model=${encodeURIComponent(`${site.url}elsewhere/oboe.safetensors`)}`);
    expect(await chosen(page)).toBe('random 9');
    await page.click('#share');
    expect(await page.inputValue('#share-link')).toMatch(/oboe\.safetensors/);
    await leave(page);

    page = await visit('?model=../elsewhere/none.safetensors');
    expect(await text(page, 'notice')).toMatch(/none\.safetensors.*does not have it \(404\)/);
    await play(page);
    await page.setInputFiles('#model-file', mine);
    await says(page, 'about', /random 9/);
    await page.click('#share');
    await says(page, 'share-hint', /only in this browser/);
    await leave(page);
  });

  it('says what is wrong with a file that was dropped, and plays on', async () => {
    const page = await visit();
    await play(page);
    const drop = async (name: string, content: string) => {
      const dataTransfer = await page.evaluateHandle(
        ([name, content]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([content], name));
          return transfer;
        },
        [name, content] as const,
      );
      await page.dispatchEvent('#drop', 'drop', { dataTransfer });
    };
    await drop('holiday.jpg', 'no sound');
    await says(page, 'notice', /holiday\.jpg.*could not be read as sound/);
    await drop('שבור.safetensors', 'no model, but long enough to be none of them');
    await says(page, 'notice', /“\u2068שבור\.safetensors\u2069” is not /);
    expect(await chosen(page)).toBe('Violin');
    expect(await page.locator('#model option').count()).toBe(3);
    expect(await page.isChecked('input[value=phrase]')).toBe(true);
    expect(await text(page, 'status')).toBe('Playing');
    await sounds(page);
    await leave(page);
  });

  it('says how the player is matched, matches as it is told, and shows the instrument’s range', async () => {
    const page = await visit();
    await page.setInputFiles('#model-file', mine);
    await play(page);
    const shown = (id: string, pattern: RegExp) =>
      page.waitForFunction(
        ([id, source]) => new RegExp(source).test(document.querySelector<HTMLOutputElement>(id)?.value ?? ''),
        [id, pattern.source] as const,
      );
    // a voice is in the range of this model, and far louder than it was trained
    await shown('#register-now', /^as sung$/);
    await shown('#level-now', /^−\d+ dB$/);
    expect(await text(page, 'range')).toMatch(/^its range, [A-G]♯?\d to [A-G]♯?\d$/);
    expect(await page.isVisible('#legend-shifted')).toBe(false);
    await page.selectOption('#register', '1');
    await page.waitForSelector('#legend-shifted:visible');
    await shown('#register-now', /^$/);
    await page.selectOption('#level', 'off');
    await shown('#level-now', /^$/);
    await page.click('#reset');
    await shown('#register-now', /^as sung$/);
    await leave(page);
  });

  it.each([
    [0.02, /^\d+ ms \(measured\), model \d+ ms$/],
    [undefined, /^about \d+ ms \(estimate\), model \d+ ms$/],
  ])('names a delay as measured only where the browser measures it (%s)', async (latency, words) => {
    const page = await browser.newPage();
    await page.addInitScript((latency) => {
      Object.defineProperty(AudioContext.prototype, 'outputLatency', { get: () => latency });
    }, latency);
    await page.goto(`${site.url}live/`);
    await page.click('#start:enabled');
    await says(page, 'latency', words);
    await page.close();
  });

  it('shows pictures rarely to those who want little motion', async () => {
    const drawnIn60Frames = async (reducedMotion: 'reduce' | 'no-preference') => {
      const page = await browser.newPage({ reducedMotion });
      await page.addInitScript(() => {
        // from the first frame on: the page may take long to load
        let now = 0;
        let frames = 0;
        const state = { drawn: 0, done: false };
        Object.assign(window, { state });
        const { setAttribute } = Element.prototype;
        Element.prototype.setAttribute = function (name, value) {
          if (this.id === 'out-level' && name === 'aria-valuenow') state.drawn++;
          setAttribute.call(this, name, value);
        };
        window.requestAnimationFrame = (show) => {
          if (frames++ >= 60) state.done = true;
          else {
            setTimeout(() => {
              now = (now || performance.now()) + 1000 / 60;
              show(now);
            });
          }
          return 0;
        };
      });
      await page.goto(`${site.url}live/`);
      const drawn = await page.waitForFunction(
        () => {
          const { done, drawn } = (window as unknown as { state: { done: boolean; drawn: number } }).state;
          return done ? drawn : 0;
        },
        undefined,
        // not by the frames that the page counts
        { polling: 100 },
      );
      const count = await drawn.jsonValue();
      await page.close();
      return count;
    };
    expect(await drawnIn60Frames('no-preference')).toBe(60);
    expect(await drawnIn60Frames('reduce')).toBeLessThanOrEqual(2);
  });

  describe('with a microphone', () => {
    let loud: Browser;
    const microphone = temporaryWav(
      tone(330, 2, 48000).map((value) => 1.6 * value),
      48000,
    );

    beforeAll(async () => {
      loud = await launch(microphone.file);
    });

    afterAll(async () => {
      await loud?.close();
      microphone.remove();
    });

    async function sing(): Promise<Page> {
      const page = await open(await loud.newContext(), `${site.url}live/?source=microphone`);
      await page.click('#start:enabled');
      await says(page, 'status', /^Playing$/);
      return page;
    }

    it('plays the one that is chosen to the output that is chosen', async () => {
      const page = await sing();
      await sounds(page);
      await page.click('.devices summary');
      for (const id of ['in-device', 'out-device']) {
        await page.waitForSelector(`#${id} option:nth-child(2)`, { state: 'attached' });
        await page.selectOption(`#${id}`, { index: 1 });
      }
      await says(page, 'status', /^Playing$/);
      await sounds(page);
      expect(await text(page, 'notice')).toBe('');
      const device = await page.inputValue('#in-device');
      await page.reload();
      await page.waitForFunction(
        (device) => (document.getElementById('in-device') as HTMLSelectElement).value === device,
        device,
      );
      await leave(page);
    });

    it('turns the volume down when the loudspeaker seems to reach it, and up again when told so', async () => {
      const page = await sing();
      await setKnob(page, 'original', 100);
      await setKnob(page, 'gain', 4);
      await says(page, 'notice', /loudspeaker.*Wear headphones/);
      expect(await page.inputValue('#gain')).toBe('1');
      await page.click('#notice button');
      expect(await page.inputValue('#gain')).toBe('4');
      expect(await text(page, 'status')).toBe('Playing');
      await leave(page);
    });

    it('keeps the take and says so when it is unplugged', async () => {
      const page = await loud.newPage();
      await page.addInitScript(() => {
        const { mediaDevices } = navigator;
        const ask = mediaDevices.getUserMedia.bind(mediaDevices);
        mediaDevices.getUserMedia = async (constraints) => {
          const stream = await ask(constraints);
          Object.assign(window, {
            unplug: () => stream.getAudioTracks()[0].dispatchEvent(new Event('ended')),
          });
          return stream;
        };
      });
      await page.goto(`${site.url}live/?source=microphone`);
      await page.click('#start:enabled');
      await sounds(page);
      await page.click('#record');
      await says(page, 'record', /Stop recording, 0:0[1-9]/);
      await page.evaluate('unplug()');
      await says(page, 'notice', /microphone was disconnected/);
      await says(page, 'status', /^Stopped$/);
      await page.waitForSelector('#takes audio');
      await page.close();
    });
  });

  it.each([
    ['there is none', 'NotFoundError', /No microphone was found/],
    ['it is refused', 'NotAllowedError', /not allowed.*site settings/],
  ])(
    'says what to do when a microphone is asked for and %s, and plays the phrase afterwards',
    async (_, name, words) => {
      const page = await visit();
      await page.evaluate((name) => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name));
      }, name);
      await page.getByRole('radio', { name: 'Microphone' }).focus();
      await page.keyboard.press('Space');
      await page.click('#start');
      await says(page, 'notice', words);
      expect(await text(page, 'status')).toBe('Stopped');
      await page.getByLabel('Sung phrase').focus();
      await page.keyboard.press('Space');
      await play(page);
      await page.focus('input[value=microphone]');
      await page.keyboard.press('Space');
      await says(page, 'notice', words);
      // what sounded plays on
      expect(await page.isChecked('input[value=phrase]')).toBe(true);
      expect(await text(page, 'status')).toBe('Playing');
      await leave(page);
    },
  );
});
