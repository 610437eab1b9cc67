/** A run's files in memory; can be full, as a disk can. */

import { FileError, type RunStore } from '../../../src/train/run/store';

export class MemoryStore implements RunStore {
  readonly location = 'memory';
  readonly files = new Map<string, Uint8Array>();
  /** names of files that cannot be written */
  full: (name: string) => boolean = () => false;

  async read(name: string): Promise<Uint8Array | null> {
    return this.files.get(name) ?? null;
  }

  async write(name: string, content: Uint8Array | string): Promise<void> {
    this.#refuse(name);
    this.files.set(name, Buffer.from(content));
  }

  async append(name: string, content: Uint8Array | string): Promise<void> {
    this.#refuse(name);
    const before = this.files.get(name) ?? new Uint8Array();
    this.files.set(name, Buffer.concat([before, Buffer.from(content)]));
  }

  async remove(name: string): Promise<void> {
    this.files.delete(name);
  }

  async list(folder: string): Promise<string[]> {
    const prefix = `${folder}/`;
    return [...this.files.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length))
      .sort();
  }

  text(name: string): string {
    return new TextDecoder().decode(this.files.get(name));
  }

  #refuse(name: string): void {
    if (this.full(name)) throw new FileError(`${name}: cannot be written: the disk is full`);
  }
}
