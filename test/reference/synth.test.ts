/** The reference's synth: the signal of every processor of the graph, and the gradient of every control. */

import { describe, expect, it } from 'vitest';
import { addTraining } from '../../src/synth/add/train';
import { filteredNoiseTraining } from '../../src/synth/filtered-noise/train';
import { harmonicTraining } from '../../src/synth/harmonic/train';
import { irReverbTraining } from '../../src/synth/ir-reverb/train';
import type { TrainContext } from '../../src/synth/trainable';
import { unfoldGradient } from '../kernels/synth/twin';
import { reference } from '../support/fixtures';
import { type Flavour, flavours, newHeap, relativeError, signalToError } from '../support/kernels';

const fixture = reference('synth');
const sampleRate = Number(fixture.metadata.sample_rate);
const [frames, harmonics] = fixture.shape('harmonic_distribution');
const [, bands] = fixture.shape('noise_magnitudes');
const samples = fixture.get('output').length;
const hop = samples / frames;
const stride = Math.ceil((1 + harmonics + bands) / 4) * 4;
const NOISE = 1 + harmonics;

const f0 = fixture.get('f0');
const amplitude = fixture.get('amplitude');
const distribution = fixture.get('harmonic_distribution');
const magnitudes = fixture.get('noise_magnitudes');

/** The decoder output that is scaled to y; above 0, so that `slope` is. */
function unscaled(y: number, max: number): number {
  return (Math.max(y - 1e-7, 1e-12) / max) ** (1 / Math.LN10);
}

/** dy/du of the scaling, by which a gradient with respect to the decoder's output becomes a control's. */
function slope(y: number, max: number): number {
  return max * Math.LN10 * unscaled(y, max) ** (Math.LN10 - 1);
}

/** What the decoder puts out for the fixture's controls: amplitude, distribution, magnitudes. */
function decoderOutputs(): Float32Array {
  const u = new Float32Array(frames * stride);
  for (let i = 0; i < frames; i++) {
    u[i * stride] = unscaled(amplitude[i], 1);
    for (let k = 0; k < harmonics; k++) {
      u[i * stride + 1 + k] = unscaled(distribution[i * harmonics + k], 1);
    }
    for (let k = 0; k < bands; k++) u[i * stride + NOISE + k] = unscaled(magnitudes[i * bands + k], 2);
  }
  return u;
}

/** The graph hpnir over the fixture's controls and noise, forward and, from the cotangent, backward. */
function run(flavour: Flavour) {
  const heap = newHeap(flavour);
  const size = fixture.get('ir').length;
  const ir = { value: heap.put(fixture.get('ir')), gradient: heap.alloc(size), size };
  const context: TrainContext = { heap, sampleRate, hop, frames, stride, tensor: () => ir };
  const harmonic = harmonicTraining.create(context, { harmonics }, []);
  const noise = filteredNoiseTraining.create(context, { bands }, []);
  const dry = addTraining.create(context, {}, [harmonic, noise]);
  const reverb = irReverbTraining.create(context, { length: size }, [dry]);
  const { randomness } = noise;
  if (!randomness) throw new Error('no randomness');
  randomness.recorded = true;
  heap.view(randomness.noise, samples).set(fixture.get('noise'));

  const processors = [harmonic, noise, dry, reverb];
  const offsets = [0, NOISE, 0, 0].map((values) => values * 4);
  const u = heap.put(decoderOutputs());
  const du = heap.alloc(frames * stride);
  const f0At = heap.put(f0);
  for (const processor of processors) processor.begin();
  processors.forEach((processor, i) => {
    processor.forward(u + offsets[i], f0At);
  });
  heap.view(reverb.gradient, samples).set(fixture.get('cotangent'));
  for (const i of [3, 2, 1, 0]) processors[i].backward(u + offsets[i], f0At, du + offsets[i]);
  for (const processor of processors) processor.end();

  const read = (at: number, count: number) => heap.view(at, count).slice();
  return {
    heap,
    harmonic: read(harmonic.signal, samples),
    noise: read(noise.signal, samples),
    dry: read(dry.signal, samples),
    output: read(reverb.signal, samples),
    dHarmonic: read(harmonic.gradient, samples),
    du: read(du, frames * stride),
    dIr: read(ir.gradient, size),
  };
}

describe.each(flavours)('synth of the reference (%s)', (flavour) => {
  const result = run(flavour);

  it('every signal, from the controls on', () => {
    expect(signalToError(result.harmonic, fixture.get('harmonic'))).toBeGreaterThan(80);
    expect(signalToError(result.noise, fixture.get('filtered_noise'))).toBeGreaterThan(80);
    expect(signalToError(result.dry, fixture.get('dry'))).toBeGreaterThan(80);
    expect(signalToError(result.output, fixture.get('output'))).toBeGreaterThan(80);
  });

  it('gradient of the impulse response', () => {
    expect(relativeError(result.dIr, fixture.get('grad_ir'))).toBeLessThan(3e-3);
  });

  it('gradient of the amplitude', () => {
    const actual = Array.from(amplitude, (y, i) => result.du[i * stride] / slope(y, 1));
    expect(relativeError(actual, fixture.get('grad_amplitude'))).toBeLessThan(1e-3);
  });

  it('gradient of the noise magnitudes', () => {
    const actual = Array.from(magnitudes, (y, i) => {
      const at = Math.floor(i / bands) * stride + NOISE + (i % bands);
      return result.du[at] / slope(y, 2);
    });
    expect(relativeError(actual, fixture.get('grad_noise_magnitudes'))).toBeLessThan(1e-3);
  });

  // The reference's distribution is masked and normalised already, and its gradient is that of the synth
  // behind: also of harmonics that are silent in their own frame but not on the way to the next. The
  // processor's goes on through mask and norm, so this one is taken from the oscillators' kernels.
  it('gradient of the distribution', () => {
    const { heap } = result;
    const { kernels } = heap;
    const padded = Math.ceil(harmonics / 16) * 16;
    const before = Math.ceil(hop / 2);
    const offset = hop % 2 === 0 ? 0.5 : 0;
    const g = heap.put(result.dHarmonic);
    const d = heap.alloc(frames * padded);
    const phase = heap.alloc(hop + 16);
    const state = heap.alloc(2);
    const scratch = heap.alloc(kernels.harmonicScratch(harmonics, true));
    const share = (_: unknown, n: number) => Math.min(1, (n + offset) / hop);
    const weight = heap.put(Float32Array.from({ length: hop + 16 }, share));
    for (let i = 0; i <= frames; i++) {
      const [a, b] = [Math.max(i - 1, 0), Math.min(i, frames - 1)];
      const skip = i === 0 ? before : 0;
      const n = i === frames ? before : hop - skip;
      kernels.harmonicPhase(phase, state, f0[a], f0[b], skip + offset, hop, sampleRate, n);
      kernels.harmonicSegmentBackward(
        ...([d + a * padded * 4, d + b * padded * 4, g + (i * hop - before + skip) * 4, phase] as const),
        ...([weight + skip * 4, skip + offset, hop, f0[a], f0[b], sampleRate / 2] as const),
        ...([harmonics, n, scratch] as const),
      );
    }
    const actual = Array.from({ length: frames }, (_, i) => {
      const dc = unfoldGradient(heap.view(d + i * padded * 4, padded), harmonics);
      return Array.from(dc, (x) => x * amplitude[i]);
    }).flat();
    expect(relativeError(actual, fixture.get('grad_harmonic_distribution'))).toBeLessThan(1e-3);
  });
});
