/** A Standard MIDI File (format 0) of one instrument; 960 ticks a second. */

export interface Note {
  /** seconds */
  readonly start: number;
  readonly end: number;
  /** MIDI key, 69 = A4 */
  readonly key: number;
  /** 1..127 */
  readonly velocity: number;
}

/** Hz, equal temperament, A4 = 440 */
export function keyFrequency(key: number): number {
  return 440 * 2 ** ((key - 69) / 12);
}

const TICKS = 960;

/** @param program General MIDI, from 0 */
export function midiFile(program: number, notes: readonly Note[]): Uint8Array {
  const events: { tick: number; bytes: number[] }[] = [{ tick: 0, bytes: [0xc0, program] }];
  for (const { start, end, key, velocity } of notes) {
    events.push({ tick: Math.round(start * TICKS), bytes: [0x90, key, velocity] });
    events.push({ tick: Math.round(end * TICKS), bytes: [0x80, key, 0] });
  }
  events.sort((a, b) => a.tick - b.tick);
  let now = 0;
  const track: number[] = [];
  for (const { tick, bytes } of events) {
    track.push(...variableLength(tick - now), ...bytes);
    now = tick;
  }
  track.push(0, 0xff, 0x2f, 0);
  const chunk = (type: string, body: readonly number[]) => [
    ...Buffer.from(type),
    ...[24, 16, 8, 0].map((shift) => (body.length >> shift) & 255),
    ...body,
  ];
  // 120 quarter notes a minute is the default tempo: 480 ticks each
  return Uint8Array.from([...chunk('MThd', [0, 0, 0, 1, 480 >> 8, 480 & 255]), ...chunk('MTrk', track)]);
}

function variableLength(value: number): number[] {
  const bytes = [value & 127];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 127) | 128);
  return bytes;
}
