/**
 * The synth graph at work on a stream: one segment a frame.
 *
 * A graph runs in two parts. `VoiceSynth` runs the processors that each voice has of its own, `SharedSynth` those
 * that run once, on the sum of all voices (`PlannedNode.shared`). What one part hands to the other are *taps*:
 * outputs of a voice's processors that feed shared ones, or that are heard.
 */

import type { Heap, Pointer } from '../dsp/heap';
import type { PlannedNode, SynthPlan } from './graph';
import type { Knob, ProcessorStream, Rates, StreamContext } from './processor';
import { seedOf } from './seeds';

export interface SynthContext extends Omit<StreamContext, 'lookahead' | 'name'> {
  /** samples; more than the graph's own where it is aligned with another; default: its own */
  readonly lookahead?: number;
}

/** Samples by which a synth renders late, beyond a hop. */
export function synthLookahead(plan: SynthPlan, rates: Rates): number {
  return plan.nodes.reduce((most, node) => Math.max(most, node.type.lookahead(node.options, rates)), 0);
}

/** Indices of the processors whose output leaves a voice, in order. */
export function tapsOf({ nodes }: SynthPlan): readonly number[] {
  const heard = nodes.length - 1;
  return nodes.flatMap((node, i) => {
    const leaves = i === heard || nodes.some(({ shared, sources }) => shared && sources.includes(i));
    return !node.shared && leaves ? [i] : [];
  });
}

/** Processors of a graph at work, in their order. */
class Processors {
  readonly #streams: ProcessorStream[] = [];
  readonly #offsets: number[] = [];
  readonly #byKnob: Record<Knob, ProcessorStream[]> = { harmonics: [], noise: [], reverb: [] };

  /** @param outputs of processors that run elsewhere, by index; those made here are added */
  constructor(
    plan: SynthPlan,
    context: SynthContext,
    belongs: (node: PlannedNode) => boolean,
    outputs: Map<number, Pointer>,
  ) {
    const { lookahead = synthLookahead(plan, context) } = context;
    for (const [i, node] of plan.nodes.entries()) {
      if (!belongs(node)) continue;
      const audio = node.sources.map((source) => outputs.get(source)!);
      const seed = seedOf(context.seed, node.randomSource);
      const stream = node.type.stream({ ...context, name: node.name, lookahead, seed }, node.options, audio);
      outputs.set(i, stream.output);
      this.#streams.push(stream);
      this.#offsets.push(node.offset * 4);
      if (node.type.knob) this.#byKnob[node.type.knob].push(stream);
    }
  }

  turn(knob: Knob, value: number): void {
    const streams = this.#byKnob[knob];
    for (let i = 0; i < streams.length; i++) streams[i].knob = value;
  }

  step(u: Pointer, f0: number, first: boolean, skip: number, resting: boolean, leaps: boolean): void {
    const streams = this.#streams;
    for (let i = 0; i < streams.length; i++) {
      const stream = streams[i];
      stream.control(u + this.#offsets[i], f0, first, leaps);
      if (resting && stream.rest) stream.rest();
      else stream.render(skip);
    }
  }

  reset(): void {
    for (let i = 0; i < this.#streams.length; i++) this.#streams[i].reset();
  }

  get cycles(): number {
    for (let i = 0; i < this.#streams.length; i++) {
      const { cycles } = this.#streams[i];
      if (cycles !== undefined) return cycles;
    }
    return Number.NaN;
  }

  set cycles(cycles: number) {
    for (let i = 0; i < this.#streams.length; i++) {
      if (this.#streams[i].cycles !== undefined) this.#streams[i].cycles = cycles;
    }
  }
}

/** What a voice has of its own. */
export class VoiceSynth {
  /** hop samples each: the segment last rendered, in the order of `tapsOf` */
  readonly taps: readonly Pointer[];
  readonly #processors: Processors;

  /** @param context `seed`: the voice's own */
  constructor(plan: SynthPlan, context: SynthContext) {
    const outputs = new Map<number, Pointer>();
    this.#processors = new Processors(plan, context, (node) => !node.shared, outputs);
    this.taps = tapsOf(plan).map((index) => outputs.get(index)!);
  }

  /** Cycles of all its oscillators at the end of the last segment; NaN: it has none. */
  get cycles(): number {
    return this.#processors.cycles;
  }

  set cycles(cycles: number) {
    this.#processors.cycles = cycles;
  }

  /** Audio thread. Sets where every processor with this knob moves to over the next segment. */
  turn(knob: Knob, value: number): void {
    this.#processors.turn(knob, value);
  }

  /**
   * Audio thread. One frame: see `ProcessorStream.control` and `.render`.
   * @param leaps the pitch does not glide to `f0`: it is there from the segment's start
   * @param resting nobody hears the sources: only what they have sounded is rendered
   */
  step(u: Pointer, f0: number, first: boolean, skip: number, resting: boolean, leaps = false): void {
    this.#processors.step(u, f0, first, skip, resting, leaps);
  }

  /** Audio thread. Back to the state after construction. */
  reset(): void {
    this.#processors.reset();
  }
}

/** What all voices share. */
export class SharedSynth {
  /** hop samples each: where voices are summed, in the order of `tapsOf` */
  readonly inputs: readonly Pointer[];
  /** hop samples: what is heard */
  readonly output: Pointer;
  readonly #processors: Processors;
  readonly #kernels: Heap['kernels'];
  readonly #hop: number;
  #fresh = true;

  constructor(plan: SynthPlan, context: SynthContext) {
    const outputs = new Map<number, Pointer>();
    const taps = tapsOf(plan);
    for (const index of taps) outputs.set(index, context.heap.alloc(context.hop));
    this.inputs = taps.map((index) => outputs.get(index)!);
    this.#processors = new Processors(plan, context, (node) => node.shared, outputs);
    this.output = outputs.get(plan.nodes.length - 1)!;
    this.#kernels = context.heap.kernels;
    this.#hop = context.hop;
  }

  turn(knob: Knob, value: number): void {
    this.#processors.turn(knob, value);
  }

  /** Audio thread. Empties the sums for the next segment. */
  clear(): void {
    for (let i = 0; i < this.inputs.length; i++) this.#kernels.silence(this.inputs[i], this.#hop);
  }

  /** Audio thread. Renders the segment whose voices have been summed. */
  step(): void {
    // shared processors have no controls and hear no f0
    this.#processors.step(0, 0, this.#fresh, 0, false, false);
    this.#fresh = false;
  }

  reset(): void {
    this.#processors.reset();
    this.clear();
    this.#fresh = true;
  }
}

/** Samples that sound after the input of a graph has ended: the longest way through it. */
export function synthTail(plan: SynthPlan, rates: Rates): number {
  const tails: number[] = [];
  for (const node of plan.nodes) {
    const before = node.sources.reduce((most, source) => Math.max(most, tails[source]), 0);
    tails.push(before + node.type.tail(node.options, rates));
  }
  return tails[tails.length - 1];
}
