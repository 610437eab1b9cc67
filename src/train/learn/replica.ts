/**
 * A worker's replica of the model: it computes loss and gradients of the worker's examples.
 *
 * Owns one WASM memory with the parameters, their gradients, the decoder's batch buffers and the audio buffers
 * of one example. The decoder runs over the whole batch; synth and loss run example by example, so that their
 * buffers stay in the cache.
 */

import { DEFAULT_INPUTS } from '../../decoder/inputs';
import { FftPlans } from '../../dsp/fft';
import type { TrainKernels } from '../../dsp/heap';
import { Heap, type Pointer } from '../../dsp/heap';
import type { ModelConfig } from '../../model/model';
import { planSynth } from '../../synth/graph';
import { seedOf } from '../../synth/seeds';
import { TrainableDecoder } from './decoder/trainable-decoder';
import { SpectralLoss } from './loss/spectral-loss';
import type { SpectralTerms } from './loss/terms';
import type { Sums } from './metrics/compared-spectra';
import { addFigures, type Figures } from './metrics/figures';
import { SpectralComparison } from './metrics/spectral-comparison';
import { YardstickMeter } from './metrics/yardstick-meter';
import { parameterLayout } from './parameters';
import { TrainableSynth } from './trainable-synth';

export interface ReplicaConfig {
  readonly model: ModelConfig;
  readonly loss: SpectralTerms;
  /** maximum number of examples per call */
  readonly batch: number;
  /** T, frames of an example */
  readonly frames: number;
}

/** `count` examples, concatenated in each array; L = T * H samples per example. */
export interface Batch {
  readonly count: number;
  /** (count, L) samples */
  readonly audio: Float32Array;
  /** (count, T), Hz, > 0 */
  readonly f0: Float32Array;
  /** (count, T), Hz, 0 where unvoiced, for the yardsticks; default f0 */
  readonly trackedF0?: Float32Array;
  /** (count, T), dB */
  readonly loudness: Float32Array;
  /** count * T values for each further input of the decoder */
  readonly inputs?: Readonly<Record<string, Float32Array>>;
  /** optimizer steps done so far, for schedules; default 0 */
  readonly step?: number;
  /** one noise seed per example */
  readonly seeds: Uint32Array;
  /** (count, L) samples: given noise instead of seeded noise (for comparison with other implementations) */
  readonly noise?: Float32Array;
}

/** Sums over examples. */
export interface Evaluation {
  readonly figures: Figures;
  readonly yardsticks: Sums;
}

export class Replica {
  /** length of the flat parameter vector */
  readonly size: number;
  readonly #heap: Heap<TrainKernels>;
  readonly #decoder: TrainableDecoder;
  readonly #synth: TrainableSynth;
  readonly #loss: SpectralLoss;
  readonly #comparison: SpectralComparison;
  readonly #meter: YardstickMeter;
  readonly #samples: number;
  readonly #frames: number;
  readonly #stride: number;
  /** the decoder's inputs; f0 is the first */
  readonly #inputs: readonly { readonly name: string; readonly at: Pointer }[];
  readonly #f0At: Pointer;
  readonly #targetAt: Pointer;
  readonly #duAt: Pointer;
  readonly #parameters: Float32Array;
  readonly #gradients: Float32Array;

