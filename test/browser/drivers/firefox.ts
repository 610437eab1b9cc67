/** Firefox through WebDriver BiDi, which it speaks itself: no driver program is needed. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import WebSocket from 'ws';
import { INSECURE_HOST } from '../support';
import { evaluator, type TestBrowser, type TestPage } from './page';
import { start, temporaryFolder } from './process';
import { startSound } from './sound';

/** Hz: the sine that a microphone is */
export const FAKE_MICROPHONE = 220;

const PREFERENCES = {
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  // microphones are a sine, and nobody is asked
  'media.navigator.audio.fake_frequency': FAKE_MICROPHONE,
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'network.dns.localDomains': INSECURE_HOST,
  // no visits to anybody
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'toolkit.telemetry.reportingpolicy.firstRun': false,
};

type Result = Record<string, unknown>;
type Send = (method: string, params?: object) => Promise<Result>;

export async function launchFirefox(file: string): Promise<TestBrowser> {
  const { folder, remove } = temporaryFolder();
  const lines = Object.entries(PREFERENCES).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  writeFileSync(path.join(folder, 'user.js'), lines.join(''));
  const sound = await startSound();
  const program = start(
    file,
    ['--headless', '--no-remote', '--profile', folder, '--remote-debugging-port=0'],
    { ...sound?.env, MOZ_CRASHREPORTER_DISABLE: '1' },
  );
  const close = async () => {
    await program.end();
    await sound?.close();
    remove();
  };
  try {
    const [, address] = await program.says(/WebDriver BiDi listening on (ws:\S+)/);
    const socket = await connect(`${address}/session`);
    const send = commands(socket);
    const { capabilities } = await send('session.new', { capabilities: {} });
    return {
      version: String((capabilities as Result).browserVersion),
      open: (url) => openPage(send, url),
      async close() {
        await send('browser.close').catch(() => {});
        socket.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openPage(send: Send, url: string): Promise<TestPage> {
  const { context } = await send('browsingContext.create', { type: 'tab' });
  await send('browsingContext.navigate', { context, url, wait: 'complete' });
  return {
    evaluate: evaluator(async (expression) => {
      const answer = (await send('script.evaluate', {
        expression,
        target: { context },
        awaitPromise: true,
        userActivation: true,
      })) as { result?: { value: string }; exceptionDetails?: { text: string } };
      if (!answer.result) throw new Error(answer.exceptionDetails?.text);
      return answer.result.value;
    }),
    async screenshot() {
      const { data } = await send('browsingContext.captureScreenshot', { context });
      return Buffer.from(String(data), 'base64');
    },
    async close() {
      await send('browsingContext.close', { context });
    },
  };
}

async function connect(address: string): Promise<WebSocket> {
  const socket = new WebSocket(address, { maxPayload: 0 });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return socket;
}

function commands(socket: WebSocket): Send {
  let last = 0;
  const waiting = new Map<number, { resolve(result: Result): void; reject(error: Error): void }>();
  socket.on('message', (data) => {
    const { id, type, result, message } = JSON.parse(String(data));
    if (type === 'success') waiting.get(id)?.resolve(result);
    else if (type === 'error') waiting.get(id)?.reject(new Error(message));
    if (type !== 'event') waiting.delete(id);
  });
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('Firefox has ended'));
  });
  return (method, params = {}) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params }));
    });
}
