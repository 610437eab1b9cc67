/**
 * Finds a Chromium to test with, or installs one. Tests never pass by leaving the browser out.
 *
 *   node test/browser/find-chromium.mjs    prints its path
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** @returns {string | null} the path of an installed browser */
export function findChromium() {
  const wanted = process.env.CHROMIUM_PATH;
  if (wanted) {
    if (existsSync(wanted)) return wanted;
    throw new Error(`CHROMIUM_PATH is ${wanted}, but there is no such file`);
  }
  return [...systemPlaces(), ...playwrightPlaces()].find((place) => existsSync(place)) ?? null;
}

/** @returns {string} the path of a browser, installed first where there was none */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  const tried = [];
  for (const [how, install] of [
    ['apt-get', () => installWithApt('chromium')],
    ['playwright', installWithPlaywright],
  ]) {
    try {
      install();
    } catch (error) {
      tried.push(`${how}: ${error.message}`);
    }
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error(
    `No Chromium was found, and none could be installed:\n  ${tried.join('\n  ')}\n` +
      'Install Chromium or Chrome, or name one with CHROMIUM_PATH.',
  );
}

function systemPlaces() {
  switch (process.platform) {
    case 'darwin':
      return ['/Applications', path.join(os.homedir(), 'Applications')].flatMap((folder) => [
        `${folder}/Google Chrome.app/Contents/MacOS/Google Chrome`,
        `${folder}/Chromium.app/Contents/MacOS/Chromium`,
      ]);
    case 'win32':
      return ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
        .map((name) => process.env[name])
        .filter(Boolean)
        .map((folder) => path.join(folder, 'Google/Chrome/Application/chrome.exe'));
    default:
      return ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser'].map(
        (name) => `/usr/bin/${name}`,
      );
  }
}

/** Where playwright keeps its browsers: <cache>/chromium-<revision>/chrome-<platform>/<program>. */
function playwrightPlaces() {
  const home = os.homedir();
  const cache =
    process.env.PLAYWRIGHT_BROWSERS_PATH ??
    {
      darwin: path.join(home, 'Library/Caches/ms-playwright'),
      win32: path.join(process.env.LOCALAPPDATA ?? home, 'ms-playwright'),
    }[process.platform] ??
    path.join(home, '.cache/ms-playwright');
  const programs = [
    'chrome',
    'chrome.exe',
    'Chromium.app/Contents/MacOS/Chromium',
    'Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  ];
  const folders = (parent, prefix) =>
    existsSync(parent)
      ? readdirSync(parent)
          .filter((name) => name.startsWith(prefix))
          .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
          .map((name) => path.join(parent, name))
      : [];
  return folders(cache, 'chromium-')
    .flatMap((folder) => folders(folder, 'chrome-'))
    .flatMap((folder) => programs.map((program) => path.join(folder, program)));
}

/** @param {string[]} packages Debian's names */
export function installWithApt(...packages) {
  if (!existsSync('/usr/bin/apt-get')) throw new Error('there is no apt-get here');
  const root = process.getuid?.() === 0;
  const apt = (...args) => run(...(root ? [] : ['sudo', '-n']), 'apt-get', ...args);
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...packages);
}

function installWithPlaywright() {
  run(process.platform === 'win32' ? 'npx.cmd' : 'npx', 'playwright-core', 'install', 'chromium');
}

/** Shows what it runs and what that says, on stderr: stdout is for the path. */
function run(command, ...args) {
  console.error(`> ${command} ${args.join(' ')}`);
  execFileSync(command, args, {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) console.log(ensureChromium());
