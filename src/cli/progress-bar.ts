/** Progress on stderr: a bar in a terminal, otherwise a plain line now and then. */

import { SingleBar } from 'cli-progress';
import { printable, say } from './terminal';

/** Minimum time between two plain lines, so that logs stay readable. */
const LINE_INTERVAL_MS = 10_000;

export class ProgressBar {
  readonly #title: string;
  readonly #total: number;
  readonly #bar: SingleBar | null;
  #printed = Date.now();

  /** @param total the value of `done` at the end */
  constructor(title: string, total: number) {
    this.#title = title;
    this.#total = total;
    this.#bar = process.stderr.isTTY
      ? new SingleBar({
          format: `${title} {bar} {percentage}% {note}`,
          barsize: 12,
          stream: process.stderr,
          hideCursor: true,
          clearOnComplete: true,
        })
      : null;
    if (this.#bar) this.#bar.start(total, 0, { note: '' });
    else say(`${title} ...`);
  }

  /** @param worthALine without a bar: print a line at once */
  update(done: number, note = '', worthALine = false): void {
    this.#bar?.update(done, { note: printable(note) });
    const now = Date.now();
    if (this.#bar || (!worthALine && now - this.#printed < LINE_INTERVAL_MS)) return;
    this.#printed = now;
    const percent = Math.floor((100 * done) / Math.max(1, this.#total));
    say(`${this.#title}: ${percent}%${note && ` ${note}`}`);
  }

  /** Prints a line above the bar. */
  say(line: string): void {
    // clear the bar; it is drawn again below the line
    if (this.#bar) process.stderr.write('\r\x1b[K');
    say(line);
  }

  stop(): void {
    this.#bar?.stop();
  }
}
