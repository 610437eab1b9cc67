/**
 * A queue of events in order of time. Its capacity is fixed, so the audio thread neither allocates nor grows it. Events
 * with the same time keep the order in which they arrived.
 */

export interface NoteEvent {
  /** sample at which the event takes effect */
  at: number;
  /** MIDI status byte */
  status: number;
  first: number;
  second: number;
}

export class EventQueue {
  /** number of events that arrived when the queue was full */
  dropped = 0;
  readonly #capacity: number;
  readonly #at: Float64Array;
  readonly #status: Uint8Array;
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  #begin = 0;
  #count = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#at = new Float64Array(capacity);
    this.#status = new Uint8Array(capacity);
    this.#first = new Float64Array(capacity);
    this.#second = new Float64Array(capacity);
  }

  get length(): number {
    return this.#count;
  }

  /** Time at which the first event takes effect; Infinity: the queue is empty. */
  get next(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#at[this.#begin];
  }

  /** @returns false if the queue is full */
  push(at: number, status: number, first: number, second: number): boolean {
    if (this.#count === this.#capacity) {
      this.dropped++;
      return false;
    }
    let place = this.#count++;
    while (place > 0 && this.#at[this.#slot(place - 1)] > at) {
      this.#move(this.#slot(place - 1), this.#slot(place));
      place--;
    }
    const slot = this.#slot(place);
    this.#at[slot] = at;
    this.#status[slot] = status;
    this.#first[slot] = first;
    this.#second[slot] = second;
    return true;
  }

  /** Removes the first event. @param event is filled with it */
  shift(event: NoteEvent): void {
    const slot = this.#begin;
    event.at = this.#at[slot];
    event.status = this.#status[slot];
    event.first = this.#first[slot];
    event.second = this.#second[slot];
    this.#begin = this.#slot(1);
    this.#count--;
  }

  /** Adds its events to another queue. */
  copyTo(other: EventQueue): void {
    for (let i = 0; i < this.#count; i++) {
      const slot = this.#slot(i);
      other.push(this.#at[slot], this.#status[slot], this.#first[slot], this.#second[slot]);
    }
  }

  clear(): void {
    this.#count = 0;
  }

  #slot(index: number): number {
    const slot = this.#begin + index;
    return slot < this.#capacity ? slot : slot - this.#capacity;
  }

  #move(from: number, to: number): void {
    this.#at[to] = this.#at[from];
    this.#status[to] = this.#status[from];
    this.#first[to] = this.#first[from];
    this.#second[to] = this.#second[from];
  }
}
