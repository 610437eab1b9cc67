/** WebKitGTK's MiniBrowser through WebKitWebDriver (classic WebDriver over HTTP), on a display of its own. */

import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { INSECURE_HOST } from '../support';
import { evaluator, type TestBrowser, type TestPage } from './page';
import { freePort, type Program, start } from './process';

type Call = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<unknown>;

export interface WebKitFiles {
  readonly driver: string;
  readonly browser: string;
  readonly display: string;
}

export async function launchWebKit(files: WebKitFiles): Promise<TestBrowser> {
  const programs: Program[] = [];
  const proxy = await startProxy();
  const close = async () => {
    proxy.close();
    for (const program of programs.reverse()) await program.end();
  };
  try {
    const display = start(files.display, [
      '-displayfd',
      '3',
      '-screen',
      '0',
      '1280x900x24',
      '-nolisten',
      'tcp',
    ]);
    programs.push(display);
    const [, number] = await display.says(/^(\d+)$/m);
    const port = await freePort();
    programs.push(start(files.driver, [`--port=${port}`], { DISPLAY: `:${number}` }));
    const call = caller(`http://127.0.0.1:${port}`);
    await until(() => call('GET', '/status'));
    const { sessionId, capabilities } = (await call('POST', '/session', {
      capabilities: {
        alwaysMatch: {
          timeouts: { script: 60_000 },
          // without noProxy: WebKitGTK 2.50 reads on behind the end of that list
          proxy: { proxyType: 'manual', httpProxy: proxy.address },
          'webkitgtk:browserOptions': {
            binary: files.browser,
            args: ['--automation', '--autoplay-policy=allow', '--enable-mock-capture-devices=true'],
          },
        },
      },
    })) as { sessionId: string; capabilities: { browserVersion: string } };
    const session: Call = (method, path, body) => call(method, `/session/${sessionId}${path}`, body);
    return {
      version: capabilities.browserVersion,
      open: (url) => openPage(session, url),
      async close() {
        // a page that hangs must not keep its programs alive
        await Promise.race([session('DELETE', '').catch(() => {}), setTimeout(5000)]);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openPage(session: Call, url: string): Promise<TestPage> {
  const first = await session('GET', '/window');
  const { handle } = (await session('POST', '/window/new', { type: 'window' })) as { handle: string };
  const here = () => session('POST', '/window', { handle });
  await here();
  await session('POST', '/url', { url });
  return {
    evaluate: evaluator(async (expression) => {
      await here();
      const script = `const done = arguments[0]; ${expression}.then(done);`;
      return String(await session('POST', '/execute/async', { script, args: [] }));
    }),
    async screenshot() {
      await here();
      return Buffer.from(String(await session('GET', '/screenshot')), 'base64');
    },
    async close() {
      await here();
      await session('DELETE', '/window');
      await session('POST', '/window', { handle: first });
    },
  };
}

/** All addresses lead to this machine: {@link INSECURE_HOST} is a name that only a proxy knows here. */
async function startProxy(): Promise<{ readonly address: string; close(): void }> {
  const server = createServer((incoming, outgoing) => {
    const { port, pathname, search } = new URL(incoming.url ?? '');
    const { method, headers } = incoming;
    const passed = request(
      { host: '127.0.0.1', port, path: pathname + search, method, headers },
      (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
      },
    );
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function caller(origin: string): Call {
  return async (method, path, body) => {
    const response = await fetch(origin + path, { method, body: body && JSON.stringify(body) });
    const { value } = (await response.json()) as { value: { message: string } };
    if (!response.ok) throw new Error(`WebKitWebDriver: ${value.message}`);
    return value;
  };
}

/** Tries for 10 s. */
async function until(action: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await action();
      return;
    } catch (error) {
      if (tries === 200) throw error;
      await setTimeout(50);
    }
  }
}
