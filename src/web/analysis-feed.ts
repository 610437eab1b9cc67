/**
 * Asks the processor for its frames while somebody listens.
 *
 * One request is under way at a time and its buffer travels back and forth, so a page that is slow or
 * hidden never piles up messages; the processor keeps the frames until the next request.
 */

import { FRAME_VALUES } from '../play/frame-log';
import type { Reply, Request } from './protocol';

const FRAMES_A_REPLY = 256;
/** about one animation frame; a timer, because animation frames stop in a hidden page */
const INTERVAL_MS = 16;

/** One analysed frame of the input. */
export interface AnalysisFrame {
  /** context time in seconds at which the frame had been analysed; it shows the sound half a window earlier */
  readonly time: number;
  /** Hz before matching and the pitch shift, 0 = unvoiced */
  readonly f0: number;
  /** 0..1 */
  readonly confidence: number;
  /** dB, A-weighted, -80 and up, before matching */
  readonly loudness: number;
  /** octaves that matching adds to the pitch */
  readonly register: number;
  /** dB that matching adds to the loudness */
  readonly level: number;
  /** the frame is a note of the player's; false: unvoiced, or not above the background */
  readonly note: boolean;
  /** dB: the gate; a note begins with a voiced frame that is louder */
  readonly gate: number;
  /** Hz of the mains, 50 or 60, whose hum is being removed; 0 = none */
  readonly hum: number;
}

export class AnalysisFeed {
  readonly #ask: (request: Request, transfer: Transferable[]) => void;
  readonly #deliver: (frame: AnalysisFrame) => void;
  #buffer: Float64Array<ArrayBuffer> | null = new Float64Array(FRAMES_A_REPLY * FRAME_VALUES);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #wanted = false;

  constructor(
    ask: (request: Request, transfer: Transferable[]) => void,
    deliver: (frame: AnalysisFrame) => void,
  ) {
    this.#ask = ask;
    this.#deliver = deliver;
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

  receive(reply: Reply & { type: 'analysis' }): void {
    const { frames, count } = reply;
    this.#buffer = frames;
    if (!this.#wanted) return;
    for (let i = 0; i < count && this.#wanted; i++) {
      const [time, f0, confidence, loudness, register, level, note, gate, hum] = frames.subarray(
        i * FRAME_VALUES,
      );
      this.#deliver({ time, f0, confidence, loudness, register, level, note: note === 1, gate, hum });
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#request();
    }, INTERVAL_MS);
  }

  /** Does nothing while the buffer is away: its return asks again. */
  #request(): void {
    if (!this.#buffer || !this.#wanted) return;
    const frames = this.#buffer;
    this.#buffer = null;
    this.#ask({ type: 'analysis', frames }, [frames.buffer]);
  }
}
