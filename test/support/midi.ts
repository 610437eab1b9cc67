/** Standard MIDI files, byte by byte. */

/** A chunk with its true size. */
export function chunk(id: string, bytes: readonly number[]): number[] {
  return [...id].map((letter) => letter.charCodeAt(0)).concat(uint32(bytes.length), bytes);
}

export function uint32(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
}

/** A variable-length quantity. */
export function ticks(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift(0x80 | (rest & 0x7f));
  return bytes;
}

/** A meta event: tempo in microseconds a quarter note. */
export function tempo(microseconds: number): number[] {
  return [0xff, 0x51, 3, ...uint32(microseconds).slice(1)];
}

/** @param events of each track: ticks since the event before, and bytes */
export function midiFile(
  tracks: readonly (readonly (readonly [number, readonly number[]])[])[],
  { format = 1, division = [0, 96] }: { format?: number; division?: readonly number[] } = {},
): Uint8Array {
  const header = chunk('MThd', [0, format, 0, tracks.length, ...division]);
  const bodies = tracks.map((events) =>
    chunk('MTrk', [...events.flatMap(([delta, bytes]) => [...ticks(delta), ...bytes]), 0, 0xff, 0x2f, 0]),
  );
  return Uint8Array.from([...header, ...bodies.flat()]);
}
