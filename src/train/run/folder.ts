/** A run's files in a folder on disk. Node only. */

import { access, mkdir, readdir, readFile, rm, rmdir, statfs, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { append, fileError, LEFT_OVER, readBytes, writeAtomically } from './disk';
import { RUN_FOLDERS, type RunStore, StoreError } from './store';

const LOCK = 'run.lock';

export class RunFolder implements RunStore {
  readonly location: string;
  /** the outermost folder that was missing */
  #made: string | undefined;

  /** Nothing is made or touched yet. */
  constructor(folder: string) {
    this.location = folder;
  }

  /**
   * Makes the folder where it is missing, keeps other processes out of it, and removes what a killed one
   * left half written.
   * @throws StoreError where another process trains in it, or it cannot be made
   */
  async open(): Promise<void> {
    try {
      this.#made = await mkdir(this.location, { recursive: true });
    } catch (cause) {
      throw fileError(this.location, 'cannot be made', cause);
    }
    await this.#lock();
    for (const folder of ['', ...Object.values(RUN_FOLDERS)]) {
      for (const name of await this.list(folder)) {
        if (LEFT_OVER.test(name)) await this.remove(path.posix.join(folder, name));
      }
    }
  }

  /** Lets other processes in again. A folder that was made and holds nothing goes. */
  async close(): Promise<void> {
    await this.remove(LOCK);
    // not one that holds something: rmdir fails then
    if (this.#made) await rmdir(this.location).catch(() => {});
  }

  /** @returns bytes that are free on the disk, or null where it does not say */
  async free(): Promise<number | null> {
    try {
      const { bavail, bsize } = await statfs(this.location);
      return bavail * bsize;
    } catch {
      return null;
    }
  }

  async has(name: string): Promise<boolean> {
    return access(this.path(name)).then(
      () => true,
      () => false,
    );
  }

  async read(name: string): Promise<Uint8Array | null> {
    return (await this.has(name)) ? readBytes(this.path(name)) : null;
  }

  async write(name: string, content: Uint8Array | string): Promise<void> {
    await this.#makeFolder(name);
    await writeAtomically(this.path(name), content);
  }

  async append(name: string, content: Uint8Array | string): Promise<void> {
    await this.#makeFolder(name);
    await append(this.path(name), content);
  }

  async remove(name: string): Promise<void> {
    try {
      await rm(this.path(name), { force: true });
    } catch (cause) {
      throw fileError(this.path(name), 'cannot be removed', cause);
    }
  }

  async list(folder: string): Promise<string[]> {
    try {
      const entries = await readdir(this.path(folder), { withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => entry.name)
        .sort();
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw fileError(this.path(folder), 'cannot be read', cause);
    }
  }

  path(name: string): string {
    return path.join(this.location, name);
  }

  async #makeFolder(name: string): Promise<void> {
    const folder = path.dirname(this.path(name));
    try {
      await mkdir(folder, { recursive: true });
    } catch (cause) {
      throw fileError(folder, 'cannot be made', cause);
    }
  }

  /** Two processes that add to the same logs would ruin them. */
  async #lock(): Promise<void> {
    const file = this.path(LOCK);
    const owner = await readFile(file, 'utf8').then(parseOwner, () => null);
    if (owner && owner.host === hostname() && owner.pid !== process.pid && isAlive(owner.pid))
      throw new StoreError(
        `${this.location}: process ${owner.pid} is training in it; wait for it or stop it ` +
          `(if that process is something else, delete ${file})`,
      );
    try {
      await writeFile(file, JSON.stringify({ pid: process.pid, host: hostname() }));
    } catch (cause) {
      throw fileError(file, 'cannot be written', cause);
    }
  }
}

function parseOwner(text: string): { readonly pid: number; readonly host: string } | null {
  try {
    const owner = JSON.parse(text);
    return Number.isSafeInteger(owner?.pid) ? owner : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
