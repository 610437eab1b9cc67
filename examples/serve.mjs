/**
 * Serves the examples on this machine, with what they load: /examples, /dist and /models, laid out as in
 * the repository. Builds first where dist/ is missing or older than its sources.
 *
 *   node examples/serve.mjs [port]    the next free port from 8080, or from the one given (also PORT)
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';

const HOME = '/examples/live/';
const SERVED = ['examples', 'dist', 'models'];
const SOURCES = ['src', 'worklet', 'rollup.config.mjs'];
const PORTS_TRIED = 50;

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
if (newest(SOURCES) > newest(['dist/index.js'])) {
  console.log('Building ...');
  const { status } = spawnSync('npm', ['run', '-s', 'build'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

const handlers = new Map(SERVED.map((folder) => [folder, sirv(folder, { dev: true })]));
const server = createServer((request, response) => {
  const [, folder, rest] = request.url.match(/^\/([\w-]+)(\/.*)$/) ?? [];
  const handler = handlers.get(folder);
  if (handler) {
    request.url = rest;
    handler(request, response, () => answer(response, 404, 'Not found'));
  } else if (/^\/(\?.*)?$/.test(request.url)) {
    response.setHeader('location', HOME);
    answer(response, 302, HOME);
  } else {
    answer(response, 404, 'Not found');
  }
});

const first = Number(process.argv[2] ?? process.env.PORT ?? 8080);
const port = await listen(first);
console.log(`play:  http://localhost:${port}${HOME}`);
console.log(`train: http://localhost:${port}/examples/train/`);

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

function answer(response, status, text) {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
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
