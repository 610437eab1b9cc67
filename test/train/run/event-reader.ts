/** Reads tensorboard's event files; shares no code and no library with what writes them. */

interface Sound {
  readonly rate: number;
  readonly file: Uint8Array;
}

export interface Event {
  time: number;
  step: number;
  version?: string;
  scalars: Record<string, number>;
  images: Record<string, { width: number; height: number; file: Uint8Array }>;
  sounds: Record<string, Sound>;
}

/** Bit by bit: the polynomial of Castagnoli, reflected. */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Fields of a message: numbers as they are, anything with a length as bytes, fixed ones as bytes too. */
function* fields(bytes: Uint8Array): Generator<[field: number, number: number, content: Uint8Array]> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const wire = key & 7;
    if (wire === 0) yield [key >>> 3, varint(), new Uint8Array()];
    else {
      const length = wire === 2 ? varint() : wire === 1 ? 8 : 4;
      yield [key >>> 3, 0, bytes.slice(at, at + length)];
      at += length;
    }
  }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const float = (bytes: Uint8Array) => new DataView(bytes.buffer).getFloat32(0, true);

/** @throws Error where a record is not whole or its checksums are wrong */
export function parseEvents(bytes: Uint8Array): Event[] {
  // a copy: the slices of Node's Buffers share memory
  const file = new Uint8Array(bytes);
  const view = new DataView(file.buffer);
  const events: Event[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(view.getBigUint64(at, true));
    const data = file.subarray(at + 12, at + 12 + length);
    if (view.getUint32(at + 8, true) !== checksum(file.subarray(at, at + 8))) throw new Error('length');
    if (view.getUint32(at + 12 + length, true) !== checksum(data)) throw new Error('data');
    events.push(parseEvent(data));
    at += 16 + length;
  }
  return events;
}

function parseEvent(data: Uint8Array): Event {
  const event: Event = { time: 0, step: 0, scalars: {}, images: {}, sounds: {} };
  for (const [field, number, content] of fields(data)) {
    if (field === 1) event.time = new DataView(content.buffer).getFloat64(0, true);
    else if (field === 2) event.step = number;
    else if (field === 3) event.version = text(content);
    else if (field === 5) for (const [, , value] of fields(content)) parseValue(value, event);
  }
  return event;
}

function parseValue(value: Uint8Array, event: Event): void {
  let tag = '';
  for (const [field, , content] of fields(value)) {
    if (field === 1) tag = text(content);
    else if (field === 2) event.scalars[tag] = float(content);
    else if (field === 4) {
      const [height, width, , file] = [...fields(content)].map(([, number, bytes]) => number || bytes);
      event.images[tag] = { width: Number(width), height: Number(height), file: file as Uint8Array };
    } else if (field === 6) {
      const parts = [...fields(content)];
      event.sounds[tag] = { rate: float(parts[0][2]), file: parts[3][2] };
    }
  }
}
