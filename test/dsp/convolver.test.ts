/** The reverb's convolution: the same work in every hop, and none for silence. */

import { describe, expect, it } from 'vitest';
import { Convolver, planConvolver } from '../../src/dsp/convolver';
import { newHeap, randomArray, randomiser, relativeError } from '../support/kernels';

/** A heap whose kernels add up what transforms and products compute, in additions and multiplications. */
function countingHeap() {
  const heap = newHeap();
  const { kernels } = heap;
  const count = { operations: 0 };
  const transform = (size: number, steps: number) => {
    count.operations += (2.2 * size * Math.log2(size)) / steps;
  };
  const counting: typeof kernels = {
    ...kernels,
    rfftStep: (...values) => {
      transform(values[4], kernels.rfftSteps(values[4]));
      kernels.rfftStep(...values);
    },
    irfftStep: (...values) => {
      transform(values[4], kernels.irfftSteps(values[4]));
      kernels.irfftStep(...values);
    },
    multiplyPartitions: (...values) => {
      const [, , , stride, , , from, to] = values;
      count.operations += 8 * stride * (to - from);
      kernels.multiplyPartitions(...values);
    },
  };
  Object.defineProperty(heap, 'kernels', { value: counting });
  return { heap, count };
}

describe('the convolver', () => {
  const random = randomiser(12);

  it.each([
    [480, 0.1],
    [480, 1],
    [960, 1],
    [441, 3],
    [960, 6],
  ])('has no hop with twice the work of the mean: hop %i, %d s', (hop, seconds) => {
    const taps = randomArray(seconds * 48000, random);
    const { heap, count } = countingHeap();
    const convolver = new Convolver(heap, 'response', taps, hop);
    const segment = heap.put(randomArray(hop, random));
    const plan = planConvolver(taps.length, hop);
    const hops = 2 * plan[plan.length - 1].hops;
    const work = Array.from({ length: 2 * hops }, () => {
      count.operations = 0;
      convolver.process(segment);
      return count.operations;
    });
    const mean = work.reduce((sum, each) => sum + each) / work.length;
    expect(mean).toBeGreaterThan(0);
    expect(Math.max(...work)).toBeLessThan(2 * mean);
  });

  it('rests in silence once its response has died away, and goes on as if it had not', () => {
    const [hop, count] = [40, 400];
    const taps = randomArray(hop * 70, random);
    const { heap, count: counted } = countingHeap();
    const convolver = new Convolver(heap, 'response', taps, hop, 8);
    const x = randomArray(hop * count, random).map((value, n) =>
      n < 30 * hop || n >= 303 * hop ? value : 0,
    );
    const at = heap.alloc(hop);
    const out = new Float32Array(x.length);
    const work = Array.from({ length: count }, (_, i) => {
      counted.operations = 0;
      heap.view(at, hop).set(x.subarray(i * hop, (i + 1) * hop));
      out.set(heap.view(convolver.process(at), hop), i * hop);
      return counted.operations;
    });
    const expected = Float64Array.from(x, (_, t) => {
      let sum = 0;
      for (let n = 0; n < taps.length && n <= t; n++) sum += taps[n] * x[t - n];
      return sum;
    });
    expect(relativeError(out, expected)).toBeLessThan(1e-6);
    expect(work.slice(200, 303).every((operations) => operations === 0)).toBe(true);
    expect(out.subarray(150 * hop, 303 * hop).every((value) => value === 0)).toBe(true);
  });
});
