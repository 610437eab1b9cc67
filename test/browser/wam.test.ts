/** `dist/wam` in a host written after the SDK's example: two instances, automation, notes, state, window, end. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type DDSPPlugin from '../../src/hosts/wam';
import { browsersUnderTest } from './drivers/browsers';
import type { TestBrowser, TestPage } from './drivers/page';
import { recorderScript } from './recorder';
import { worstDifference } from './rendering';
import { decode, level, openTestPage, pitchOf, serve, type TestServer } from './support';

/** What `host` leaves on the page. */
declare const WAM: {
  createInstance(group: string, context: BaseAudioContext, state?: unknown): Promise<DDSPPlugin>;
};
declare const initializeWamHost: (context: BaseAudioContext) => Promise<[string, string]>;
/** how many plugins a group has on the audio thread */
declare const countPlugins: (context: BaseAudioContext, group: string, key: string) => Promise<number>;

const host = `(async () => {
  const { initializeWamHost } = await import('/sdk.js');
  const { default: WAM } = await import('/dist/wam/index.js');
  let probes = 0;
  const countPlugins = async (context, group, key) => {
    const name = 'probe' + probes++;
    const code = \`registerProcessor('\${name}', class extends AudioWorkletProcessor {
      constructor({ processorOptions: [group, key] }) {
        super();
        this.port.postMessage(webAudioModules.getGroup(group, key).processors.size);
      }
      process() { return false; }
    });\`;
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
    const probe = new AudioWorkletNode(context, name, { processorOptions: [group, key] });
    return new Promise((resolve) => { probe.port.onmessage = ({ data }) => resolve(data); });
  };
  Object.assign(globalThis, { initializeWamHost, WAM, countPlugins });
})()`;

const RATE = 48000;
const HOP = 480;
/** seconds, between two frames */
const AUTOMATED = 0.5678;

/** In a page: renders as the plugin or as the node itself, by the same events. */
async function renderThere([how, automated]: readonly ['wam' | 'node', number | null]): Promise<string> {
  const rate = 48000;
  const context = new OfflineAudioContext({ length: rate, sampleRate: rate });
  const matching = { register: 'off', level: 'off' } as const;
  const input = new OscillatorNode(context, { type: 'sawtooth', frequency: 220 });
  const quiet = new GainNode(context, { gain: 0.2 });
  input.connect(quiet);
  input.start();
  const [on, off] = [
    [0x90, 69, 100],
    [0x80, 69, 0],
  ] as [number, number, number][];
  let node: AudioNode;
  if (how === 'wam') {
    const [group] = await initializeWamHost(context);
    const { audioNode } = await WAM.createInstance(group, context, { model: 'violin', matching });
    audioNode.scheduleEvents(
      { type: 'wam-midi', time: 0.3, data: { bytes: on } },
      { type: 'wam-sysex', time: 0.35, data: { bytes: new Uint8Array([0xf0, 1, 2, 0xf7]) } },
      { type: 'wam-midi', time: 0.4, data: { bytes: off } },
    );
    if (automated !== null) {
      audioNode.scheduleEvents(
        { type: 'wam-automation', time: automated, data: { id: 'gain', value: 0.1, normalized: true } },
        { type: 'wam-automation', time: 0.8, data: { id: 'pitchShift', value: 12, normalized: false } },
        { type: 'wam-automation', time: 0.8, data: { id: 'nothing', value: 12, normalized: false } },
      );
    }
    // all messages have arrived when this answer has
    await audioNode.ddsp.player;
    node = audioNode as unknown as AudioNode;
  } else {
    const plain = await ddsp.DDSPNode.create(context, {
      ...{ model: '/dist/wam/models/violin.safetensors', matching, voices: 8 },
    });
    plain.midi(on, 0.3);
    plain.midi(off, 0.4);
    if (automated !== null) {
      plain.gain.setValueAtTime(1, automated);
      plain.gain.setValueAtTime(0.1 * plain.gain.maxValue, automated);
      plain.pitchShift.setValueAtTime(12, 0.8);
    }
    await plain.player;
    node = plain;
  }
  quiet.connect(node);
  node.connect(context.destination);
  const rendered = (await context.startRendering()).getChannelData(0);
  let output = '';
  for (const byte of new Uint8Array(rendered.buffer)) output += String.fromCharCode(byte);
  return btoa(output);
}

