/** The stages of a training step, one by one on one thread, each beside its floor. */

import { FftPlans } from '../../src/dsp/fft';
import type { TrainKernels } from '../../src/dsp/heap';
import { Heap } from '../../src/dsp/heap';
import { planSynth } from '../../src/synth/graph';
import { trainableType } from '../../src/synth/registry';
import type { TrainableProcessor } from '../../src/synth/trainable';
import { modelConfig, type TrainConfig } from '../../src/train/config';
import { TrainableDecoder } from '../../src/train/learn/decoder/trainable-decoder';
import { SpectralLoss } from '../../src/train/learn/loss/spectral-loss';
import { Adam } from '../../src/train/learn/optimizer';
import { initialParameters, parameterLayout } from '../../src/train/learn/parameters';
import { uniform } from '../../src/train/learn/random';
import { glide } from './configurations';
import { type Amount, decoderAmounts, lossAmount, optimizerAmount, processorAmounts } from './floors';
import { type Measured, scale, time } from './measure';
import type { Peak } from './peak';

export interface Stage {
  /** seconds of one core an example */
  readonly seconds: Measured;
  /** seconds in which the machine could do the stage's arithmetic, or move its data, at its peak rate */
  readonly floor: number;
}

/** @param workers among whom a batch is shared: the decoder takes a share of it at once */
export function trainStages(
  module: WebAssembly.Module,
  config: TrainConfig,
  workers: number,
  peak: Peak,
  runs: number,
): Record<string, Stage> {
  const model = modelConfig(config);
  const { sampleRate } = model;
  const { batchSize } = config.trainer;
  const count = Math.ceil(batchSize / workers);
  const frames = Math.round(model.frameRate);
  const hop = Math.round(sampleRate / model.frameRate);
  const samples = frames * hop;
  const heap = new Heap<TrainKernels>(module);
  const plans = FftPlans.of(heap);
  const layout = parameterLayout(model);
  const plan = planSynth(model.synth);
  const stride = Math.ceil(plan.outputs / 4) * 4;
  const parameters = heap.put(initialParameters(model, uniform(1)));
  const gradients = heap.alloc(layout.size);
  const decoder = new TrainableDecoder(heap, {
    batch: count,
    frames,
    hidden: model.decoder.hidden,
    outputs: plan.outputs,
    inputScale: model.decoder.inputScale,
    parameters,
    gradients,
  });
  const tensor = (name: string) => {
    const { offset, size } = layout.slots.find((slot) => slot.name === name)!;
    return { value: parameters + 4 * offset, gradient: gradients + 4 * offset, size };
  };
  const processors: TrainableProcessor[] = [];
  for (const { type, options, sources } of plan.nodes) {
    const context = { heap, sampleRate, hop, frames, stride, tensor };
    const inputs = sources.map((source) => processors[source]);
    processors.push(trainableType(type.type)!.create(context, options, inputs));
  }
  const loss = new SpectralLoss(heap, plans, { loss: config.loss, length: samples });
  // the glide of `glide` below
  const example = {
    sampleRate,
    hop,
    f0: Float32Array.from({ length: frames }, (_, t) => 200 * 2 ** (t / frames)),
  };
  const f0 = heap.alloc(count * frames);
  const loudness = heap.alloc(count * frames);
  for (let i = 0; i < count; i++) heap.view(f0 + i * frames * 4, frames).set(example.f0);
  heap.view(loudness, count * frames).fill(-20);
  const target = heap.put(glide(1, sampleRate, 200, 400).subarray(0, samples));
  const du = heap.alloc(count * frames * stride);
  heap.seal();

  const stages: Record<string, Stage> = {};
  const measure = (
    name: string,
    { operations = 0, bytes = 0 }: Amount,
    work: () => void,
    { examples = 1, before = () => {} } = {},
  ) => {
    const floor = Math.max(operations / peak.operations, bytes / peak.bytes);
    stages[name] = { seconds: scale(time(work, { runs, before }), 1 / examples), floor };
  };
  const amounts = {
    decoder: decoderAmounts(model.decoder.hidden, plan.outputs, example),
    loss: lossAmount(config.loss, example),
  };
  const nodes = plan.nodes.map((node, i) => ({
    name: node.name,
    processor: processors[i],
    at: node.offset * 4,
    amounts: processorAmounts(node, example),
  }));
  const synth = processors[processors.length - 1];

  const forward = () => {
    decoder.forward([f0, loudness], count);
  };
  measure('decoderForward', amounts.decoder.forward, forward, { examples: count });
  for (const { name, processor, at, amounts } of nodes) {
    processor.begin();
    measure(`${name}Forward`, amounts.forward, () => processor.forward(decoder.output + at, f0));
  }
  measure('loss', amounts.loss, () => {
    loss.forwardBackward(synth.signal, target, synth.gradient, 1);
  });
  for (const { name, processor, at, amounts } of nodes.reverse()) {
    measure(`${name}Backward`, amounts.backward, () => {
      processor.backward(decoder.output + at, f0, du + at);
    });
  }
  measure('decoderBackward', amounts.decoder.backward, () => decoder.backward(du), {
    examples: count,
    before: forward,
  });
  const adam = new Adam(module, layout.size);
  const all = Array.from({ length: workers }, () => heap.view(gradients, layout.size));
  const step = () => {
    adam.step(all, [{ end: layout.size, learningRate: 1e-3 }], 3);
  };
  measure('optimizer', optimizerAmount(layout.size, workers, batchSize), step, { examples: batchSize });
  return stages;
}
