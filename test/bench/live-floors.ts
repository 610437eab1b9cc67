/**
 * The least work that each live stage can be done with by the method it uses, in seconds a second of audio at the
 * machine's peak rates. As in floors.ts, copies, sines, logarithms, divisions and shuffles count as nothing.
 */

import { DEFAULT_INPUTS } from '../../src/decoder/inputs';
import { decoderTensors } from '../../src/decoder/layout';
import { planConvolver } from '../../src/dsp/convolver';
import { fftSizeFor } from '../../src/dsp/fft';
import type { Model } from '../../src/model/model';
import { planSynth } from '../../src/synth/graph';
import { type Amount, fft, processorAmounts } from './floors';
import type { Peak } from './peak';

/** Of an AMD EPYC's core: weights beyond it come from the cache that all cores share. */
const NEAR_CACHE = 1 << 20;

/** @param f0 of each frame, Hz */
export function liveFloors(
  model: Model,
  f0: Float32Array,
  window: number,
  peak: Peak,
): Record<string, number> {
  const { sampleRate, frameRate, decoder } = model;
  const { hidden, inputs = DEFAULT_INPUTS } = decoder;
  const hop = Math.round(sampleRate / frameRate);
  const plan = planSynth(model.synth);
  const size = fftSizeFor(2 * window);
  const longest = Math.min(sampleRate / model.analysis.pitchMin, 0.75 * window);
  const weights = decoderTensors(hidden, plan.outputs, inputs.length)
    .filter(({ shape }) => shape.length === 2)
    .reduce((sum, { shape: [rows, columns] }) => sum + rows * columns, 0);
  const perFrame: Record<string, Amount> = {
    // window, transform, power, correlation; difference, its mean and the doubt of every lag
    analysis: { operations: 3 * window + 2 * fft(size) + 4 * size + 12 * longest },
    decoder: { operations: 2 * weights, bytes: 4 * weights > NEAR_CACHE ? 4 * weights : 0 },
  };
  for (const node of plan.nodes) {
    const amount =
      node.type.type === 'IRReverb'
        ? { operations: convolution(node.options.length + 1, hop) + 4 * hop }
        : { operations: processorAmounts(node, { sampleRate, hop, f0 }).forward.operations! / f0.length };
    perFrame[node.name] = amount;
  }
  return Object.fromEntries(
    Object.entries(perFrame).map(([name, { operations = 0, bytes = 0 }]) => [
      name,
      frameRate * Math.max(operations / peak.operations, bytes / peak.farBytes),
    ]),
  );
}

/** Of a hop. */
function convolution(taps: number, hop: number): number {
  return planConvolver(taps, hop).reduce(
    (sum, level) => sum + (2 * fft(level.size) + 4 * level.size * level.partitions) / level.hops,
    0,
  );
}
