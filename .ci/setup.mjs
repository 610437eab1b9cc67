/**
 * Installs the dependencies where they are missing or older than the lock file, so that `npm start`
 * and `npm test` are the only commands a fresh clone needs. Uses nothing but Node.
 *
 * Not `npm ci`: it refuses a lock file without the entries of every platform's optional binaries, and
 * npm writes such a file wherever the registry at hand has only some platforms. `npm install` takes the
 * locked versions and fills in what this platform lacks; `--no-save` leaves the lock file as it is.
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
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

function modified(file) {
  return statSync(path.join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
