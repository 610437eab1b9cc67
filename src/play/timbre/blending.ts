/**
 * Finds the controls that two models have in common. If the voices of both models have the same processors, one synth
 * can play both. Each of its controls then lies between the controls of the two decoders.
 */

import type { Heap, Pointer } from '../../dsp/heap';
import { planSynth, type SynthPlan } from '../../synth/graph';
import { tapsOf } from '../../synth/stream';
import type { Instrument } from '../instrument';

/** Decoder output for a harmonic that a model does not have. Its amplitude is 1e-7 of the largest. */
const ABSENT = 9.1e-4;

/** The one option that may differ. The larger value is used, and harmonics that a model lacks are silent. */
const GROWS = 'harmonics';

/** @returns the graph that plays both models; null if the processors of their voices differ */
export function commonPlan(one: Instrument, other: Instrument): SynthPlan | null {
  const [a, b] = [voiceNodes(one.plan), voiceNodes(other.plan)];
  const [taps, otherTaps] = [one, other].map(({ plan }) => String(tapsOf(plan)));
  if (one.model.sampleRate !== other.model.sampleRate || a.length !== b.length || taps !== otherTaps)
    return null;
  if (!a.every((node, i) => isLike(node, b[i]))) return null;
  const most = new Map(
    a.map(({ name, options }, i) => [name, Math.max(options[GROWS], b[i].options[GROWS])]),
  );
  return planSynth({
    processors: one.model.synth.processors.map((processor) => {
      const size = most.get(processor.name);
      return size ? { ...processor, options: { ...processor.options, [GROWS]: size } } : processor;
    }),
  });
}

type Node = SynthPlan['nodes'][number];

function voiceNodes({ nodes }: SynthPlan): readonly Node[] {
  return nodes.filter(({ shared }) => !shared);
}

function isLike(a: Node, b: Node): boolean {
  const names = new Set([...Object.keys(a.options), ...Object.keys(b.options)]);
  names.delete(GROWS);
  return (
    a.type === b.type &&
    String(a.sources) === String(b.sources) &&
    [...names].every((name) => a.options[name] === b.options[name]) &&
    // the decoder outputs are blended on a logarithmic scale
    a.controls.every(({ scaling }) => scaling === 'exp_sigmoid')
  );
}

/** The outputs of one decoder in the layout of the common graph. */
export class Padded {
  readonly at: Pointer;
  readonly #kernels: Heap['kernels'];
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #sizes: number[] = [];

  /** Set-up only: allocates. */
  constructor(heap: Heap, plan: SynthPlan, common: SynthPlan) {
    this.at = heap.put(new Float32Array(common.outputs).fill(ABSENT));
    this.#kernels = heap.kernels;
    const targets = voiceNodes(common);
    for (const [i, node] of voiceNodes(plan).entries()) {
      let from = node.offset;
      let to = targets[i].offset;
      for (const [k, { size }] of node.controls.entries()) {
        this.#from.push(from * 4);
        this.#to.push(to * 4);
        this.#sizes.push(size);
        from += size;
        to += targets[i].controls[k].size;
      }
    }
  }

  /** Audio thread. */
  take(outputs: Pointer): void {
    for (let i = 0; i < this.#sizes.length; i++) {
      this.#kernels.move(this.at + this.#to[i], outputs + this.#from[i], this.#sizes[i]);
    }
  }
}
