/**
 * Offline renders with a slow decoder. The render runs twice: the first run records the inputs of the voices, and the
 * second run plays the decoder's answers. Inputs never depend on answers, so both runs have the same inputs.
 */

import { type FrameDecoder, paddedControls } from '../decoder/frame-decoder';
import { FrameInputs, InputScaling } from '../decoder/frame-inputs';
import type { Heap, Pointer } from '../dsp/heap';
import type { ModelConfig } from '../model/model';
import { planSynth } from '../synth/graph';
import type { NetworkDecoder } from './network-decoder';

/** The frames of one sound of a voice, from one reset to the next. */
interface Take {
  /** (frames, inputs) */
  readonly features: number[];
  /** (frames, outputs); empty until it is decoded */
  controls: Float32Array;
}

export class Takes {
  readonly #scaling: InputScaling;
  readonly #outputs: number;
  readonly #voices: Take[][] = [];
  #played = 0;

  constructor({ decoder, synth }: ModelConfig) {
    this.#scaling = new InputScaling(decoder);
    this.#outputs = planSynth(synth).outputs;
  }

  /** Makes the decoder for the next voice of the first run. */
  recorder(heap: Heap): FrameDecoder {
    const takes: Take[] = [];
    this.#voices.push(takes);
    return new Recorder(heap, this.#outputs, new FrameInputs(this.#scaling), takes);
  }

  async decode(decoder: NetworkDecoder, signal?: AbortSignal): Promise<void> {
    for (const take of this.#voices.flat())
      take.controls = await decoder.decode(Float32Array.from(take.features), signal);
  }

  /** Makes the decoder for the next voice of the second run. */
  player(heap: Heap): FrameDecoder {
    return new Player(heap, this.#outputs, this.#voices[this.#played++]);
  }
}

/** Gives no answers, so its voice is silent. */
class Recorder implements FrameDecoder {
  readonly output: Pointer;
  #take: Take | null = null;

  constructor(
    heap: Heap,
    outputs: number,
    private readonly inputs: FrameInputs,
    private readonly takes: Take[],
  ) {
    this.output = heap.alloc(paddedControls(outputs));
  }

  step(values: Float64Array): void {
    this.#take ??= this.#begin();
    this.inputs.take(values);
    for (let i = 0; i < this.inputs.count; i++) this.#take.features.push(this.inputs.scaled(i));
  }

  #begin(): Take {
    const take = { features: [], controls: new Float32Array(0) };
    this.takes.push(take);
    return take;
  }

  reset(): void {
    this.#take = null;
    this.inputs.reset();
  }
}

class Player implements FrameDecoder {
  readonly output: Pointer;
  #take = 0;
  #frame = 0;

  constructor(
    private readonly heap: Heap,
    private readonly outputs: number,
    private readonly takes: readonly Take[],
  ) {
    this.output = heap.alloc(paddedControls(outputs));
  }

  step(): void {
    const { controls } = this.takes[this.#take];
    const from = this.#frame++ * this.outputs;
    for (let i = 0; i < this.outputs; i++) this.heap.kernels.storeValue(this.output, i, controls[from + i]);
  }

  reset(): void {
    if (this.#frame > 0) this.#take++;
    this.#frame = 0;
  }
}
