/**
 * Finds a Firefox and a WebKitGTK to test with, beside the Chromium of find-chromium.mjs, or installs them.
 * Where they cannot be had their tests are left out, in so many words; not with BROWSERS=required.
 *
 *   node test/browser/find-browsers.mjs    installs what is missing, prints what tests will run in
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureChromium, installWithApt } from './find-chromium.mjs';

/** Whether a browser that cannot be had is a failure. */
export const required = process.env.BROWSERS === 'required';

/** What each browser, and sound for it, is called in Debian. */
const PACKAGES = { Firefox: ['firefox-esr', 'pulseaudio'], WebKit: ['webkit2gtk-driver', 'xvfb'] };

/** Why a browser is not tested here, and how it would be. */
export function missing(browser) {
  const packages = PACKAGES[browser].join(' ');
  const other = browser === 'Firefox' ? ', or name another Firefox with FIREFOX_PATH' : '';
  return `${browser} is not tested: it is not installed. On Debian: apt-get install ${packages}${other}.`;
}

/** @returns {string | null} a program's path */
export function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin'];
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file)) ?? null;
}

/** @returns {string | null} not Ubuntu's snap, which may not read a profile under /tmp */
export function findFirefox() {
  const wanted = process.env.FIREFOX_PATH;
  if (wanted) {
    if (existsSync(wanted)) return wanted;
    throw new Error(`FIREFOX_PATH is ${wanted}, but there is no such file`);
  }
  const places = {
    darwin: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
    win32: [path.join(process.env.PROGRAMFILES ?? 'C:/Program Files', 'Mozilla Firefox/firefox.exe')],
    linux: ['/usr/bin/firefox-esr', '/usr/lib/firefox/firefox', '/usr/lib64/firefox/firefox'],
  };
  return (places[process.platform] ?? []).find((file) => existsSync(file)) ?? null;
}

/** @returns {{ driver: string, browser: string, display: string } | null} the three programs it takes */
export function findWebKit() {
  if (process.platform !== 'linux') return null;
  const driver = findProgram('WebKitWebDriver');
  const display = findProgram('Xvfb');
  const browser = miniBrowser();
  return driver && display && browser ? { driver, browser, display } : null;
}

/** Debian keeps it in /usr/lib/<machine>/webkit2gtk-<version>/, others in /usr/libexec/webkit2gtk-<version>/. */
function miniBrowser() {
  const within = (folder, prefix) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.startsWith(prefix))
          .map((name) => path.join(folder, name))
      : [];
  const parents = ['/usr/libexec', ...within('/usr/lib', '')];
  return parents
    .flatMap((parent) => (path.basename(parent).match(/libexec|linux-gnu/) ? within(parent, 'webkit') : []))
    .map((folder) => path.join(folder, 'MiniBrowser'))
    .find((file) => existsSync(file));
}

/** Installs what is missing, where apt-get and the right to use it are there. */
function ensureOthers() {
  const complete = () => findFirefox() && findProgram('pulseaudio') && findWebKit();
  if (complete()) return;
  try {
    installWithApt(...Object.values(PACKAGES).flat());
  } catch (error) {
    if (required) throw error;
    console.error(`Nothing was installed: ${error.message}`);
  }
  if (required && !complete()) throw new Error('Firefox or WebKitGTK is missing, and BROWSERS=required');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(`Chromium: ${ensureChromium()}`);
  ensureOthers();
  console.log(findFirefox() ? `Firefox: ${findFirefox()}` : missing('Firefox'));
  console.log(findWebKit() ? `WebKit: ${findWebKit().browser}` : missing('WebKit'));
}
