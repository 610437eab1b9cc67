/** An append-only file that is written in batches. No lines are lost when the disk is full for a while. */

import { join } from '../../platform/join';
import { FileError, LostRunError, type RunStore } from './store';

/** Maximum bytes to buffer while the disk cannot be written. */
const PATIENCE = 16 * 2 ** 20;

export class BufferedLog {
  readonly #store: Pick<RunStore, 'append'>;
  readonly #file: string;
  readonly #onWarning: (message: string) => void;
  #waiting: Uint8Array[] = [];
  #warned = false;

  /** @param onWarning called once per period in which the file cannot be written */
  constructor(store: Pick<RunStore, 'append'>, file: string, onWarning: (message: string) => void) {
    this.#store = store;
    this.#file = file;
    this.#onWarning = onWarning;
  }

  add(content: Uint8Array | string): void {
    this.#waiting.push(typeof content === 'string' ? new TextEncoder().encode(content) : content);
  }

  /** Writes the buffered content. An error does not stop training: it is reported, and writing is retried later. */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const content = join(Uint8Array, this.#waiting);
    try {
      await this.#store.append(this.#file, content);
      this.#waiting = [];
      this.#warned = false;
    } catch (error) {
      if (!(error instanceof FileError) || error instanceof LostRunError) throw error;
      const lost = content.length > PATIENCE;
      this.#waiting = lost ? [] : [content];
      if (!this.#warned || lost)
        this.#onWarning(
          `${error.message}; training continues, ${lost ? 'but lines were lost' : 'and writing is retried'}`,
        );
      this.#warned = true;
    }
  }
}
