/**
 * Installs the dependencies where they are missing or older than the lock file, so that `npm start`,
 * `npm test` and `npm run check` need no other command before them, in a fresh clone as in one whose
 * lock file has moved on. Uses nothing but Node.
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** When npm last installed here: it writes this file at the end of every install. */
const installed = modified('node_modules/.package-lock.json');
if (installed < modified('package-lock.json')) {
  console.log('Installing the dependencies ...');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

function modified(file) {
  return statSync(path.join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
