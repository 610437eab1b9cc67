/** `ddsp-worklet/tone`: what the documentation shows is what is run here, in Chromium. */

import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DDSP } from '../../src/hosts/tone';
import { readModel } from '../../src/model/file';
import { renderNotes } from '../../src/play/notes/render-notes';
import { launchChromium } from './drivers/chromium';
import { FAKE_MICROPHONE } from './drivers/firefox';
import type { TestBrowser, TestPage } from './drivers/page';
import { worstDifference } from './rendering';
import { decode, level, pitchOf, serve, type TestServer, temporaryWav, tone } from './support';

type ToneModule = typeof import('tone');
/** What a snippet leaves: the values of its constants. */
type Snippet = () => Promise<{
  violin: DDSP;
  cello: DDSP;
  microphone: InstanceType<ToneModule['UserMedia']>;
  voice: InstanceType<ToneModule['UserMedia']>;
  buffer: InstanceType<ToneModule['ToneAudioBuffer']>;
}>;
declare const Tone: ToneModule;
declare const snippets: readonly Snippet[];
declare const Instrument: typeof DDSP;
/** `samples` of what `node` plays, the newest, after so many seconds of its context */
declare const heard: (node: InstanceType<ToneModule['ToneAudioNode']>, seconds: number) => Promise<number[]>;

/** The snippets as functions that return their constants. */
function snippetsOf(...files: string[]): string[] {
  const blocks = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code),
  );
  return blocks
    .filter((code) => code.includes('ddsp-worklet/tone'))
    .map((code) => {
      const names = [...code.matchAll(/^const (\w+)/gm)].map(([, name]) => name);
      return `async () => {${code.replace(/^import .*$/gm, '')}; return { ${names} }; }`;
    });
}

const found = snippetsOf('README.md', 'docs/hosts.md');
const [README, LISTENING, NOTES, OFFLINE] = found.keys();

const script = `
  import { DDSP } from 'ddsp-worklet/tone';
  import * as Tone from 'tone';
  const heard = async (node, seconds) => {
    const waveform = new Tone.Waveform({ context: node.context, size: 8192 });
    node.connect(waveform);
    await new Promise((resolve) => node.context.setTimeout(resolve, seconds));
    const samples = Array.from(waveform.getValue());
    node.disconnect(waveform);
    waveform.dispose();
    return samples;
  };
  Object.assign(globalThis, { Tone, Instrument: DDSP, heard, snippets: [${found}] });
`;

const cello = readFileSync('models/cello.safetensors');
const microphone = temporaryWav(tone(FAKE_MICROPHONE, 3, 48000), 48000);

