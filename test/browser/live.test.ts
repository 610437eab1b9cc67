/** A live AudioContext, from a (fake) microphone to what is heard. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeModel } from '../../src/model/file';
import type { AnalysisFrame, NoteEvent } from '../../src/web/heard';
import { randomModel } from '../support/models';
import { browsersUnderTest } from './drivers/browsers';
import { FAKE_MICROPHONE } from './drivers/firefox';
import type { TestBrowser, TestPage } from './drivers/page';
import { recorderScript } from './recorder';
import { level, openTestPage, pitchOf, serve, type TestServer, temporaryWav, tone } from './support';

const F0 = FAKE_MICROPHONE;

function centsOff(samples: ArrayLike<number>, sampleRate: number, f0: number): number {
  return Math.abs(1200 * Math.log2(pitchOf(samples, sampleRate) / f0));
}

/** What `spy` leaves on a page. */
interface Spy {
  /** the library */
  readonly spied: typeof ddsp;
  /** all that nodes of `spied` have sent to their processors, constructor options included */
  readonly messages: { readonly instrument?: { readonly key: string; readonly tables: unknown } }[];
}

/** In a page: a second instance of the library, whose nodes note what they send. */
const spy = `(async () => {
  const messages = [];
  const Plain = AudioWorkletNode;
  globalThis.AudioWorkletNode = class extends Plain {
    constructor(context, name, options) {
      messages.push(options.processorOptions);
      super(context, name, options);
      const post = this.port.postMessage.bind(this.port);
      this.port.postMessage = (message, transfer) => {
        messages.push(message);
        post(message, transfer);
      };
    }
  };
  const spied = await import('/dist/play/node.js?spied');
  globalThis.AudioWorkletNode = Plain;
  Object.assign(globalThis, { spied, messages });
})()`;

const microphone = temporaryWav(tone(F0, 3, 48000), 48000);

afterAll(() => microphone.remove());

