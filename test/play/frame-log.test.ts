import { expect, it } from 'vitest';
import { FRAME_VALUES, FrameLog } from '../../src/play/frame-log';

const frame = {
  f0: 100,
  confidence: 0.5,
  loudness: -30,
  register: 1,
  level: 12,
  note: true,
  gate: -40,
  hum: 50,
};

function drained(log: FrameLog, room: number): number[] {
  const target = new Float64Array(room * FRAME_VALUES);
  const count = log.drain(target);
  return Array.from({ length: count }, (_, i) => target[i * FRAME_VALUES]);
}

it('hands every frame over once, oldest first', () => {
  const log = new FrameLog(4);
  for (let i = 0; i < 3; i++) log.push(i, frame);
  expect(drained(log, 10)).toEqual([0, 1, 2]);
  for (let i = 3; i < 6; i++) log.push(i, frame);
  expect(drained(log, 2)).toEqual([3, 4]);
  expect(drained(log, 2)).toEqual([5]);
  expect(drained(log, 2)).toEqual([]);
});

it('loses the oldest frames when nobody drains it', () => {
  const log = new FrameLog(4);
  for (let i = 0; i < 11; i++) log.push(i, { ...frame, f0: 100 + i });
  const target = new Float64Array(10 * FRAME_VALUES);
  expect(log.drain(target)).toBe(4);
  expect(Array.from(target.subarray(0, 18))).toEqual([
    ...[7, 107, 0.5, -30, 1, 12, 1, -40, 50],
    ...[8, 108, 0.5, -30, 1, 12, 1, -40, 50],
  ]);
});
