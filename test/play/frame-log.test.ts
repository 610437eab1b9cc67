import { expect, it } from 'vitest';
import { FRAME_VALUES, FrameLog } from '../../src/play/frame-log';

function drained(log: FrameLog, room: number): number[] {
  const target = new Float64Array(room * FRAME_VALUES);
  const count = log.drain(target);
  return Array.from({ length: count }, (_, i) => target[i * FRAME_VALUES]);
}

it('hands every frame over once, oldest first', () => {
  const log = new FrameLog(4);
  for (let i = 0; i < 3; i++) log.push(i, 0, 0, 0, 0, 0);
  expect(drained(log, 10)).toEqual([0, 1, 2]);
  for (let i = 3; i < 6; i++) log.push(i, 0, 0, 0, 0, 0);
  expect(drained(log, 2)).toEqual([3, 4]);
  expect(drained(log, 2)).toEqual([5]);
  expect(drained(log, 2)).toEqual([]);
});

it('loses the oldest frames when nobody drains it', () => {
  const log = new FrameLog(4);
  for (let i = 0; i < 11; i++) log.push(i, 100 + i, 0.5, -30, 1, 12);
  const target = new Float64Array(10 * FRAME_VALUES);
  expect(log.drain(target)).toBe(4);
  expect(Array.from(target.subarray(0, 12))).toEqual([7, 107, 0.5, -30, 1, 12, 8, 108, 0.5, -30, 1, 12]);
});
