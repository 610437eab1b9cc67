/** The trainer: seconds an example with two workers, and its stages on one. */

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Heap } from '../../src/engine/kernels';
import { FftPlans } from '../../src/engine/spectral/fft';
import { planSynth } from '../../src/engine/synth/graph';
import type { TrainableProcessor, TrainKernels } from '../../src/engine/synth/trainable';
import { writeWav } from '../../src/train/audio/wav';
import { datasetOptions, modelConfig, type TrainConfig } from '../../src/train/config';
import type { BatchRequest } from '../../src/train/dataset/batch-reader';
import { Dataset } from '../../src/train/dataset/dataset';
import { lmdbStore } from '../../src/train/dataset/stores/lmdb';
import type { DataStore } from '../../src/train/dataset/stores/store';
import { DecoderTrainer } from '../../src/train/decoder/trainer';
import { SpectralLoss } from '../../src/train/loss/spectral-loss';
import { Adam } from '../../src/train/optimizer';
import { initialParameters, parameterLayout } from '../../src/train/parameters';
import { uniform } from '../../src/train/random';
import { trainableTypes } from '../../src/train/synth/registry';
import { trainModule } from '../../src/train/train-module';
import { WorkerPool } from '../../src/train/worker-pool';
import { glide } from './configurations';
import { type Measured, scale, summarise, time } from './measure';

export interface TrainReport {
  /** wall seconds for each 1 s example of a whole step */
  readonly secondsPerExample: Measured;
  readonly workers: number;
  readonly batchSize: number;
  /** seconds of one core an example */
  readonly stages: Readonly<Record<string, Measured>>;
}

export async function benchTrain(config: TrainConfig, workers: number, runs: number): Promise<TrainReport> {
  const model = modelConfig(config);
  const module = await trainModule();
  const layout = parameterLayout(model);
  const frames = Math.round(model.frameRate);
  const share = Math.ceil(config.trainer.batchSize / workers);
  const examples = share * workers;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'ddsp-bench-'));
  const store = await lmdbStore(folder);
  const dataset = await glideDataset(config, examples, store);
  const pool = await WorkerPool.create(
    workers,
    module,
    { model, loss: config.loss, batch: share, frames },
    dataset,
    layout.size,
  );
  const adam = new Adam(module, layout.size);
  adam.parameters.set(initialParameters(model, uniform(1)));
  const batches = Array.from({ length: workers }, (_, worker) => request(dataset, worker, share));
  const seconds: number[] = [];
  for (let i = 0; i < runs + 2; i++) {
    const started = performance.now();
    const { gradients } = await pool.step(adam.parameters, batches, 1 / examples);
    adam.step(gradients, rates(layout.size), config.optimizer.clipNorm);
    if (i >= 2) seconds.push((performance.now() - started) / 1000 / examples);
  }
  await pool.close();
  await store.close();
  await rm(folder, { recursive: true });
  return {
    secondsPerExample: summarise(seconds),
    workers,
    batchSize: examples,
    stages: stages(module, config, share, frames, runs),
  };
}

const rates = (end: number) => [{ end, learningRate: 1e-3 }];

/** As many seconds of a glide in a database on disk, which the workers read. */
async function glideDataset(config: TrainConfig, seconds: number, store: DataStore): Promise<Dataset> {
  const { sampleRate } = config.model;
  const wav = writeWav(glide(seconds, sampleRate, 200, 400), sampleRate, { float: true });
  return Dataset.fromFiles([{ name: 'glide.wav', content: wav }], { ...datasetOptions(config), store });
}

function request(dataset: Dataset, worker: number, count: number): BatchRequest {
  const places = Array.from({ length: count }, (_, i) => worker * count + i);
  return {
    slices: Uint32Array.from(places, (place) => place % dataset.slices.length),
    seeds: Uint32Array.from(places, (place) => place + 1),
    gains: new Float64Array(count),
    step: 0,
  };
}

