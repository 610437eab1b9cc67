/** The worklet's tests through `ddsp-worklet/standardized`, in contexts of standardized-audio-context. */

import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModel, writeModel } from '../../src/model/file';
import { renderOffline } from '../../src/play/render';
import type { AnalysisFrame } from '../../src/web/heard';
import { phrase, randomModel } from '../support/models';
import { browsersUnderTest } from './drivers/browsers';
import type { TestBrowser, TestPage } from './drivers/page';
import { recorderScript } from './recorder';
import { type Job, job, renderThere, worstDifference } from './rendering';
import { decode, level, openTestPage, pitchOf, serve, type TestServer } from './support';

/** What `standardized` leaves on a page. */
interface Hosts {
  /** the main entry */
  readonly plain: typeof ddsp;
  readonly NativeContext: typeof AudioContext;
}

/** In a page: the library's node and all constructors of Web Audio become those of standardized-audio-context. */
const standardized = `(async () => {
  const host = await import('/host.js');
  const { DDSPNode } = await import('/dist/standardized.js');
  const NativeContext = AudioContext;
  const plain = ddsp;
  for (const name of Object.keys(host)) if (name in globalThis) globalThis[name] = host[name];
  Object.assign(globalThis, { plain, NativeContext, ddsp: { ...plain, DDSPNode } });
})()`;

const SECONDS = 1.2;
const random = writeModel(randomModel(3), { float16: false });
const other = writeModel(randomModel(4), { float16: false });
const violin = readFileSync('models/violin.safetensors');
const models = { random: readModel(random), other: readModel(other), violin: readModel(violin) };

async function hostFiles() {
  const { outputFiles } = await build({
    stdin: { contents: `export * from 'standardized-audio-context'`, resolveDir: '.' },
    ...{ bundle: true, format: 'esm', write: false, logLevel: 'error' },
  });
  const entry = readFileSync('dist/standardized.js', 'utf8');
  return {
    '/host.js': outputFiles[0].text,
    '/dist/standardized.js': entry.replace('"standardized-audio-context"', '"/host.js"'),
  };
}

