/** Locks a folder for one process. Node only. */

import { link, open, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileError } from './disk';
import { FileError } from './store';

const LOCK = 'run.lock';
/** The guard: held while a process removes the lock of a dead process. */
const GUARD = 'run.lock.cleanup';

/** Number of tries, PAUSE_MS apart, while another process writes or removes a lock. */
const TRIES = 100;
const PAUSE_MS = 20;

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** unique for each lock, because process ids are reused */
  readonly token: string;
}

/** Tokens of the locks that this process holds. */
const held = new Set<string>();

/**
 * The lock is a file that the operating system creates exclusively. So two processes that start at the same time cannot
 * both create it. A process that finds the lock of a dead process removes it. A second exclusive file, the guard, lets
 * only one process at a time check and remove a lock. So no process can remove a new lock by mistake.
 */
export class FolderLock {
  readonly #file: string;
  readonly #token: string;

  private constructor(file: string, token: string) {
    this.#file = file;
    this.#token = token;
  }

  /** @throws FileError when another process has the lock, or the folder cannot be written */
  static async take(folder: string): Promise<FolderLock> {
    const file = path.join(folder, LOCK);
    const owner = { pid: process.pid, host: hostname(), token: crypto.randomUUID() };
    held.add(owner.token);
    try {
      for (let i = 0; i < TRIES; i++) {
        if (await create(file, JSON.stringify(owner))) return new FolderLock(file, owner.token);
        const found = await readOwner(file);
        if (found === 'none') continue;
        if (found !== 'torn' && isAlive(found)) throw taken(folder, file, found);
        if (found !== 'torn' || linksWork || i >= TRIES / 2) await removeStale(folder, found);
        await setTimeout(PAUSE_MS);
      }
    } catch (error) {
      held.delete(owner.token);
      throw error;
    }
    held.delete(owner.token);
    throw new FileError(
      `${folder}: another process is starting in it; try again (if none is, delete ${path.join(folder, GUARD)})`,
    );
  }

  async release(): Promise<void> {
    held.delete(this.#token);
    const owner = await readOwner(this.#file);
    // if the folder was replaced, the lock may belong to another process
    if (typeof owner === 'object' && owner.token === this.#token) await rm(this.#file, { force: true });
  }
}

/** Whether the disk supports hard links. Without them, an incomplete lock may be one that is still being written. */
let linksWork = true;

/**
 * Creates a file exclusively. With hard links it is complete as soon as it exists.
 * @returns false when the file exists
 */
async function create(file: string, content: string): Promise<boolean> {
  const draft = `${file}.${process.pid}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeFile(draft, content);
    await link(draft, file);
    linksWork = true;
    return true;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === undefined || !NO_LINKS.includes(code)) throw fileError(file, 'cannot be written', cause);
    linksWork = false;
    return createEmpty(file, content);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Error codes of disks without hard links. */
const NO_LINKS = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL', 'EMLINK'];

async function createEmpty(file: string, content: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(content).finally(() => handle.close());
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fileError(file, 'cannot be written', cause);
  }
}

/** Removes the lock if it is still the lock that was found. */
async function removeStale(folder: string, found: Owner | 'torn'): Promise<void> {
  const guard = path.join(folder, GUARD);
  if (!(await create(guard, ''))) return;
  try {
    const file = path.join(folder, LOCK);
    const now = await readOwner(file);
    if (JSON.stringify(now) === JSON.stringify(found)) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/** @returns `none` without a lock, `torn` when the lock does not name its owner */
async function readOwner(file: string): Promise<Owner | 'none' | 'torn'> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
    throw fileError(file, 'cannot be read', cause);
  }
  try {
    const { pid, host, token = '' } = JSON.parse(text);
    return Number.isSafeInteger(pid) ? { pid, host, token } : 'torn';
  } catch {
    return 'torn';
  }
}

function isAlive({ pid, host, token }: Owner): boolean {
  // processes on other machines cannot be checked
  if (host !== hostname()) return true;
  if (pid === process.pid) return held.has(token);
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function taken(folder: string, file: string, { pid, host }: Owner): FileError {
  const where = host === hostname() ? '' : ` on ${host}`;
  return new FileError(
    `${folder}: process ${pid}${where} is training in it; wait for it or stop it ` +
      `(if that process is something else, or gone, delete ${file})`,
  );
}