describe('Tone.js', () => {
  let browser: TestBrowser;
  let server: TestServer;
  let page: TestPage;

  beforeAll(async () => {
    const { outputFiles } = await build({
      stdin: { contents: script, resolveDir: '.' },
      ...{ bundle: true, format: 'esm', write: false, logLevel: 'error' },
    });
    server = await serve({
      '/tone.html': '<!doctype html><script type="module" src="/tone.js"></script>',
      '/tone.js': outputFiles[0].text,
      '/models/violin.safetensors': readFileSync('models/violin.safetensors'),
      '/models/cello.safetensors': cello,
    });
    browser = await launchChromium(microphone.file);
    page = await browser.open(`${server.origin}/tone.html`);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    microphone.remove();
  });

  /** Cents from the nearest octave of `f0`: matching moves what is heard by octaves. */
  function centsFrom(f0: number, samples: number[], sampleRate: number): number {
    const cents = 1200 * Math.log2(pitchOf(samples, sampleRate) / f0);
    return cents - 1200 * Math.round(cents / 1200);
  }

  it('plays a microphone, follows a Param and a Signal, and is silent after dispose', async () => {
    const result = await page.evaluate(async (index) => {
      const { microphone, violin } = await snippets[index]();
      const shifted = await heard(violin, 2);
      const signal = new Tone.Signal(-5);
      signal.connect(violin.pitchShift);
      const signalled = await heard(violin, 0.6);
      signal.dispose();
      const { input, numberOfInputs, numberOfOutputs } = violin;
      const output = new Tone.Gain();
      violin.connect(output);
      violin.dispose();
      const silent = await heard(output, 0.4);
      microphone.dispose();
      const { sampleRate } = Tone.getContext();
      const isNative = input instanceof AudioNode;
      const { disposed } = violin.pitchShift;
      return { shifted, signalled, silent, sampleRate, isNative, disposed, numberOfInputs, numberOfOutputs };
    }, LISTENING);
    const { shifted, signalled, silent, sampleRate, ...rest } = result;
    expect(level(shifted)).toBeGreaterThan(1e-3);
    expect(Math.abs(centsFrom(FAKE_MICROPHONE * 2 ** (7 / 12), shifted, sampleRate))).toBeLessThan(10);
    expect(Math.abs(centsFrom(FAKE_MICROPHONE * 2 ** (-5 / 12), signalled, sampleRate))).toBeLessThan(10);
    expect(level(silent)).toBe(0);
    expect(rest).toEqual({ isNative: false, disposed: true, numberOfInputs: 1, numberOfOutputs: 1 });
  });

  it('renders offline what is documented', async () => {
    const { samples, sampleRate } = await page.evaluate(async (index) => {
      const { buffer } = await snippets[index]();
      return { samples: Array.from(buffer.getChannelData(0)), sampleRate: buffer.sampleRate };
    }, OFFLINE);
    const late = samples.slice(0.7 * sampleRate, 0.95 * sampleRate);
    expect(level(samples, 0, 0.4 * sampleRate)).toBeGreaterThan(1e-3);
    expect(Math.abs(centsFrom(440 * 2 ** ((52 - 69) / 12), late, sampleRate))).toBeLessThan(60);
  });

  it('plays notes offline, those of the Transport too, as the library does, one hop later', async () => {
    const { output, sampleRate } = await page.evaluate(async () => {
      const buffer = await Tone.Offline(async ({ transport }) => {
        const cello = await Instrument.create({ model: '/models/cello.safetensors', voices: 4 });
        cello.toDestination();
        // noise is another one in every render
        cello.noise.value = 0;
        cello.triggerAttackRelease(['C3', 'G3'], 2, 0.25, 0.5);
        transport.schedule((time) => cello.triggerAttackRelease('E3', '1n', time), 0.5);
        transport.start(0);
      }, 1.2);
      let output = '';
      for (const byte of new Uint8Array(buffer.getChannelData(0).buffer)) output += String.fromCharCode(byte);
      return { output: btoa(output), sampleRate: buffer.sampleRate };
    });
    const played = decode(output);
    const notes = [
      { note: 48, time: 0.25, duration: 2, velocity: 64 },
      { note: 55, time: 0.25, duration: 2, velocity: 64 },
      { note: 52, time: 0.5, duration: 2, velocity: 127 },
    ];
    const expected = await renderNotes(readModel(cello), notes, { sampleRate, voices: 4, noise: 0 });
    expect(level(played)).toBeGreaterThan(1e-3);
    expect(worstDifference(played, expected, Math.round(sampleRate / 100))).toBeLessThan(1e-4);
  });

  it('plays a Sequence in the default context', async () => {
    const { samples, sampleRate } = await page.evaluate(async (index) => {
      const { cello } = await snippets[index]();
      const samples = await heard(cello, 1);
      Tone.getTransport().stop().cancel();
      cello.releaseAll();
      cello.dispose();
      return { samples, sampleRate: Tone.getContext().sampleRate };
    }, NOTES);
    expect(level(samples)).toBeGreaterThan(1e-3);
    expect(pitchOf(samples, sampleRate)).toBeGreaterThan(60);
  });

  it('plays in a native context', async () => {
    const { samples, sampleRate, isNative } = await page.evaluate(async (index) => {
      Tone.setContext(new AudioContext());
      const { violin, voice } = await snippets[index]();
      voice.close();
      const samples = await heard(violin, 0.95);
      const isNative = violin.input instanceof AudioWorkletNode;
      violin.dispose();
      return { samples, sampleRate: Tone.getContext().sampleRate, isNative };
    }, README);
    expect(isNative).toBe(true);
    expect(Math.abs(centsFrom(440, samples, sampleRate))).toBeLessThan(60);
  });

  it('says what is wrong', async () => {
    const messages = await page.evaluate(async () => {
      const model = '/models/violin.safetensors';
      const messages: string[] = [];
      const attempt = async (action: () => unknown) => {
        try {
          await action();
          messages.push('done');
        } catch (error) {
          messages.push((error as Error).message);
        }
      };
      await attempt(() => Instrument.create({ model, context: {} as never }));
      await attempt(() => Instrument.create({ model, voice: 2 } as never));
      const violin = await Instrument.create({ model });
      await attempt(() => violin.triggerAttack('A4'));
      await attempt(() => violin.triggerAttack('A4', 0, 2));
      violin.dispose();
      return messages;
    });
    expect(messages[0]).toMatch(
      /needs a context of Tone\.js, not an object of class Object.*Tone\.getContext/,
    );
    expect(messages[1]).toMatch(/voice: unknown option/);
    expect(messages[2]).toMatch(/plays no notes.*voices/);
    expect(messages[3]).toBe('velocity: expected a number from 0 to 1, found 2');
  });
});
