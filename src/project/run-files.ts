/**
 * The files of a project's run, in IndexedDB. Changes are collected, so that they can be saved in one transaction with
 * the description of the project.
 */

import { join } from '../platform/join';
import type { JournalStore } from '../train/run/journal';
import type { FileChange, ProjectStorage } from './storage';

export class RunFiles implements JournalStore {
  readonly #storage: ProjectStorage;
  readonly #id: string;
  #changes: FileChange[] = [];

  /** @param id of the project */
  constructor(storage: ProjectStorage, id: string) {
    this.#storage = storage;
    this.#id = id;
  }

  /** Returns the changes since the last call, oldest first. The caller saves them. */
  take(): readonly FileChange[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  async read(name: string): Promise<Uint8Array | null> {
    const changes = this.#changes.filter((change) => change.name === name);
    const isReplaced = changes.some(({ append }) => !append);
    const stored = isReplaced ? [] : await this.#storage.file(this.#id, name);
    const parts = [...stored, ...changes.map(({ content }) => content)];
    return parts.length === 0 ? null : join(Uint8Array, parts);
  }

  async write(name: string, content: Uint8Array | string): Promise<void> {
    this.#changes = this.#changes.filter((change) => change.name !== name);
    this.#changes.push({ name, content: bytesOf(content), append: false });
  }

  async append(name: string, content: Uint8Array | string): Promise<void> {
    this.#changes.push({ name, content: bytesOf(content), append: true });
  }
}

function bytesOf(content: Uint8Array | string): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}
