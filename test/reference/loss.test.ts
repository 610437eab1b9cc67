import { describe, expect, it } from 'vitest';
import { FftPlans } from '../../src/dsp/fft';
import { SpectralLoss } from '../../src/train/learn/loss/spectral-loss';
import { reference } from '../support/fixtures';
import { flavours, newHeap, relativeError } from '../support/kernels';
import { referenceLoss } from '../support/reference-loss';

describe.each(flavours)('parity: spectral loss (%s)', (flavour) => {
  it('per scale, total and gradient', () => {
    const fixture = reference('loss');
    const heap = newHeap(flavour);
    const prediction = fixture.get('prediction');
    const sizes: number[] = JSON.parse(fixture.metadata.fft_sizes);
    const loss = new SpectralLoss(heap, new FftPlans(heap), {
      length: prediction.length,
      loss: { ...referenceLoss, sizes },
    });
    const gradient = heap.alloc(prediction.length);
    const target = heap.put(fixture.get('target'));
    const total = loss.forwardBackward(heap.put(prediction), target, gradient, 1);
    expect(relativeError([total], fixture.get('total'))).toBeLessThan(1e-5);
    const expected = [fixture.get('linear_per_scale'), fixture.get('log_per_scale')];
    loss.means.forEach((means, term) => {
      means.forEach((mean, i) => {
        expect(relativeError([mean], [expected[term][i]])).toBeLessThan(1e-5);
      });
    });
    const error = relativeError(heap.view(gradient, prediction.length), fixture.get('grad_prediction'));
    expect(error).toBeLessThan(1e-3);
  });
});