/** Examples for one stage after the other. */
function batch(config: TrainConfig, count: number, frames: number) {
  const { sampleRate, frameRate } = config.model;
  const samples = frames * Math.round(sampleRate / frameRate);
  const audio = new Float32Array(count * samples);
  const f0 = new Float32Array(count * frames);
  for (let i = 0; i < count; i++) {
    audio.set(glide(samples / sampleRate, sampleRate, 200, 400).subarray(0, samples), i * samples);
    for (let t = 0; t < frames; t++) f0[i * frames + t] = 200 * 2 ** (t / frames);
  }
  return {
    count,
    audio,
    f0,
    loudness: new Float32Array(count * frames).fill(-20),
    seeds: Uint32Array.from({ length: count }, (_, i) => i + 1),
  };
}

function stages(
  module: WebAssembly.Module,
  config: TrainConfig,
  count: number,
  frames: number,
  runs: number,
): Record<string, Measured> {
  const model = modelConfig(config);
  const heap = new Heap<TrainKernels>(module);
  const plans = FftPlans.of(heap);
  const layout = parameterLayout(model);
  const plan = planSynth(model.synth);
  const parameters = heap.put(initialParameters(model, uniform(1)));
  const gradients = heap.alloc(layout.size);
  const hop = Math.round(model.sampleRate / model.frameRate);
  const samples = frames * hop;
  const stride = Math.ceil(plan.outputs / 4) * 4;
  const decoder = new DecoderTrainer(heap, {
    batch: count,
    frames,
    hidden: model.decoder.hidden,
    outputs: plan.outputs,
    inputScale: model.decoder.inputScale,
    parameters,
    gradients,
  });
  const processors: TrainableProcessor[] = [];
  for (const node of plan.nodes) {
    processors.push(
      trainableTypes[node.type.type].create(
        {
          heap,
          sampleRate: model.sampleRate,
          hop,
          frames,
          stride,
          tensor(name) {
            const slot = layout.slots.find((candidate) => candidate.name === name);
            if (!slot) throw new Error(name);
            return {
              value: parameters + 4 * slot.offset,
              gradient: gradients + 4 * slot.offset,
              size: slot.size,
            };
          },
        },
        node.options,
        node.sources.map((source) => processors[source]),
      ),
    );
  }
  const loss = new SpectralLoss(heap, plans, {
    loss: config.loss,
    length: samples,
  });
  const one = batch(config, count, frames);
  const f0 = heap.put(one.f0);
  const loudness = heap.put(one.loudness);
  const target = heap.put(one.audio.subarray(0, samples));
  const spectra = heap.alloc(loss.storeLength);
  const du = heap.alloc(count * frames * stride);
  heap.seal();

  const synth = processors[processors.length - 1];
  const result: Record<string, Measured> = {
    decoderForward: scale(
      time(() => decoder.forward(f0, loudness, count), { runs }),
      1 / count,
    ),
    decoderBackward: scale(
      time(() => decoder.backward(du), { runs }),
      1 / count,
    ),
  };
  plan.nodes.forEach((node, i) => {
    const at = node.offset * 4;
    processors[i].begin();
    result[`${node.name}Forward`] = time(() => processors[i].forward(decoder.output + at, f0), { runs });
  });
  result.lossTarget = time(() => loss.prepareTarget(target, spectra), { runs });
  result.loss = time(() => loss.forwardBackward(synth.signal, spectra, synth.gradient, 1), { runs });
  [...plan.nodes.keys()].reverse().forEach((i) => {
    const at = plan.nodes[i].offset * 4;
    result[`${plan.nodes[i].name}Backward`] = time(
      () => processors[i].backward(decoder.output + at, f0, du + at),
      { runs },
    );
  });
  const adam = new Adam(module, layout.size);
  const gradient = heap.view(gradients, layout.size);
  const perStep = time(() => adam.step([gradient, gradient], rates(layout.size), 3), { runs });
  result.optimizer = scale(perStep, 1 / config.trainer.batchSize);
  return result;
}
