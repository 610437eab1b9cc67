/** The oscillators' phase after an hour is what it should be, not what rounding made of it. */

import { expect, it } from 'vitest';
import { newHeap } from '../../support/kernels';

const RATE = 48000;
const HOP = 480;
const HOUR = (3600 * RATE) / HOP;

it.each([440, 32.703125, 4186.0625])('%d Hz for an hour, to a billionth of a cycle', (hz) => {
  const heap = newHeap();
  const phase = heap.alloc(HOP + 16);
  const state = heap.alloc(2);
  for (let i = 0; i < HOUR; i++) {
    heap.kernels.harmonicPhase(phase, state, hz, hz, 0.5, HOP, RATE, HOP);
  }
  const cycles = new Float64Array(heap.view(state, 2).slice().buffer)[0];
  const expected = (hz * 3600) % 1;
  const off = cycles - expected;
  expect(Math.abs(off - Math.round(off))).toBeLessThan(1e-9);
});
