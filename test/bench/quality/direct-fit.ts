/**
 * The best a synth could do: its controls fitted straight to each held-out piece, without a decoder.
 *
 * Free are one logit for every control of every frame of every piece, and the tensors that the graph
 * learns (a room), shared by all pieces. f0 is the tracker's. Noise is drawn anew each step, and for the
 * figures once more: what is fitted is the spectrum, not one throw of the dice.
 */

import { FftPlans } from '../../../src/dsp/fft';
import type { TrainKernels } from '../../../src/dsp/heap';
import { Heap } from '../../../src/dsp/heap';
import { trainModule } from '../../../src/dsp/train-module';
import { planSynth } from '../../../src/synth/graph';
import { modelConfig, type TrainConfig } from '../../../src/train/config';
import { SpectralLoss } from '../../../src/train/learn/loss/spectral-loss';
import { SpectralComparison } from '../../../src/train/learn/metrics/spectral-comparison';
import { initialParameters, parameterLayout, parameterPaces } from '../../../src/train/learn/parameters';
import { mixSeeds, uniform } from '../../../src/train/learn/random';
import { TrainableSynth } from '../../../src/train/learn/trainable-synth';
import type { Piece } from './held-out-pieces';

export interface Fit {
  readonly step: number;
  /** means over the pieces, with fresh noise */
  readonly loss: number;
  readonly logSpectralDistance: number;
  /** of each piece */
  readonly sounds: readonly Float32Array[];
}

const RATE = 0.05;

export async function* directFit(
  /** of one length, at least one */
  pieces: readonly Piece[],
  config: TrainConfig,
  steps: number,
): AsyncGenerator<Fit> {
  const model = modelConfig(config);
  const heap = new Heap<TrainKernels>(await trainModule());
  const { kernels } = heap;
  const plans = FftPlans.of(heap);
  const layout = parameterLayout(model);
  const plan = planSynth(model.synth);
  const hop = Math.round(model.sampleRate / model.frameRate);
  const frames = pieces[0].f0.length;
  const samples = frames * hop;
  const stride = Math.ceil(plan.outputs / 4) * 4;
  const room = { value: heap.alloc(layout.size), gradient: heap.alloc(layout.size) };
  const moments = [heap.alloc(layout.size), heap.alloc(layout.size)];
  const synth = new TrainableSynth(plan, {
    heap,
    sampleRate: model.sampleRate,
    hop,
    frames,
    stride,
    tensor(name) {
      const { offset, size } = layout.slots.find((slot) => slot.name === name)!;
      return { value: room.value + 4 * offset, gradient: room.gradient + 4 * offset, size };
    },
  });
  const loss = new SpectralLoss(heap, plans, { loss: config.loss, length: samples });
  const comparison = new SpectralComparison(heap, plans, samples, model.sampleRate);
  const controls = frames * stride;
  const [logits, first, second] = Array.from({ length: 3 }, () => heap.alloc(controls * pieces.length));
  const [u, du, gradient] = Array.from({ length: 3 }, () => heap.alloc(controls));
  const f0 = heap.alloc(frames);
  const target = heap.alloc(samples);
  heap.seal();
  heap.view(room.value, layout.size).set(initialParameters(model, uniform(1)));
  const start = heap.view(logits, controls * pieces.length);
  // amplitude 0.1, noise far below it
  const noise = plan.nodes.find((node) => node.type.type === 'FilteredNoise')?.offset ?? plan.outputs;
  for (let i = 0; i < start.length; i++) start[i] = i % stride < noise ? -0.5 : -3;

  const forward = (piece: Piece, index: number, seed: number) => {
    heap.view(target, samples).set(piece.recording);
    heap.view(f0, frames).set(piece.f0);
    kernels.sigmoid(u, logits + 4 * index * controls, controls);
    synth.randomness.forEach((source, n) => {
      source.recorded = false;
      source.seed(mixSeeds(seed, index, n));
    });
    synth.forward(u, f0);
  };
  const judge = (step: number): Fit => {
    const sum = { loss: 0, distance: 0 };
    const sounds: Float32Array[] = [];
    synth.begin();
    pieces.forEach((piece, i) => {
      forward(piece, i, 0xffffffff);
      sum.loss += loss.evaluate(synth.signal, target);
      sum.distance += comparison.between(synth.signal, target).logSpectralDistance;
      sounds.push(heap.view(synth.signal, samples).slice());
    });
    const count = pieces.length;
    return { step, loss: sum.loss / count, logSpectralDistance: sum.distance / count, sounds };
  };

  yield judge(0);
  for (let step = 1; step <= steps; step++) {
    const share = 0.02 + 0.49 * (1 + Math.cos((Math.PI * step) / steps));
    heap.view(room.gradient, layout.size).fill(0);
    synth.begin();
    pieces.forEach((piece, i) => {
      forward(piece, i, step);
      heap.view(du, controls).fill(0);
      loss.forwardBackward(synth.signal, target, synth.gradient, 1);
      synth.backward(u, f0, du);
      heap.view(gradient, controls).fill(0);
      kernels.sigmoidBackward(gradient, du, u, controls);
      const at = 4 * i * controls;
      kernels.adam(
        logits + at,
        gradient,
        first + at,
        second + at,
        controls,
        step,
        RATE * share,
        0.9,
        0.99,
        1e-8,
      );
    });
    synth.end();
    kernels.scaleBy(room.gradient, 1 / pieces.length, layout.size);
    let from = 0;
    for (const { end, share: pace } of parameterPaces(model, layout)) {
      kernels.adam(
        room.value + 4 * from,
        room.gradient + 4 * from,
        moments[0] + 4 * from,
        moments[1] + 4 * from,
        end - from,
        step,
        1e-3 * pace * share,
        0.9,
        0.999,
        1e-8,
      );
      from = end;
    }
    if (step % 100 === 0 || step === steps) yield judge(step);
  }
}
