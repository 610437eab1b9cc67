import { describe, expect, it } from 'vitest';
import { filteredNoiseTraining } from '../../src/engine/synth/processors/filtered-noise';
import { irReverbTraining } from '../../src/engine/synth/processors/ir-reverb';
import type { TrainContext } from '../../src/engine/synth/trainable';
import { reference } from '../support/fixtures';
import { flavours, newHeap, relativeError, signalToError } from '../support/kernels';

describe.each(flavours)('parity: noise and reverb (%s)', (flavour) => {
  const fixture = reference('synth');
  const heap = newHeap(flavour);
  const [frames, bands] = fixture.shape('noise_magnitudes');
  const hop = Number(fixture.metadata.hop);
  const samples = frames * hop;
  const stride = Math.ceil(bands / 4) * 4;
  const size = fixture.get('ir').length;
  const ir = { value: heap.put(fixture.get('ir')), gradient: heap.alloc(size), size };
  const context: TrainContext = {
    heap,
    sampleRate: Number(fixture.metadata.sample_rate),
    hop,
    frames,
    stride,
    tensor: () => ir,
  };
  const f0 = heap.put(fixture.get('f0'));
  const dry = { signal: heap.put(fixture.get('dry')), gradient: heap.alloc(samples) };
  const noise = filteredNoiseTraining.create(context, { bands }, []);
  const reverb = irReverbTraining.create(context, { length: size }, [dry]);

  // the decoder outputs that scale to the fixture's magnitudes
  const magnitudes = fixture.get('noise_magnitudes');
  const u = new Float32Array(frames * stride);
  magnitudes.forEach((magnitude, i) => {
    u[Math.floor(i / bands) * stride + (i % bands)] = ((magnitude - 1e-7) / 2) ** (1 / Math.LN10);
  });
  const uAt = heap.put(u);

  it('output of the noise', () => {
    const { randomness } = noise;
    if (!randomness) throw new Error('no randomness');
    randomness.recorded = true;
    heap.view(randomness.noise, samples).set(fixture.get('noise'));
    noise.begin();
    noise.forward(uAt, f0);
    expect(signalToError(heap.view(noise.signal, samples), fixture.get('filtered_noise'))).toBeGreaterThan(
      80,
    );
  });

  it('output and gradients of the reverb', () => {
    reverb.begin();
    reverb.forward(uAt, f0);
    expect(signalToError(heap.view(reverb.signal, samples), fixture.get('output'))).toBeGreaterThan(80);
    heap.view(reverb.gradient, samples).set(fixture.get('cotangent'));
    reverb.backward(uAt, f0, 0);
    reverb.end();
    expect(relativeError(heap.view(ir.gradient, size), fixture.get('grad_ir'))).toBeLessThan(3e-3);
  });

  it('gradient of the noise, through the reverb', () => {
    heap.view(noise.gradient, samples).set(heap.view(dry.gradient, samples));
    const du = heap.alloc(frames * stride);
    noise.backward(uAt, f0, du);
    const actual = Array.from(magnitudes, (_, i) => {
      const at = Math.floor(i / bands) * stride + (i % bands);
      return heap.view(du, frames * stride)[at] / (2 * Math.LN10 * u[at] ** (Math.LN10 - 1));
    });
    expect(relativeError(actual, fixture.get('grad_noise_magnitudes'))).toBeLessThan(1e-3);
  });
});
