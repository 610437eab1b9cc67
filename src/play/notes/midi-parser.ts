/**
 * Parses MIDI 1.0 bytes into channel messages. It handles running status, and system messages between and inside other
 * messages. Data bytes without a status and system exclusive messages are skipped.
 */

/** Data bytes of the channel messages 0x80 to 0xE0. */
const DATA_BYTES = [2, 2, 2, 2, 1, 1, 2];
const SYSEX = 0xf0;
const SYSEX_END = 0xf7;
/** Data bytes of the system common messages 0xF1 to 0xF6. */
const COMMON_BYTES = [1, 2, 1, 0, 0, 0];

export type ChannelMessage = (status: number, first: number, second: number) => void;

export class MidiParser {
  /** status of the current message; 0: none */
  #status = 0;
  #expected = 0;
  #first = 0;
  #count = 0;

  /** Any thread. Calls `deliver` for each complete channel message. */
  feed(bytes: ArrayLike<number>, deliver: ChannelMessage): void {
    for (let i = 0; i < bytes.length; i++) this.#byte(bytes[i] & 0xff, deliver);
  }

  #byte(byte: number, deliver: ChannelMessage): void {
    // real-time messages may occur anywhere and end nothing
    if (byte >= 0xf8) return;
    if (byte >= 0x80) this.#begin(byte);
    else if (this.#status !== 0) this.#data(byte, deliver);
  }

  #begin(status: number): void {
    this.#count = 0;
    this.#status = status === SYSEX_END ? 0 : status;
    if (status < SYSEX) this.#expected = DATA_BYTES[(status >> 4) - 8];
    else if (status === SYSEX) this.#expected = Number.POSITIVE_INFINITY;
    else if (status < SYSEX_END) {
      this.#expected = COMMON_BYTES[status - 0xf1];
      if (this.#expected === 0) this.#status = 0;
    }
  }

  #data(byte: number, deliver: ChannelMessage): void {
    this.#count++;
    if (this.#count < this.#expected) {
      this.#first = byte;
      return;
    }
    const status = this.#status;
    if (status < SYSEX)
      deliver(status, this.#expected === 2 ? this.#first : byte, this.#expected === 2 ? byte : 0);
    // running status: the next data byte begins another message; system messages have none
    else this.#status = 0;
    this.#count = 0;
  }
}