describe.each(browsersUnderTest())('Web Audio Module in $name', ({ launch }) => {
  let browser: TestBrowser;
  let server: TestServer;
  let page: TestPage;

  beforeAll(async () => {
    server = await serve({
      '/sdk.js': readFileSync('node_modules/@webaudiomodules/sdk/dist/index.js', 'utf8'),
      '/recorder.js': recorderScript,
      '/own.safetensors': readFileSync('models/saxophone.safetensors'),
    });
    browser = await launch();
    page = await openTestPage(browser, server.origin);
    await page.evaluate(host);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('plays, and takes automation and notes at their very times, as the node itself does', async () => {
    const render = async (how: 'wam' | 'node', automated: number | null) =>
      decode(await page.evaluate(renderThere, [how, automated]));
    const plugin = await render('wam', AUTOMATED);
    const node = await render('node', AUTOMATED);
    const still = await render('wam', null);
    expect(level(plugin)).toBeGreaterThan(1e-3);
    expect(worstDifference(plugin, node)).toBeLessThan(1e-6);
    const moved = plugin.findIndex((value, i) => Math.abs(value - still[i]) > 1e-6);
    expect(moved).toBeGreaterThan(AUTOMATED * RATE);
    expect(moved).toBeLessThanOrEqual(AUTOMATED * RATE + HOP);
  });

  it('lives beside another: notes, state, delay, window, and an end that leaves nothing', async () => {
    const result = await page.evaluate(async () => {
      const context = new AudioContext();
      const [group, key] = await initializeWamHost(context);
      const first = await WAM.createInstance(group, context);
      const second = await WAM.createInstance(group, context, { model: 'cello', controls: { noise: 0 } });
      const input = new OscillatorNode(context, { type: 'sawtooth', frequency: 220 });
      const silence = new ConstantSourceNode(context, { offset: 0 });
      const output = new GainNode(context);
      const [one, two] = [first, second].map(({ audioNode }) => audioNode as unknown as AudioNode);
      input.connect(one).connect(context.destination);
      silence.connect(two).connect(output).connect(context.destination);
      silence.start();

      // notes that a host sends
      await played(context, 0.2);
      second.audioNode.scheduleEvents({ type: 'wam-midi', data: { bytes: [0x90, 57, 127] } });
      await played(context, 0.3);
      const note = Array.from(await record(output, 0.3));
      second.audioNode.clearEvents();
      await played(context, 1.5);
      // notes that the other one hears
      first.audioNode.connectEvents(second.instanceId);
      input.start();
      await played(context, 0.6);
      const heard = Array.from(await record(output, 0.3));
      first.audioNode.disconnectEvents(second.instanceId);

      // state
      const file = await (await fetch('/own.safetensors')).arrayBuffer();
      const gui = await first.createGui();
      document.body.append(gui);
      const root = gui.shadowRoot!;
      const knob = root.querySelector('input[type=range]') as HTMLInputElement;
      knob.value = '7';
      knob.dispatchEvent(new Event('input'));
      const dropped = new DataTransfer();
      dropped.items.add(new File([file], 'mine.safetensors'));
      gui.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true }));
      while (typeof first.audioNode.model === 'string') await played(context, 0.1);
      await first.audioNode.setParameterValues({ gain: { id: 'gain', value: 0.5, normalized: false } });
      await first.audioNode.setState({
        matching: { register: 1 },
        second: 'cello',
        controls: { morph: 0.5 },
      });
      const saved = JSON.stringify(await first.audioNode.getState());
      const third = await WAM.createInstance(group, context, JSON.parse(saved));
      const restored = JSON.stringify(await third.audioNode.getState());
      const names = [first, third].map(({ audioNode }) => audioNode.ddsp.model.about.name);
      await second.audioNode.setState(JSON.parse(saved));
      const set = JSON.stringify(await second.audioNode.getState());
      const messages: string[] = [];
      for (const state of [{ model: 'kazoo' }, { controls: { gain: 9 } }, { colour: 1 }]) {
        await third.audioNode.setState(state).catch((error: Error) => messages.push(error.message));
      }
      await WAM.createInstance(group, context, { model: { name: 'x', data: '%' } }).catch((error: Error) =>
        messages.push(error.message),
      );
      const delay = await first.audioNode.getCompensationDelay();
      const info = await first.audioNode.getParameterInfo('reverb');
      const count = await countPlugins(context, group, key);

      // end
      silence.connect(output);
      for (const plugin of [first, second, third]) plugin.audioNode.destroy();
      first.destroyGui(gui);
      const useless = await first.audioNode.setModel('cello').catch(({ code }) => code);
      await played(context, 0.1);
      const silent = Array.from(await record(output, 0.2));
      const { sampleRate } = context;
      const left = await countPlugins(context, group, key);
      await context.close();
      return {
        ...{ note, heard, silent, saved, restored, set, names, messages, delay, count, left, useless },
        ...{ sampleRate, latency: first.audioNode.ddsp.latency, reverb: { ...info.reverb } },
        descriptor: first.descriptor,
      };
    });
    const cents = (samples: number[]) =>
      Math.abs(1200 * Math.log2(pitchOf(samples, result.sampleRate) / 220));
    expect(cents(result.note)).toBeLessThan(60);
    expect(cents(result.heard)).toBeLessThan(60);
    const state = JSON.parse(result.saved);
    expect(state.controls).toMatchObject({ pitchShift: 7, gain: 0.5, reverb: 0.5 });
    expect(state.model.name).toBe('mine.safetensors');
    expect(state.matching.register).toBe(1);
    expect([state.second, state.controls.morph]).toEqual(['cello', 0.5]);
    expect(JSON.parse(result.restored)).toMatchObject({ ...state, player: expect.anything() });
    expect(JSON.parse(result.set)).toMatchObject({ ...state, player: expect.anything() });
    expect(new Set(result.names).size).toBe(1);
    expect(result.messages).toHaveLength(4);
    expect(result.messages[0]).toMatch(
      /state\.model: expected one of violin, saxophone, cello, found "kazoo"/,
    );
    expect(result.messages[1]).toMatch(/gain: expected a number from 0 to 4, found 9/);
    expect(result.messages[2]).toMatch(/state\.colour: unknown option/);
    expect(result.messages[3]).toMatch(/base64/);
    expect(result.delay).toBe(Math.round(result.latency * result.sampleRate));
    expect(result.reverb).toMatchObject({ minValue: 0, maxValue: 1, defaultValue: 0.5, label: 'Reverb' });
    expect([result.count, result.left]).toEqual([3, 0]);
    expect(result.useless).toBe('disposed');
    expect(level(result.silent)).toBe(0);
    expect(result.descriptor).toEqual(JSON.parse(readFileSync('dist/wam/descriptor.json', 'utf8')));
  });
});
