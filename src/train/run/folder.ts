/** The files of a run in a folder on disk. Node only. */

import { access, mkdir, readdir, rm, rmdir, statfs } from 'node:fs/promises';
import path from 'node:path';
import { append, fileError, identityOf, LEFT_OVER, readBytes, writeAtomically } from './disk';
import { FolderLock } from './folder-lock';
import { LostRunError, RUN_FOLDERS, type RunStore } from './store';

export class RunFolder implements RunStore {
  readonly location: string;
  /** the outermost folder that `open` created */
  #made: string | undefined;
  #lock: FolderLock | null = null;
  /** identity of the opened folder; null: not open */
  #identity: string | null = null;

  /** The constructor does not access the disk. */
  constructor(folder: string) {
    this.location = folder;
  }

  /**
   * Creates the folder if it is missing, locks it, and removes temporary files of a killed process.
   * @throws FileError when another process trains in it, or it cannot be created
   */
  async open(): Promise<void> {
    try {
      this.#made = await mkdir(this.location, { recursive: true });
    } catch (cause) {
      throw fileError(this.location, 'cannot be made', cause);
    }
    this.#lock = await FolderLock.take(this.location);
    try {
      this.#identity = await identityOf(this.location);
      for (const folder of ['', ...Object.values(RUN_FOLDERS)]) {
        for (const name of await this.list(folder)) {
          if (LEFT_OVER.test(name)) await this.remove(path.posix.join(folder, name));
        }
      }
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Unlocks the folder for other processes. Removes it if `open` created it and it is still empty. */
  async close(): Promise<void> {
    this.#identity = null;
    await this.#lock?.release();
    this.#lock = null;
    // rmdir fails if the folder is not empty
    if (this.#made) await rmdir(this.location).catch(() => {});
  }

  /** @returns free bytes on the disk, or null if unknown */
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

  write(name: string, content: Uint8Array | string): Promise<void> {
    return this.#change(async () => {
      await this.#makeFolder(name);
      await writeAtomically(this.path(name), content);
    });
  }

  append(name: string, content: Uint8Array | string): Promise<void> {
    return this.#change(async () => {
      await this.#makeFolder(name);
      await append(this.path(name), content);
    });
  }

  async remove(name: string): Promise<void> {
    await this.#checkThere();
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

  /**
   * Creates the folder of a file. It does not create the opened folder again, because a new one would lack the other
   * files.
   */
  async #makeFolder(name: string): Promise<void> {
    const folder = path.dirname(this.path(name));
    const isOpen = this.#identity !== null;
    if (isOpen && path.relative(this.location, folder) === '') return;
    try {
      await mkdir(folder, { recursive: !isOpen });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return;
      throw fileError(folder, 'cannot be made', cause);
    }
  }

  /** Makes a change to the opened folder. An error after the folder has gone is a LostRunError. */
  async #change(work: () => Promise<void>): Promise<void> {
    await this.#checkThere();
    try {
      await work();
    } catch (error) {
      await this.#checkThere();
      throw error;
    }
  }

  async #checkThere(): Promise<void> {
    if (this.#identity === null || (await identityOf(this.location)) === this.#identity) return;
    throw new LostRunError(
      `${this.location}: the folder of the run was removed, moved or replaced during training`,
    );
  }
}
