/** Every way in which a node cannot be made ends in an Error that says why and what to do. */

import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from '../../src/model/file';
import { randomModel } from '../support/models';
import { browsersUnderTest } from './drivers/browsers';
import type { TestBrowser, TestPage } from './drivers/page';
import { recorderScript } from './recorder';
import { INSECURE_HOST, openTestPage, serve, type TestServer } from './support';

describe.each(browsersUnderTest())('failures in $name', ({ name, launch }) => {
  let browser: TestBrowser;
  let server: TestServer;
  const pages = new Map<string, TestPage>();

  beforeAll(async () => {
    server = await serve({
      '/model.safetensors': writeModel(randomModel(1)),
      '/throws.js': 'throw new Error("broken module");',
      '/other.js': 'registerProcessor("other", class extends AudioWorkletProcessor { process() {} });',
      '/throwing-processor.js': await worklet(
        'worklet/processor',
        'super();',
        'super(); throw new Error("broken constructor");',
      ),
      '/instead.html': '<!doctype html><title>page</title>',
      '/old-worklet.js': await worklet('web/protocol', /(PROTOCOL_VERSION =) \d+/, '$1 1'),
      '/old-release.js': await worklet('src/version', /(VERSION =) '.*'/, "$1 '0.0.1'"),
      '/recorder.js': recorderScript,
    });
    browser = await launch();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /**
   * Runs `code` on a page where `context` is a new AudioContext and `create(options)` makes a node of it.
   * Pages are used again: one that is spoilt for others needs a `path` of its own.
   * @returns the message of the error it ends in, or 'made'
   */
  async function attempt(code: string, { path = '/', origin = server.origin } = {}): Promise<string> {
    const url = origin + path;
    const page = pages.get(url) ?? (await openTestPage(browser, url));
    pages.set(url, page);
    return await page.evaluate<string>(`(async () => {
      const context = new AudioContext();
      const create = (options) =>
        ddsp.DDSPNode.create(context, { model: '/model.safetensors', ...options });
      try {
        await (async () => { ${code} })();
        return 'made';
      } catch (error) {
        return error instanceof Error ? error.message : 'no Error: ' + error;
      } finally {
        if (context.state !== 'closed') await context.close();
      }
    })()`);
  }

  const csp = (policy: string) => ({ path: `/csp?${encodeURIComponent(policy)}` });

  it.each([
    [
      'a missing worklet file',
      `await create({ workletUrl: '/missing.js' })`,
      /\/missing\.js could not be loaded/,
    ],
    [
      'a worklet that is another',
      `await create({ workletUrl: '/other.js' })`,
      /did not register the processor/,
    ],
    [
      // as servers do that answer every address with the page
      'a page instead of the worklet',
      `await create({ workletUrl: '/instead.html' })`,
      /instead\.html (could not be loaded.*served as JavaScript|was loaded but did not register)/,
    ],
    [
      'a worklet of another release',
      `await create({ workletUrl: '/old-worklet.js' })`,
      /another release.*serve the one/,
    ],
    [
      'a worklet of another release, which names its processor otherwise',
      `await create({ workletUrl: '/old-release.js' })`,
      /did not register the processor.*of this release/,
    ],
    [
      'a worklet whose script throws',
      `await create({ workletUrl: '/throws.js' })`,
      /did not register|could not be loaded/,
    ],
    [
      'a processor that throws',
      `await create({ workletUrl: '/throwing-processor.js' })`,
      /processor threw an error/,
    ],
    ['a missing model', `await create({ model: '/missing.safetensors' })`, /missing\.safetensors.*404/],
    ['a file that is no model', `await create({ model: '/other.js' })`, /safetensors/],
    ['a closed context', 'await context.close(); await create()', /closed/],
    [
      'a wrapped context',
      `await ddsp.DDSPNode.create({ rawContext: context, audioWorklet: {} }, { model: '/model.safetensors' })`,
      /native AudioContext.*Tone\.js/,
    ],
    ['an aborted signal', `await create({ signal: AbortSignal.abort(new Error('enough')) })`, /^enough$/],
    [
      'a model that lost a tensor',
      `const { model: url } = { model: '/model.safetensors' };
       const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
       const model = ddsp.readModel(bytes);
       const { ir, ...tensors } = model.tensors;
       await create({ model: { ...model, tensors } })`,
      /this model cannot be played/,
    ],
  ])('%s', async (_name, code, message) => {
    expect(await attempt(code)).toMatch(message);
  });

  it('a page that is not secure', async () => {
    const origin = server.origin.replace('localhost', INSECURE_HOST);
    expect(await attempt('await create()', { origin })).toMatch(/secure context.*https.*localhost/);
    expect(await attempt('await ddsp.openMicrophone(context)', { origin })).toMatch(
      /secure.*https.*localhost/,
    );
  });

  it('a policy without blob: scripts, which a workletUrl gets past', async () => {
    const strict = csp("script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval'");
    expect(await attempt('await create()', strict)).toMatch(
      /Content-Security-Policy.*script-src blob:.*workletUrl/,
    );
    expect(await attempt(`await create({ workletUrl: '/dist/worklet.js' })`, strict)).toBe('made');
  });

  it('a policy without WebAssembly', async () => {
    const strict = csp("script-src 'self' blob: 'sha256-x'");
    expect(await attempt('await create()', strict)).toMatch(/Content-Security-Policy.*'wasm-unsafe-eval'/);
  });

  it('fails with errors of the classes that the page imports', async () => {
    const code = `
      const errorOf = (model) => create({ model }).then(() => 'none', (error) => error);
      const model = ddsp.readModel(new Uint8Array(await (await fetch('/model.safetensors')).arrayBuffer()));
      const damaged = await errorOf(new Blob(['damaged']));
      const silent = await errorOf({ ...model, tensors: {} });
      const unknown = await errorOf({ ...model, synth: { processors: [{ name: 'x', type: 'Unknown' }] } });
      const found = [damaged instanceof ddsp.ModelError, damaged instanceof ddsp.DdspError, damaged.code,
        silent instanceof ddsp.ModelError, unknown instanceof ddsp.DdspError];
      throw new Error(found.join());
    `;
    expect(await attempt(code)).toBe('true,true,truncated,true,true');
  });

  it('can be tried again after a failure, in the same context', async () => {
    const code = `
      await create({ workletUrl: '/missing.js' }).catch(() => {});
      await create({ model: '/missing.safetensors' }).catch(() => {});
      await Promise.all([create(), create()]);
    `;
    expect(await attempt(code)).toBe('made');
  });

  // a model that never arrives
  const endless = 'new Response(new ReadableStream())';
  const coded = (call: string) =>
    `await ${call}.then(() => {}, (error) => { throw new Error(error.code ?? error.message); })`;

  it.each([
    ['close', 'context.close()', 'context-closed'],
    ['abort', `abort.abort(new Error('enough'))`, 'enough'],
  ])('%s while a node or a model is on its way', async (_title, end, code) => {
    const begin = 'const abort = new AbortController(); const { signal } = abort;';
    const making = coded(`Promise.all([create({ model: ${endless}, signal }), ${end}])`);
    expect(await attempt(`${begin} ${making}`)).toBe(code);
    const changing = coded(`Promise.all([node.setModel(${endless}, { signal }), ${end}])`);
    expect(await attempt(`${begin} const node = await create(); ${changing}`)).toBe(code);
  });

  it('a model for a node of a closed context', async () => {
    const code = `const node = await create(); await context.close(); ${coded(`node.setModel('/model.safetensors')`)}`;
    expect(await attempt(code)).toBe('context-closed');
  });

  it('a model that nobody waits for any more holds up no other', async () => {
    const code = `
      const node = await create();
      const abort = new AbortController();
      const waiting = node.setModel(${endless}, { signal: abort.signal });
      const next = node.setModel('/model.safetensors');
      abort.abort(new Error('enough'));
      await waiting.catch(() => {});
      await next;
    `;
    expect(await attempt(code)).toBe('made');
  });

  it.each([
    ['no SIMD', 'WebAssembly.validate = () => false', /no WebAssembly SIMD.*update.*Chrome 91/],
    ['no WebAssembly', 'delete globalThis.WebAssembly', /no WebAssembly SIMD.*update/],
    [
      'no AudioWorklet',
      `Object.defineProperty(context, 'audioWorklet', { value: undefined })`,
      /no AudioWorklet.*update/,
    ],
  ])('an old browser with %s', async (title, spoil, message) => {
    const path = `/?${encodeURIComponent(title)}`;
    expect(await attempt(`${spoil}; await create()`, { path })).toMatch(message);
  });

  it.each([
    ['NotFoundError', /No microphone was found.*Connect one/],
    ['NotAllowedError', /not allowed.*site settings/],
    ['NotReadableError', /Another program.*close that/],
    ['SecurityError', /Permissions-Policy/],
  ])('no microphone: %s', async (error, message) => {
    const stub = `navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', '${error}'); }`;
    expect(await attempt(`${stub}; await ddsp.openMicrophone(context)`, { path: '/?stub' })).toMatch(message);
  });

  // the other two have a fake microphone, or ask somebody
  it.runIf(name === 'Chromium')('no microphone', async () => {
    expect(await attempt('await ddsp.openMicrophone(context)')).toMatch(
      /No microphone was found|not allowed/,
    );
  });
});

/** The worklet file as another release would have it: with something in one of its sources replaced. */
async function worklet(module: string, found: RegExp | string, replacement: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['worklet/main.ts'],
    ...{ bundle: true, format: 'esm', write: false },
    plugins: [
      {
        name: 'other-release',
        setup(pluginBuild) {
          pluginBuild.onLoad({ filter: new RegExp(`${module}\\.ts$`) }, ({ path }) => ({
            contents: readFileSync(path, 'utf8').replace(found, replacement),
            loader: 'ts',
          }));
        },
      },
    ],
  });
  return outputFiles[0].text;
}
