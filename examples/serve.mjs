/**
 * Serves the pages on this machine as their site has them (site/layout.mjs), from the repository: what is
 * changed is there after a reload. Builds first where dist/ is missing or older than its sources.
 *
 *   node examples/serve.mjs [port]    the next free port from 8080, or from the one given (also PORT)
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { answer } from '../site/serve.mjs';

const SOURCES = ['src', 'worklet', 'rollup.config.mjs'];
const PORTS_TRIED = 50;

process.chdir(path.resolve(import.meta.dirname, '..'));
if (newest(SOURCES) > newest(['dist/index.js'])) {
  console.log('Building ...');
  const { status } = spawnSync('npm', ['run', '-s', 'build'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

const server = createServer((request, response) => {
  answer(decodeURIComponent(new URL(request.url, 'http://localhost').pathname).slice(1), response);
});
const port = await listen(Number(process.argv[2] ?? process.env.PORT ?? 8080));
console.log(`start: http://localhost:${port}/`);
console.log(`play:  http://localhost:${port}/live/`);
console.log(`keys:  http://localhost:${port}/keys/`);
console.log(`train: http://localhost:${port}/train/`);

/** Other programs' ports are passed over; `localhost` only: a microphone works there without https. */
async function listen(from) {
  for (let port = from; port < from + PORTS_TRIED; port++) {
    const taken = await new Promise((resolve, reject) => {
      server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(true) : reject(error)));
      server.listen(port, 'localhost', () => resolve(false));
    });
    server.removeAllListeners('error');
    if (!taken) return port;
  }
  throw new Error(`Ports ${from} to ${from + PORTS_TRIED - 1} are all taken.`);
}

/** When the newest of these files, or of the files in these folders, was written; 0 if there is none. */
function newest(places) {
  return Math.max(
    0,
    ...places
      .filter((place) => existsSync(place))
      .map((place) => {
        const { mtimeMs } = statSync(place);
        if (!statSync(place).isDirectory()) return mtimeMs;
        return newest(readdirSync(place).map((name) => path.join(place, name)));
      }),
  );
}
