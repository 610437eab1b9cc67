import { describe, expect, it } from 'vitest';
import { eventRecord, fileStart, keepUpTo, type Summary } from '../../../src/train/run/tensorboard/events';
import { readRecords } from '../../../src/train/run/tensorboard/records';
import { parseEvents } from './event-reader';

/** What Python's tensorboard 2.21 writes (its own protobuf classes and RecordWriter) for the same events. */
const GOLDEN = {
  start: '1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c',
  scalars:
    '2e00000000000000c5cb57fa090000103c7a48da4110ac022a200a140a0d6c6f73732f747261696e696e67150000803e' +
    '0a080a016215000000c0c7127bd3',
  image: '1f00000000000000514b441809000000000000004010012a120a100a0169220b0802100318032203504e47f8dc7e8c',
  audio:
    '31000000000000009d8383e90900000000000000401080e497d0122a200a1e0a016132190d00803b4710011804220357' +
    '41562a09617564696f2f7761762b82893b',
};

const ascii = (text: string) => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const concat = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe('event files', () => {
  it('hold the bytes that tensorboard itself would write', () => {
    expect(hex(fileStart(1.5))).toBe(GOLDEN.start);
    const scalars: Summary[] = [
      { tag: 'loss/training', scalar: 0.25 },
      { tag: 'b', scalar: -2 },
    ];
    expect(hex(eventRecord(1763830000.25, 300, scalars))).toBe(GOLDEN.scalars);
    const image = { width: 3, height: 2, png: ascii('PNG') };
    expect(hex(eventRecord(2, 1, [{ tag: 'i', image }]))).toBe(GOLDEN.image);
    const audio = { sampleRate: 48_000, length: 4, wav: ascii('WAV') };
    expect(hex(eventRecord(2, 5e9, [{ tag: 'a', audio }]))).toBe(GOLDEN.audio);
  });

  it('say what was put in, to a reader of its own', () => {
    const file = concat(
      fileStart(10),
      eventRecord(11, 0, [{ tag: 'x', scalar: 1 / 3 }]),
      eventRecord(12, 7, [{ tag: 'y', audio: { sampleRate: 16_000, length: 2, wav: ascii('sound') } }]),
    );
    const [start, first, second] = parseEvents(file);
    expect(start).toMatchObject({ time: 10, version: 'brain.Event:2' });
    expect(first).toEqual({ time: 11, step: 0, scalars: { x: Math.fround(1 / 3) }, images: {}, sounds: {} });
    expect(second).toMatchObject({ step: 7, sounds: { y: { rate: 16_000, file: ascii('sound') } } });
  });

  it('are cut behind the last whole record of a step', () => {
    const records = [fileStart(0), ...[0, 1, 2, 2, 3].map((step) => eventRecord(step, step, []))];
    const file = concat(...records);
    const upTo = (count: number) => hex(concat(...records.slice(0, count)));
    expect(hex(keepUpTo(file, 2))).toBe(upTo(5));
    expect(hex(keepUpTo(file, 9))).toBe(upTo(6));
    // a process that was killed may have left any part of the last record
    for (let cut = 1; cut < records[5].length; cut++) {
      expect(hex(keepUpTo(file.subarray(0, -cut), 9))).toBe(upTo(5));
    }
    expect(keepUpTo(new Uint8Array(), 9)).toHaveLength(0);
  });

  it('are read up to the first damage', () => {
    const file = concat(fileStart(0), eventRecord(1, 1, [{ tag: 't', scalar: 5 }]));
    const whole = [...readRecords(file)].length;
    for (let at = 0; at < file.length; at++) {
      const damaged = file.slice();
      damaged[at] ^= 16;
      expect([...readRecords(damaged)].length).toBeLessThan(whole);
    }
  });
});
