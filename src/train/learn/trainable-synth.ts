/** The synth graph over one example: forward in graph order, backward in reverse. */

import type { Pointer } from '../../dsp/heap';
import { SynthGraphError, type SynthPlan } from '../../synth/graph';
import { trainableType } from '../../synth/registry';
import type { NoiseInput, TrainableProcessor, TrainContext } from '../../synth/trainable';

export class TrainableSynth {
  /** T * H samples: the output of the graph */
  readonly signal: Pointer;
  /** gradient with respect to `signal`; the caller adds to it between forward and backward */
  readonly gradient: Pointer;
  /** the random sources of the processors, in graph order */
  readonly randomness: readonly NoiseInput[];
  readonly #processors: readonly TrainableProcessor[];
  readonly #offsets: readonly number[];
  readonly #context: TrainContext;

  constructor(plan: SynthPlan, context: TrainContext) {
    const processors: TrainableProcessor[] = [];
    for (const node of plan.nodes) {
      const type = trainableType(node.type.type);
      if (!type) throw new SynthGraphError(`synth.${node.name}: ${node.type.type} cannot be trained`);
      processors.push(
        type.create(
          context,
          node.options,
          node.sources.map((source) => processors[source]),
        ),
      );
    }
    this.#processors = processors;
    this.#offsets = plan.nodes.map((node) => node.offset * 4);
    const last = processors[processors.length - 1];
    this.signal = last.signal;
    this.gradient = last.gradient;
    this.randomness = processors.flatMap((processor) => processor.randomness ?? []);
    this.#context = context;
  }

  /** Call once per batch, after setting the parameters: see `TrainableProcessor.begin`. */
  begin(): void {
    for (const processor of this.#processors) processor.begin();
  }

  /** @param u decoder outputs of the example's frame 0; @param f0 T values, Hz. Zeroes all gradients. */
  forward(u: Pointer, f0: Pointer): void {
    const { heap, frames, hop } = this.#context;
    for (const { gradient } of this.#processors) heap.view(gradient, frames * hop).fill(0);
    for (let i = 0; i < this.#processors.length; i++) this.#processors[i].forward(u + this.#offsets[i], f0);
  }

  /** @param du gradient with respect to `u`; accumulated */
  backward(u: Pointer, f0: Pointer, du: Pointer): void {
    for (let i = this.#processors.length - 1; i >= 0; i--) {
      this.#processors[i].backward(u + this.#offsets[i], f0, du + this.#offsets[i]);
    }
  }

  /** Call once per batch: see `TrainableProcessor.end`. */
  end(): void {
    for (const processor of this.#processors) processor.end();
  }
}
