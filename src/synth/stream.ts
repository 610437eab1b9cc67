/** The synth graph at work on a stream: one segment a frame. */

import type { Pointer } from '../dsp/heap';
import type { SynthPlan } from './graph';
import type { Knob, ProcessorStream, StreamContext } from './processor';
import { seedOf } from './seeds';

export class SynthStream {
  /** hop samples: the segment last rendered */
  readonly output: Pointer;
  /** samples the synth renders late, beyond a hop */
  readonly lookahead: number;
  readonly #streams: readonly ProcessorStream[];
  readonly #offsets: readonly number[];
  readonly #byKnob: Record<Knob, ProcessorStream[]> = { harmonics: [], noise: [], reverb: [] };

  constructor(plan: SynthPlan, context: Omit<StreamContext, 'lookahead'>) {
    this.lookahead = plan.nodes.reduce(
      (most, node) => Math.max(most, node.type.lookahead(node.options, context)),
      0,
    );
    const streams: ProcessorStream[] = [];
    for (const node of plan.nodes) {
      const audio = node.sources.map((source) => streams[source].output);
      const own = { ...context, lookahead: this.lookahead, seed: seedOf(context.seed, node.randomSource) };
      const stream = node.type.stream(own, node.options, audio);
      streams.push(stream);
      if (node.type.knob) this.#byKnob[node.type.knob].push(stream);
    }
    this.#streams = streams;
    this.#offsets = plan.nodes.map((node) => node.offset * 4);
    this.output = streams[streams.length - 1].output;
  }

  /** Audio thread. Sets where every processor with this knob moves to over the next segment. */
  turn(knob: Knob, value: number): void {
    const streams = this.#byKnob[knob];
    for (let i = 0; i < streams.length; i++) streams[i].knob = value;
  }

  /**
   * Audio thread. One frame: see `ProcessorStream.control` and `.render`.
   * @param resting nobody hears the sources: only what they have sounded is rendered
   */
  step(u: Pointer, f0: number, first: boolean, skip: number, resting = false): void {
    const streams = this.#streams;
    for (let i = 0; i < streams.length; i++) {
      const stream = streams[i];
      stream.control(u + this.#offsets[i], f0, first);
      if (resting && stream.rest) stream.rest();
      else stream.render(skip);
    }
  }

  reset(): void {
    for (const stream of this.#streams) stream.reset();
  }
}

/** Samples that sound after the input of a graph has ended: the longest way through it. */
export function synthTail(
  plan: SynthPlan,
  context: { sampleRate: number; modelRate: number; hop: number },
): number {
  const tails: number[] = [];
  for (const node of plan.nodes) {
    const before = node.sources.reduce((most, source) => Math.max(most, tails[source]), 0);
    tails.push(before + node.type.tail(node.options, context));
  }
  return tails[tails.length - 1];
}