  constructor(module: WebAssembly.Module, { model, loss, batch, frames }: ReplicaConfig) {
    const heap = new Heap<TrainKernels>(module);
    const plans = FftPlans.of(heap);
    const layout = parameterLayout(model);
    const plan = planSynth(model.synth);
    const hop = Math.round(model.sampleRate / model.frameRate);
    const samples = frames * hop;
    const parameters = heap.alloc(layout.size);
    const gradients = heap.alloc(layout.size);
    const stride = Math.ceil(plan.outputs / 4) * 4;
    this.#heap = heap;
    this.size = layout.size;
    this.#samples = samples;
    this.#frames = frames;
    this.#stride = stride;
    this.#decoder = new TrainableDecoder(heap, {
      batch,
      frames,
      hidden: model.decoder.hidden,
      outputs: plan.outputs,
      inputScale: model.decoder.inputScale,
      inputs: model.decoder.inputs,
      parameters,
      gradients,
    });
    this.#synth = new TrainableSynth(plan, {
      heap,
      sampleRate: model.sampleRate,
      hop,
      frames,
      stride,
      tensor(name) {
        const slot = layout.slots.find((candidate) => candidate.name === name);
        if (!slot) throw new Error(`no learned tensor ${name}`);
        return {
          value: parameters + slot.offset * 4,
          gradient: gradients + slot.offset * 4,
          size: slot.size,
        };
      },
    });
    this.#loss = new SpectralLoss(heap, plans, { loss, length: samples });
    this.#comparison = new SpectralComparison(heap, plans, samples, model.sampleRate);
    this.#meter = new YardstickMeter(heap, plans, {
      length: samples,
      sampleRate: model.sampleRate,
      pitchHop: hop,
    });
    const names = model.decoder.inputs ?? DEFAULT_INPUTS;
    this.#inputs = names.map((name) => ({ name, at: heap.alloc(batch * frames) }));
    this.#f0At = this.#inputs[0].at;
    this.#targetAt = heap.alloc(samples);
    this.#duAt = heap.alloc(batch * frames * stride);
    heap.seal();
    this.#parameters = heap.view(parameters, layout.size);
    this.#gradients = heap.view(gradients, layout.size);
  }

  set parameters(values: Float32Array) {
    this.#parameters.set(values);
  }

  /** The gradient of the last `step`; valid until the next step. */
  get gradients(): Float32Array {
    return this.#gradients;
  }

  /**
   * @param weight of each example in the gradient: 1 / (examples of the whole step)
   * @returns the sum of the examples' losses
   */
  step(batch: Batch, weight: number): number {
    const { count } = batch;
    const heap = this.#heap;
    const frameBytes = this.#frames * this.#stride * 4;
    this.#gradients.fill(0);
    heap.view(this.#duAt, count * this.#frames * this.#stride).fill(0);
    const u = this.#decode(batch);
    this.#synth.begin();
    this.#loss.step = batch.step ?? 0;
    let loss = 0;
    for (let i = 0; i < count; i++) {
      const f0 = this.#f0At + i * this.#frames * 4;
      this.#synthesise(batch, i, u);
      loss += this.#loss.forwardBackward(this.#synth.signal, this.#targetAt, this.#synth.gradient, weight);
      this.#synth.backward(u + i * frameBytes, f0, this.#duAt + i * frameBytes);
    }
    this.#synth.end();
    this.#decoder.backward(this.#duAt);
    return loss;
  }

  /** Forward only. */
  evaluate(batch: Batch): Evaluation {
    const u = this.#decode(batch);
    this.#synth.begin();
    this.#loss.step = Number.POSITIVE_INFINITY;
    const figures: Figures[] = [];
    const yardsticks = this.#meter.newSums();
    const { trackedF0 = batch.f0 } = batch;
    for (let i = 0; i < batch.count; i++) {
      this.#synthesise(batch, i, u);
      figures.push({
        loss: this.#loss.evaluate(this.#synth.signal, this.#targetAt),
        ...this.#comparison.between(this.#synth.signal, this.#targetAt),
      });
      const f0 = trackedF0.subarray(i * this.#frames, (i + 1) * this.#frames);
      this.#meter.add(yardsticks, this.#synth.signal, this.#targetAt, f0);
    }
    return { figures: figures.reduce(addFigures), yardsticks };
  }

  /** Forward only: the reconstruction of each example, (count, L) samples. */
  reconstruct(batch: Batch): Float32Array {
    const audio = new Float32Array(batch.count * this.#samples);
    const u = this.#decode(batch);
    this.#synth.begin();
    for (let i = 0; i < batch.count; i++) {
      this.#synthesise(batch, i, u);
      audio.set(this.#heap.view(this.#synth.signal, this.#samples), i * this.#samples);
    }
    return audio;
  }

  #decode({ f0, loudness, inputs = {}, count }: Batch): Pointer {
    const values: Readonly<Record<string, Float32Array | undefined>> = { ...inputs, f0, loudness };
    for (const { name, at } of this.#inputs) {
      const given = values[name];
      if (!given) throw new Error(`the batch has no values for the decoder input ${name}`);
      this.#heap.view(at, given.length).set(given);
    }
    return this.#decoder.forward(
      this.#inputs.map(({ at }) => at),
      count,
    );
  }

  #synthesise(batch: Batch, index: number, u: Pointer): void {
    const samples = this.#samples;
    const slice = (array: Float32Array) => array.subarray(index * samples, (index + 1) * samples);
    this.#heap.view(this.#targetAt, samples).set(slice(batch.audio));
    this.#synth.randomness.forEach((noise, source) => {
      noise.recorded = batch.noise !== undefined;
      if (batch.noise) this.#heap.view(noise.noise, samples).set(slice(batch.noise));
      else noise.seed(seedOf(batch.seeds[index], source));
    });
    this.#synth.forward(u + index * this.#frames * this.#stride * 4, this.#f0At + index * this.#frames * 4);
  }
}
