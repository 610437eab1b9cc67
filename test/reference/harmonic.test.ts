import { describe, expect, it } from 'vitest';
import { harmonicTraining } from '../../src/engine/synth/processors/harmonic';
import type { TrainContext } from '../../src/engine/synth/trainable';
import { unfoldGradient } from '../kernels/synth/twin';
import { reference } from '../support/fixtures';
import { flavours, newHeap, relativeError, signalToError } from '../support/kernels';

const fixture = reference('synth');
const sampleRate = Number(fixture.metadata.sample_rate);
const f0 = fixture.get('f0');
const amplitude = fixture.get('amplitude');
const distribution = fixture.get('harmonic_distribution');
const [frames, harmonics] = fixture.shape('harmonic_distribution');
const length = fixture.get('harmonic').length;
const hop = length / frames;

function tensor(): never {
  throw new Error('harmonic has no tensors');
}

/** Gradient with respect to the dry signal: the cotangent, and what reaches it through the reverb. */
function dryGradient(): Float64Array {
  const g = fixture.get('cotangent');
  const ir = fixture.get('ir');
  const d = Float64Array.from(g);
  for (let n = 0; n < length; n++) {
    const end = Math.min(ir.length, length - n - 1);
    let sum = 0;
    for (let i = 0; i < end; i++) sum += g[n + 1 + i] * ir[i];
    d[n] += sum;
  }
  return d;
}

describe.each(flavours)('harmonic synth of the reference (%s)', (flavour) => {
  it('audio', () => {
    const heap = newHeap(flavour);
    const stride = (1 + harmonics + 3) & ~3;
    const context: TrainContext = { heap, hop, frames, sampleRate, stride, tensor };
    const processor = harmonicTraining.create(context, { harmonics }, []);
    const f0At = heap.put(f0);
    const uAt = heap.alloc(frames * stride);
    const u = heap.view(uAt, frames * stride);
    const unscaled = (y: number) => Math.max(y - 1e-7, 0) ** (1 / Math.LN10);
    for (let i = 0; i < frames; i++) {
      u[i * stride] = unscaled(amplitude[i]);
      for (let k = 0; k < harmonics; k++) {
        u[i * stride + 1 + k] = unscaled(distribution[i * harmonics + k]);
      }
    }
    processor.forward(uAt, f0At);
    const signal = heap.view(processor.signal, length);
    expect(signalToError(signal, fixture.get('harmonic'))).toBeGreaterThan(100);
  });

  it('gradients with respect to amplitude and distribution', () => {
    const heap = newHeap(flavour);
    const { kernels } = heap;
    const padded = Math.ceil(harmonics / 16) * 16;
    const g = heap.put(Float32Array.from(dryGradient()));
    const d = heap.alloc(frames * padded);
    const phase = heap.alloc(hop + 16);
    const state = heap.alloc(2);
    const scratch = heap.alloc(kernels.harmonicScratch(harmonics, true));
    const weight = heap.put(Float32Array.from({ length: hop + 16 }, (_, n) => Math.min(1, (n + 0.5) / hop)));
    for (let i = 0; i <= frames; i++) {
      const [a, b] = [Math.max(i - 1, 0), Math.min(i, frames - 1)];
      const skip = i === 0 ? hop / 2 : 0;
      const n = i === 0 || i === frames ? hop / 2 : hop;
      kernels.harmonicPhase(phase, state, f0[a], f0[b], skip + 0.5, hop, sampleRate, n);
      kernels.harmonicSegmentBackward(
        ...([d + a * padded * 4, d + b * padded * 4, g + (i * hop - hop / 2 + skip) * 4] as const),
        ...([phase, weight + skip * 4, f0[a], f0[b], sampleRate / 2, harmonics, n, scratch] as const),
      );
    }
    // The reference's gradients are those of its synth's two inputs: the distribution as given, already
    // masked and normalised, and the amplitude that multiplies it.
    const dAmplitude = new Float64Array(frames);
    const dDistribution = new Float64Array(frames * harmonics);
    for (let i = 0; i < frames; i++) {
      const dc = unfoldGradient(heap.view(d + i * padded * 4, padded), harmonics);
      dc.forEach((x, k) => {
        dAmplitude[i] += x * distribution[i * harmonics + k];
        dDistribution[i * harmonics + k] = x * amplitude[i];
      });
    }
    expect(relativeError(dAmplitude, fixture.get('grad_amplitude'))).toBeLessThan(1e-4);
    expect(relativeError(dDistribution, fixture.get('grad_harmonic_distribution'))).toBeLessThan(1e-4);
  });
});
