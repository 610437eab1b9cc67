/** MIDI bytes, the event queue and channels. */

import { describe, expect, it } from 'vitest';
import { Channel } from '../../../src/play/notes/channel';
import { EventQueue } from '../../../src/play/notes/event-queue';
import { MidiParser } from '../../../src/play/notes/midi-parser';
import { randomiser } from '../../support/kernels';

function parse(...chunks: number[][]): number[][] {
  const messages: number[][] = [];
  const parser = new MidiParser();
  for (const bytes of chunks) parser.feed(bytes, (...message) => messages.push(message));
  return messages;
}

describe('MidiParser', () => {
  it.each([
    ['a note', [[0x90, 60, 100]], [[0x90, 60, 100]]],
    [
      'running status',
      [[0x91, 60, 100, 62, 0]],
      [
        [0x91, 60, 100],
        [0x91, 62, 0],
      ],
    ],
    [
      'messages of one data byte',
      [[0xc0, 5, 6, 0xd3, 7]],
      [
        [0xc0, 5, 0],
        [0xc0, 6, 0],
        [0xd3, 7, 0],
      ],
    ],
    ['real-time bytes inside', [[0x90, 0xf8, 60, 0xfe, 100]], [[0x90, 60, 100]]],
    ['a message cut in two', [[0x90, 60], [100]], [[0x90, 60, 100]]],
    ['system exclusive', [[0xf0, 1, 2, 3, 0xf7, 0x80, 60, 0]], [[0x80, 60, 0]]],
    ['data after system exclusive', [[0x90, 60, 1, 0xf0, 9, 0xf7, 61, 2]], [[0x90, 60, 1]]],
    ['song position', [[0xf2, 1, 2, 3, 4, 0x90, 1, 2]], [[0x90, 1, 2]]],
    ['tune request', [[0xf6, 1, 2]], []],
    ['data without a status', [[1, 2, 3]], []],
    ['a status in the middle of a message', [[0x90, 60, 0x80, 61, 5]], [[0x80, 61, 5]]],
  ])('reads %s', (_, chunks, expected) => {
    expect(parse(...chunks)).toEqual(expected);
  });
});

describe('EventQueue', () => {
  it('orders by time, and events of one time as they came', () => {
    const random = randomiser(3);
    const queue = new EventQueue(100);
    const pushed = Array.from({ length: 100 }, (_, i) => ({ at: Math.floor(random() * 20), number: i }));
    for (const { at, number } of pushed) expect(queue.push(at, 0x90, number, 0)).toBe(true);
    expect(queue.push(1, 0x90, 0, 0)).toBe(false);
    expect(queue.dropped).toBe(1);
    const expected = [...pushed].sort((a, b) => a.at - b.at || a.number - b.number);
    const event = { at: 0, status: 0, first: 0, second: 0 };
    for (const { at, number } of expected) {
      expect(queue.next).toBe(at);
      queue.shift(event);
      expect([event.at, event.first]).toEqual([at, number]);
    }
    expect(queue.next).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('Channel', () => {
  it('bends by the range of RPN 0', () => {
    const channel = new Channel();
    channel.setBend(16383);
    expect(channel.bend).toBeCloseTo(2, 3);
    for (const [controller, value] of [
      [101, 0],
      [100, 0],
      [6, 12],
    ])
      channel.control(controller, value);
    expect(channel.bend).toBeCloseTo(12, 2);
    // a parameter that is not registered changes nothing
    for (const [controller, value] of [
      [99, 0],
      [98, 0],
      [6, 24],
    ])
      channel.control(controller, value);
    expect(channel.bend).toBeCloseTo(12, 2);
  });

  it('tells MPE configuration', () => {
    const channel = new Channel();
    channel.control(101, 0);
    channel.control(100, 6);
    expect(channel.control(6, 5)).toBe(5);
  });

  it('adds its master to itself', () => {
    const channel = new Channel();
    channel.master = new Channel();
    channel.master.setBend(0);
    channel.master.setPressure(127);
    expect(channel.bend).toBe(-2);
    expect(channel.pressure).toBeCloseTo(0.5, 6);
  });

  it('resets controllers, but not volume and bend range', () => {
    const channel = new Channel();
    for (const [controller, value] of [
      [1, 127],
      [2, 10],
      [7, 50],
      [11, 3],
      [64, 127],
    ]) {
      channel.control(controller, value);
    }
    channel.setBend(0);
    channel.control(121, 0);
    expect([channel.bend, channel.modulation, channel.pressure, channel.sustain]).toEqual([0, 0, 0, false]);
    expect(channel.gain).toBeCloseTo(0.25, 6);
  });
});
