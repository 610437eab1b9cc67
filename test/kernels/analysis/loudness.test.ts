import { describe, expect, it } from 'vitest';
import { flavours, Guarded, newHeap, randomArray, randomiser } from '../../support/kernels';

describe.each(flavours)('weightedPower (%s)', (flavour) => {
  const heap = newHeap(flavour);
  const random = randomiser(32);

  it.each([32, 64, 2048])('powers in place, and their weighted sum: size %i', (size) => {
    const guarded = new Guarded(heap);
    const stride = size / 2 + 4;
    const bins = size / 2 + 1;
    const weights = randomArray(stride, random, 0, 1).fill(0, bins);
    const weightsAt = guarded.buffer(weights);
    for (let call = 0; call < 2; call++) {
      const spectrum = randomArray(2 * stride, random)
        .fill(0, bins, stride)
        .fill(0, stride + bins);
      const at = guarded.buffer(spectrum);
      const sum = heap.kernels.weightedPower(at, weightsAt, size);
      let expected = 0;
      const left = guarded.read(at);
      for (let k = 0; k < stride; k++) {
        const power = spectrum[k] ** 2 + spectrum[stride + k] ** 2;
        expected += weights[k] * power;
        expect(left[k]).toBeCloseTo(power, 6);
        expect(left[stride + k]).toBe(0);
      }
      expect(sum / expected).toBeCloseTo(1, 5);
    }
    guarded.check();
  });
});
