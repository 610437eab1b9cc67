/** Which listeners of one event are attached: an EventTarget does not tell. */

type Target = EventListenerOrEventListenerObject;

interface Entry {
  readonly listener: Target;
  readonly capture: boolean;
  readonly once: boolean;
}

export class ListenerCount {
  readonly #onFirst: () => void;
  readonly #onNone: () => void;
  #entries: readonly Entry[] = [];

  /** @param onFirst there is a listener now @param onNone there is none any more */
  constructor(onFirst: () => void, onNone: () => void) {
    this.#onFirst = onFirst;
    this.#onNone = onNone;
  }

  /** Beside `addEventListener`, with its arguments. */
  add(listener: Target | null, options: boolean | AddEventListenerOptions = {}): void {
    const { once = false, signal } = typeof options === 'boolean' ? {} : options;
    const capture = captureOf(options);
    const known = this.#entries.some((entry) => entry.listener === listener && entry.capture === capture);
    if (!listener || known || signal?.aborted) return;
    this.#set([...this.#entries, { listener, capture, once }]);
    signal?.addEventListener('abort', () => this.remove(listener, options), { once: true });
  }

  /** Beside `removeEventListener`, with its arguments. */
  remove(listener: Target | null, options: boolean | EventListenerOptions = {}): void {
    const capture = captureOf(options);
    this.#set(this.#entries.filter((entry) => entry.listener !== listener || entry.capture !== capture));
  }

  /** After an event was dispatched: listeners for one event are gone. */
  dispatched(): void {
    if (this.#entries.some((entry) => entry.once)) this.#set(this.#entries.filter((entry) => !entry.once));
  }

  #set(entries: readonly Entry[]): void {
    const before = this.#entries.length;
    this.#entries = entries;
    if (before === 0 && entries.length > 0) this.#onFirst();
    if (before > 0 && entries.length === 0) this.#onNone();
  }
}

function captureOf(options: boolean | EventListenerOptions): boolean {
  return typeof options === 'boolean' ? options : (options.capture ?? false);
}
