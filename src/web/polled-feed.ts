/**
 * Brings entries of a log on the audio thread to the page. One request is under way at a time and its buffer travels
 * back and forth, so a page that is slow or hidden never piles up messages; the processor keeps the entries until the
 * next request.
 */

const ENTRIES_A_REPLY = 256;
/** about one animation frame; a timer, because animation frames stop in a hidden page */
const INTERVAL_MS = 16;

export class PolledFeed {
  readonly #width: number;
  readonly #ask: (buffer: Float64Array<ArrayBuffer>) => void;
  readonly #deliver: (entry: Float64Array) => void;
  #buffer: Float64Array<ArrayBuffer> | null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #wanted = false;

  /**
   * @param width values of an entry
   * @param ask sends the buffer away, by transfer
   * @param deliver is given one entry at a time
   */
  constructor(
    width: number,
    ask: (buffer: Float64Array<ArrayBuffer>) => void,
    deliver: (entry: Float64Array) => void,
  ) {
    this.#width = width;
    this.#ask = ask;
    this.#deliver = deliver;
    this.#buffer = new Float64Array(ENTRIES_A_REPLY * width);
  }

  start(): void {
    this.#wanted = true;
    if (this.#timer === null) this.#request();
  }

  stop(): void {
    this.#wanted = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  receive(buffer: Float64Array<ArrayBuffer>, count: number): void {
    this.#buffer = buffer;
    if (!this.#wanted) return;
    for (let i = 0; i < count && this.#wanted; i++) {
      this.#deliver(buffer.subarray(i * this.#width, (i + 1) * this.#width));
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#request();
    }, INTERVAL_MS);
  }

  /** Does nothing while the buffer is away: its return asks again. */
  #request(): void {
    if (!this.#buffer || !this.#wanted) return;
    const buffer = this.#buffer;
    this.#buffer = null;
    this.#ask(buffer);
  }
}
