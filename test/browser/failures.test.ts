/** Every way in which a node cannot be made ends in an Error that says why and what to do. */

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeModel } from '../../src/model/file';
import { randomModel } from '../support/models';
import { recorderScript } from './recorder';
import { INSECURE_HOST, launch, openTestPage, serve, type TestServer } from './support';

describe('failures', () => {
  let browser: Browser;
  let server: TestServer;

  beforeAll(async () => {
    server = await serve({
      '/model.safetensors': writeModel(randomModel(1)),
      '/throws.js': 'throw new Error("broken module");',
      '/other.js': 'registerProcessor("other", class extends AudioWorkletProcessor { process() {} });',
      '/throwing-processor.js':
        'registerProcessor("ddsp-processor", class extends AudioWorkletProcessor { constructor() { super(); ' +
        'throw new Error("broken constructor"); } process() {} });',
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
   * @returns the message of the error it ends in, or 'made'
   */
  async function attempt(code: string, { path = '/', origin = server.origin } = {}): Promise<string> {
    const page = await openTestPage(browser, origin + path);
    try {
      return await page.evaluate(`(async () => {
        const context = new AudioContext();
        const create = (options) =>
          ddsp.DDSPNode.create(context, { model: '/model.safetensors', ...options });
        try {
          await (async () => { ${code} })();
          return 'made';
        } catch (error) {
          return error.message;
        } finally {
          if (context.state !== 'closed') await context.close();
        }
      })()`);
    } finally {
      await page.close();
    }
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

  it('can be tried again after a failure, in the same context', async () => {
    const code = `
      await create({ workletUrl: '/missing.js' }).catch(() => {});
      await create({ model: '/missing.safetensors' }).catch(() => {});
      await Promise.all([create(), create()]);
    `;
    expect(await attempt(code)).toBe('made');
  });

  it('no microphone', async () => {
    expect(await attempt('await ddsp.openMicrophone(context)')).toMatch(
      /No microphone was found|not allowed/,
    );
  });
});
