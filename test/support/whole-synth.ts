/** A whole synth graph with one voice: the voice's processors, then the shared ones. */

import type { Pointer } from '../../src/dsp/heap';
import type { SynthPlan } from '../../src/synth/graph';
import type { Knob } from '../../src/synth/processor';
import { SharedSynth, type SynthContext, VoiceSynth } from '../../src/synth/stream';

export class WholeSynth {
  readonly #voice: VoiceSynth;
  readonly #shared: SharedSynth;
  readonly #context: SynthContext;

  constructor(plan: SynthPlan, context: SynthContext) {
    this.#voice = new VoiceSynth(plan, context);
    this.#shared = new SharedSynth(plan, context);
    this.#context = context;
  }

  /** hop samples: the segment last rendered */
  get output(): Pointer {
    return this.#shared.output;
  }

  turn(knob: Knob, value: number): void {
    this.#voice.turn(knob, value);
    this.#shared.turn(knob, value);
  }

  /** One frame: see `VoiceSynth.step`. */
  step(u: Pointer, f0: number, first: boolean, skip: number, resting = false): void {
    const { heap, hop } = this.#context;
    this.#voice.step(u, f0, first, skip, resting);
    this.#shared.clear();
    this.#voice.taps.forEach((tap, i) => {
      heap.kernels.addTo(this.#shared.inputs[i], tap, hop);
    });
    this.#shared.step();
  }

  reset(): void {
    this.#voice.reset();
    this.#shared.reset();
  }
}