// a browser with live sound crashes now and then on a busy machine: the test begins anew in another one
describe.each(browsersUnderTest(microphone.file))('live in $name', { retry: 1 }, ({ name, launch }) => {
  let browser: TestBrowser | undefined;
  let server: TestServer;
  let page: TestPage;

  beforeAll(async () => {
    server = await serve({
      '/one.safetensors': writeModel(randomModel(1)),
      '/two.safetensors': writeModel(randomModel(2)),
      '/recorder.js': recorderScript,
    });
  });

  beforeEach(async () => {
    if (browser && (await page.evaluate('true').catch(() => false))) return;
    await browser?.close().catch(() => {});
    browser = await launch();
    page = await openTestPage(browser, server.origin);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const microphones = [
    [48000, 0],
    [44100, 0],
    [48000, 7],
  ].filter(
    // Firefox connects no microphone whose rate is another than the context's
    ([sampleRate]) => name === 'Chromium' || (name === 'Firefox' && sampleRate === 48000),
  );
  it.each(microphones)(
    'plays the pitch of the microphone (context at %i Hz, shifted by %i)',
    async (sampleRate, shift) => {
      const result = await page.evaluate(
        async ([sampleRate, shift]) => {
          const context = new AudioContext({ sampleRate });
          const input = await ddsp.openMicrophone(context);
          const node = await ddsp.DDSPNode.create(context, { model: '/one.safetensors' });
          node.noise.value = 0;
          node.pitchShift.value = shift;
          input.node.connect(node).connect(context.destination);
          await played(context, 0.5);
          const output = Array.from(await record(node, 0.5));
          node.dispose();
          input.close();
          await context.close();
          return { output, latency: node.latency, tail: node.tailTime, unwanted: input.unwanted };
        },
        [sampleRate, shift],
      );
      expect(result.unwanted).toEqual([]);
      expect(result.latency).toBeCloseTo((512 + 480) / 48000, 3);
      expect(result.tail).toBeGreaterThan(0);
      expect(level(result.output)).toBeGreaterThan(1e-4);
      expect(centsOff(result.output, sampleRate, F0 * 2 ** (shift / 12))).toBeLessThan(10);
    },
  );

  it('tells what it hears while somebody listens', async () => {
    const { frames, after, next, auto, refused, notes } = await page.evaluate(async () => {
      const context = new AudioContext();
      const input = new OscillatorNode(context, { type: 'sawtooth', frequency: 220 });
      input.start();
      const node = await ddsp.DDSPNode.create(context, {
        model: '/one.safetensors',
        matching: { register: 1, level: 12 },
      });
      input.connect(node).connect(context.destination);
      const notes: NoteEvent[] = [];
      const ended = new Promise<void>((resolve) => {
        node.addEventListener('note', ({ detail }) => {
          notes.push(detail);
          if (detail.type === 'off') resolve();
        });
      });
      const frames: AnalysisFrame[] = [];
      const listener = ({ detail }: CustomEvent<(typeof frames)[number]>) => frames.push(detail);
      node.addEventListener('analysis', listener);
      await played(context, 1.0);
      node.removeEventListener('analysis', listener);
      node.setMatching({ register: -2, level: 'off' });
      const before = frames.length;
      await played(context, 0.2);
      const after = frames.length - before;
      const next = await new Promise<AnalysisFrame>((resolve) => {
        node.addEventListener('analysis', ({ detail }) => detail.register < 0 && resolve(detail));
      });
      node.setMatching({});
      const auto = await new Promise<AnalysisFrame>((resolve) => {
        node.addEventListener('analysis', ({ detail }) => detail.register === 0 && resolve(detail));
      });
      let refused = '';
      try {
        node.setMatching({ level: 100 });
      } catch (error) {
        refused = String(error);
      }
      input.disconnect();
      await ended;
      node.dispose();
      await context.close();
      return { frames, after, next, auto, refused, notes };
    });
    expect(notes.map(({ type, note }) => [type, note])).toEqual([
      ['on', 57],
      ['off', 57],
    ]);
    expect(notes[1].time - notes[0].time).toBeGreaterThan(0.9);
    expect(after).toBe(0);
    expect([next.register, next.level]).toEqual([-2, 0]);
    // it sings in the model's register, and far louder than the model was trained
    expect(auto.level).toBeLessThan(-5);
    expect(refused).toBe('OptionError: matching.level: expected a number from -30 to 60 dB, found 100');
    expect(frames.length).toBeGreaterThan(50);
    const late = frames.slice(-20);
    for (const { f0, confidence, loudness, register, level } of late) {
      expect([register, level]).toEqual([1, 12]);
      expect(Math.abs(1200 * Math.log2(f0 / F0))).toBeLessThan(5);
      expect(confidence).toBeGreaterThan(0.5);
      expect(loudness).toBeGreaterThan(-60);
    }
    for (let i = 1; i < late.length; i++) {
      expect(late[i].time - late[i - 1].time).toBeGreaterThan(0.005);
      expect(late[i].time - late[i - 1].time).toBeLessThan(0.015);
    }
  });

  it('changes its model in the middle of a note, and keeps the old one if the new one is no good', async () => {
    const result = await page.evaluate(async () => {
      const context = new AudioContext({ sampleRate: 48000 });
      const node = await ddsp.DDSPNode.create(context, { model: '/one.safetensors' });
      node.noise.value = 0;
      const input = new OscillatorNode(context, { type: 'sawtooth', frequency: 220 });
      input.start();
      input.connect(node).connect(context.destination);
      await played(context, 0.5);
      const recording = record(node, 1);
      await played(context, 0.3);
      const names = [node.model.about.name];
      await node.setModel('/two.safetensors');
      names.push(node.model.about.name);
      const failure = await node.setModel(new Uint8Array(100)).catch((error: Error) => error.message);
      names.push(node.model.about.name);
      const output = Array.from(await recording);
      node.dispose();
      await context.close();
      return { output, names, failure };
    });
    expect(result.names).toEqual(['random 1', 'random 2', 'random 2']);
    expect(result.failure).toMatch(/model|safetensors/i);
    const { output } = result;
    const [before, after] = [output.slice(0, 9600), output.slice(-9600)];
    expect(centsOff(before, 48000, F0)).toBeLessThan(10);
    expect(centsOff(after, 48000, F0)).toBeLessThan(10);
    const louder = Math.max(level(before), level(after));
    for (let at = 0; at + 480 <= output.length; at += 480) {
      expect(level(output, at, at + 480)).toBeGreaterThan(0.1 * Math.min(level(before), level(after)));
      expect(level(output, at, at + 480)).toBeLessThan(2 * louder);
    }
  });

  it('plays on, whatever a page posts to its port', async () => {
    const { levels, name, heard } = await page.evaluate(async () => {
      const context = new AudioContext({ sampleRate: 48000 });
      const node = await ddsp.DDSPNode.create(context, { model: '/one.safetensors' });
      const input = new OscillatorNode(context, { type: 'sawtooth', frequency: 220 });
      input.start();
      input.connect(node).connect(context.destination);
      await played(context, 0.5);
      const before = await record(node, 0.3);
      const garbage = [
        ...[null, undefined, 5, 'play', [], {}, { type: 'sing' }, { type: 'model' }, { type: 'matching' }],
        ...[
          { type: 'model', id: 1, instrument: null },
          { type: 'heard' },
          { type: 'heard', event: 'note', entries: 3 },
        ],
        { type: 'model', id: 1, instrument: { key: 'a', model: {}, tables: new Map() } },
      ];
      for (const message of garbage) node.port.postMessage(message);
      const after = await record(node, 0.3);
      const heard = await new Promise<number>((resolve) => {
        node.addEventListener('analysis', ({ detail }) => detail.f0 > 0 && resolve(detail.f0));
      });
      await node.setModel('/two.safetensors');
      const { name } = node.model.about;
      node.dispose();
      await context.close();
      const levels = [before, after].map((samples) => Math.hypot(...samples));
      return { levels, name, heard };
    });
    expect(levels[0]).toBeGreaterThan(0.01);
    expect(Math.abs(20 * Math.log10(levels[1] / levels[0]))).toBeLessThan(6);
    expect(Math.abs(1200 * Math.log2(heard / F0))).toBeLessThan(5);
    expect(name).toBe('random 2');
  });

  it('shares an instrument with nineteen others: its tables are sent once', async () => {
    await page.evaluate(spy);
    const { sent, keys, playing, later } = await page.evaluate(async () => {
      const { spied, messages } = globalThis as unknown as Spy;
      const context = new AudioContext({ sampleRate: 48000 });
      const input = new OscillatorNode(context, { type: 'sawtooth', frequency: 220 });
      input.start();
      const create = async () => {
        const node = await spied.DDSPNode.create(context, { model: '/one.safetensors' });
        input.connect(node).connect(context.destination);
        return node;
      };
      const count = () => {
        const instruments = messages.splice(0).flatMap(({ instrument }) => instrument ?? []);
        const { size } = new Set(instruments.map(({ key }) => key));
        return { keys: size, sent: instruments.filter(({ tables }) => tables).length };
      };
      const nodes = await Promise.all(Array.from({ length: 10 }, create));
      while (nodes.length < 20) nodes.push(await create());
      const first = count();
      await Promise.all(nodes.map((node) => node.setModel('/two.safetensors')));
      const second = count();
      await played(context, 0.5);
      const playing = Math.hypot(...(await record(nodes[19], 0.2)));
      for (const node of nodes) node.dispose();
      // the audio thread has forgotten the instrument by now, or not
      const node = await create();
      await played(context, 0.3);
      const later = Math.hypot(...(await record(node, 0.2)));
      node.dispose();
      await context.close();
      return { sent: [first.sent, second.sent], keys: [first.keys, second.keys], playing, later };
    });
    expect(keys).toEqual([1, 1]);
    expect(sent).toEqual([1, 1]);
    expect(playing).toBeGreaterThan(0.01);
    expect(later).toBeGreaterThan(0.01);
  });

  it('is silent and useless after dispose', async () => {
    const { output, refusal } = await page.evaluate(async () => {
      const context = new AudioContext();
      const node = await ddsp.DDSPNode.create(context, { model: '/one.safetensors' });
      const input = new OscillatorNode(context);
      input.start();
      input.connect(node);
      node.dispose();
      node.dispose();
      await played(context, 0.1);
      const recording = record(node, 0.2);
      const refusal = await node.setModel('/two.safetensors').catch((error: Error) => error.message);
      const output = Array.from(await recording);
      await context.close();
      return { output, refusal };
    });
    expect(level(output)).toBe(0);
    expect(refusal).toMatch(/disposed/);
  });
});