describe.each(browsersUnderTest())('standardized-audio-context in $name', ({ name, launch }) => {
  let browser: TestBrowser;
  let server: TestServer;
  let page: TestPage;

  beforeAll(async () => {
    server = await serve({
      '/random.safetensors': random,
      '/other.safetensors': other,
      '/violin.safetensors': violin,
      '/recorder.js': recorderScript,
      ...(await hostFiles()),
    });
    browser = await launch();
    page = await openTestPage(browser, server.origin);
    await page.evaluate(standardized);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function render(job: Job) {
    const { output, latency } = await page.evaluate(renderThere, job);
    return { output: decode(output), latency: Math.round(latency * job.sampleRate) };
  }

  const knobs = { pitchShift: -7, harmonics: 1.6, noise: 0.2, reverb: 0.9, gain: 0.5 };
  it.each<[string, Partial<Job> & { model: keyof typeof models; sampleRate: number }]>([
    ['a model', { model: 'random', sampleRate: 48000 }],
    ['the violin at 44.1 kHz', { model: 'violin', sampleRate: 44100 }],
    [
      'knobs and matching',
      { model: 'random', sampleRate: 48000, knobs, matching: { register: 2, level: 'off' } },
    ],
  ])('plays what the library renders: %s', async (_title, { model, sampleRate, ...rest }) => {
    const audio = phrase(SECONDS, sampleRate);
    const { output, latency } = await render(job(audio, sampleRate, { model, ...rest }));
    const { knobs, matching } = rest;
    const expected = await renderOffline(models[model], audio, { sampleRate, matching, ...knobs });
    expect(level(output)).toBeGreaterThan(1e-3);
    expect(worstDifference(output, expected, latency)).toBeLessThan(1e-5);
  });

  it('follows parameters that move, and changes its model', async () => {
    const audio = phrase(SECONDS, 48000);
    const [still, changed] = await Promise.all(
      [models.random, models.other].map((model) => renderOffline(model, audio, { sampleRate: 48000 })),
    );
    const runs = { pitchShift: 12, gain: 2 };
    const moving = await render(job(audio, 48000, { runs }));
    expect(worstDifference(moving.output, still, moving.latency)).toBeGreaterThan(1e-2);
    const early = await render(job(audio, 48000, { change: { model: 'other', after: 0 } }));
    const late = early.output.subarray(9600);
    expect(worstDifference(late, changed.subarray(9600 - early.latency))).toBeLessThan(
      0.5 * worstDifference(still, changed),
    );
  });

  it('lives in a live context: nodes, parameters, events, notes, a new model, dispose', async () => {
    const result = await page.evaluate(async () => {
      const context = new AudioContext();
      const node = await ddsp.DDSPNode.create(context, { model: '/random.safetensors', voices: 2 });
      node.noise.value = 0;
      const input = new OscillatorNode(context, { type: 'sawtooth', frequency: 220 });
      const octave = new ConstantSourceNode(context, { offset: 12 });
      const output = new GainNode(context);
      input.connect(node).connect(output).connect(context.destination);
      // a recorder hears nothing at all from a node without a source
      const silence = new ConstantSourceNode(context, { offset: 0 });
      silence.connect(output);
      for (const source of [input, octave, silence]) source.start();
      const notes: number[] = [];
      node.addEventListener('note', ({ detail }) => notes.push(detail.note));
      const heard = await new Promise<AnalysisFrame>((resolve) => {
        const listen = ({ detail }: CustomEvent<AnalysisFrame>) => {
          if (detail.f0 === 0) return;
          node.removeEventListener('analysis', listen);
          resolve(detail);
        };
        node.addEventListener('analysis', listen);
      });
      await played(context, 0.5);
      const plain = Array.from(await record(output, 0.3));
      octave.connect(node.pitchShift);
      await played(context, 0.3);
      const shifted = Array.from(await record(output, 0.3));
      octave.disconnect(node.pitchShift);
      await node.setModel('/other.safetensors');
      input.disconnect(node);
      node.pitchShift.value = 0;
      node.noteOn(69, 127);
      await played(context, 0.3);
      const note = Array.from(await record(output, 0.3));
      node.dispose();
      await played(context, 0.1);
      const after = Array.from(await record(output, 0.1));
      const closed = await context
        .close()
        .then(() => ddsp.DDSPNode.create(context, { model: '/random.safetensors' }))
        .catch(({ code }) => code);
      const { sampleRate } = context;
      const { name } = node.model.about;
      return { plain, shifted, note, after, heard, notes, name, sampleRate, latency: node.latency, closed };
    });
    const cents = (samples: number[], f0: number) =>
      Math.abs(1200 * Math.log2(pitchOf(samples, result.sampleRate) / f0));
    expect(Math.abs(1200 * Math.log2(result.heard.f0 / 220))).toBeLessThan(5);
    expect(result.notes[0]).toBe(57);
    expect(cents(result.plain, 220)).toBeLessThan(10);
    expect(cents(result.shifted, 440)).toBeLessThan(10);
    // a random model may leave its fundamental out
    const octaves = Math.log2(pitchOf(result.note, result.sampleRate) / 440);
    expect(Math.abs(octaves - Math.round(octaves))).toBeLessThan(0.05);
    expect(level(result.note)).toBeGreaterThan(1e-3);
    expect(level(result.after)).toBe(0);
    expect(result.name).toBe('random 4');
    expect(result.latency).toBeGreaterThan(0.01);
    expect(result.closed).toBe('context-closed');
  });

  it('is refused where another node belongs, with the name of the right one', async () => {
    const { wrapped, native, foreign } = await page.evaluate(async () => {
      const { plain, NativeContext } = globalThis as unknown as Hosts;
      const refusal = async (node: typeof ddsp.DDSPNode, context: BaseAudioContext) => {
        const made = node.create(context, { model: '/random.safetensors' });
        return made.then(
          () => 'made',
          (error: Error) => error.message,
        );
      };
      const [context, nativeContext] = [new AudioContext(), new NativeContext()];
      const wrapped = await refusal(plain.DDSPNode, context);
      const native = await refusal(ddsp.DDSPNode, nativeContext);
      const foreign = await refusal(ddsp.DDSPNode, {} as BaseAudioContext);
      await Promise.all([context.close(), nativeContext.close()]);
      return { wrapped, native, foreign };
    });
    expect(wrapped).toMatch(/native AudioContext.*ddsp-worklet\/standardized.*ddsp-worklet\/tone/);
    expect(native).toMatch(/needs a context of standardized-audio-context.*DDSPNode of `ddsp-worklet`/);
    expect(foreign).toMatch(/needs a context of standardized-audio-context/);
  });

  // the policies are the browsers' own, and the same in all of them
  it.runIf(name === 'Chromium').each([
    ['as documented', "script-src 'self' blob: 'wasm-unsafe-eval'; connect-src 'self' blob:", {}, /^made$/],
    [
      'without connect-src blob:',
      "script-src 'self' blob: 'wasm-unsafe-eval'; connect-src 'self'",
      {},
      /Content-Security-Policy must allow `blob:` in script-src, and `blob:` in connect-src/,
    ],
    [
      'with a workletUrl',
      "script-src 'self' blob: 'wasm-unsafe-eval'; connect-src 'self'",
      { workletUrl: '/dist/worklet.js' },
      /^made$/,
    ],
    [
      'without script-src blob:, whatever the workletUrl',
      "script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' blob:",
      { workletUrl: '/dist/worklet.js' },
      /`blob:` in script-src.*native AudioContext.*`workletUrl`/,
    ],
  ])('a policy %s', async (_title, policy, options, message) => {
    const strict = await browser.open(`${server.origin}/csp?${encodeURIComponent(policy)}`);
    const outcome = await strict.evaluate(`(async () => {
      const { AudioContext } = await import('/host.js');
      const { DDSPNode } = await import('/dist/standardized.js');
      const options = { model: '/random.safetensors', ...${JSON.stringify(options)} };
      const made = DDSPNode.create(new AudioContext(), options);
      return made.then(() => 'made', (error) => error.message);
    })()`);
    await strict.close();
    expect(outcome).toMatch(message);
  });
});
