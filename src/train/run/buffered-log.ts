/** A file that only grows, written now and then; a disk that is full for a while costs no line. */

import { join } from '../../platform/join';
import { LostStoreError, type RunStore, StoreError } from './store';

/** Bytes that wait at most for a disk that takes nothing. */
const PATIENCE = 16 * 2 ** 20;

export class BufferedLog {
  readonly #store: RunStore;
  readonly #file: string;
  readonly #onWarning: (message: string) => void;
  #waiting: Uint8Array[] = [];
  #warned = false;

  /** @param onWarning told once for as long as the file cannot be written */
  constructor(store: RunStore, file: string, onWarning: (message: string) => void) {
    this.#store = store;
    this.#file = file;
    this.#onWarning = onWarning;
  }

  add(content: Uint8Array | string): void {
    this.#waiting.push(typeof content === 'string' ? new TextEncoder().encode(content) : content);
  }

  /** Writes what waits. Training is worth more than its log: an error is told and tried again later. */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const content = join(Uint8Array, this.#waiting);
    try {
      await this.#store.append(this.#file, content);
      this.#waiting = [];
      this.#warned = false;
    } catch (error) {
      if (!(error instanceof StoreError) || error instanceof LostStoreError) throw error;
      const lost = content.length > PATIENCE;
      this.#waiting = lost ? [] : [content];
      if (!this.#warned || lost)
        this.#onWarning(
          `${error.message}; training goes on, ${lost ? 'but lines are missing now' : 'it is tried again'}`,
        );
      this.#warned = true;
    }
  }
}
