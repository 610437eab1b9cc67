/** What an application's code looks like; `.ci/package.mjs` compiles it against the packed files. */

import { DDSPNode, type Model, openMicrophone, readModel, renderOffline } from 'ddsp-worklet';
import { Dataset, datasetOptions, defaultConfig, Trainer } from 'ddsp-worklet/train/browser';

export async function play(context: AudioContext, model: Model): Promise<AudioNode> {
  const node: AudioWorkletNode = await DDSPNode.create(context, { model });
  // @ts-expect-error a node has no such parameter
  node.loudnessShift;
  (await openMicrophone(context)).node.connect(node);
  return node;
}

export function show(node: DDSPNode): void {
  node.addEventListener('analysis', ({ detail }) => detail.f0.toFixed(1));
  node.reverb.value = node.latency + node.tailTime + node.model.sampleRate;
  // @ts-expect-error not a number: the types are really there
  node.reverb.value = node.model.about.name;
}

export async function render(file: Uint8Array, audio: Float32Array): Promise<Float32Array> {
  return renderOffline(readModel(file), audio, { sampleRate: 48_000, gain: 0.5 });
}

export async function train(files: readonly File[], workerUrl: URL): Promise<number> {
  const sources = files.map((file) => ({ name: file.name, content: file }));
  const dataset = await Dataset.fromFiles(sources, datasetOptions(defaultConfig));
  const trainer = await Trainer.create({ dataset, config: defaultConfig, workerUrl });
  // @ts-expect-error a trainer has no such member
  trainer.pace;
  return trainer.step;
}

export type { Trainer as NodeTrainer } from 'ddsp-worklet/train';
