/**
 * The decoder, one frame at a time. `Decoder` holds what all voices share: packed weights and scratch.
 * `DecoderStream` is one voice's: its recurrent state, and a frame of controls out for a frame of inputs in.
 *
 * Memory is taken by the constructors; `step` and `reset` allocate nothing and hold no views.
 */

import type { Heap, Pointer } from '../dsp/heap';
import { DdspError } from '../errors';
import { type Architecture, DEFAULT_ARCHITECTURE, type InputScale, type LoudnessScale } from './config';
import { type FrameDecoder, paddedControls } from './frame-decoder';
import { FrameInputs, InputScaling } from './frame-inputs';
import { DEFAULT_INPUTS } from './inputs';
import { type Linear, linear, MlpLayer, paddedRows } from './layers';
import {
  decoderTensors,
  GRU_NAMES,
  MLP_BEHIND,
  MLP_LAYERS,
  mlpNames,
  OUT_NAMES,
  type Stack,
  stacksOf,
  widthBehind,
} from './layout';

/** steps of the same inputs after which the state is compared with what it was */
const SETTLING = 64;
/** a few roundings of a state within (-1, 1) */
const IN_PLACE = 1e-6;

export interface DecoderShape {
  /** h, any size */
  readonly hidden: number;
  /** values of all controls in a frame, any number */
  readonly outputs: number;
  readonly inputScale: InputScale;
  /** default `f0`, `loudness` */
  readonly inputs?: readonly string[];
  readonly loudness?: LoudnessScale;
  /** default `DEFAULT_ARCHITECTURE` */
  readonly architecture?: Architecture;
}

export class Decoder {
  readonly heap: Heap;
  readonly hidden: number;
  readonly outputs: number;
  /** how each input enters */
  readonly scaling: InputScaling;
  readonly #stacks: readonly (Stack & { readonly layers: readonly MlpLayer[] })[];
  readonly #skip: Architecture['skip'];
  readonly #gatesOfInput: Linear;
  readonly #gatesOfState: Linear;
  readonly #behind: readonly MlpLayer[];
  readonly #out: Linear;
  /** outputs of the stacks, concatenated */
  readonly #features: Pointer;
  /** input of the layers after the GRU, where a skip connection adds to its output */
  readonly #joined: Pointer;
  readonly #ping: Pointer;
  readonly #pong: Pointer;
  readonly #gates: Pointer;
  readonly #recurrent: Pointer;
  readonly #logits: Pointer;

  /**
   * @param weights tensors by their names in `decoderTensors`; not asked for where the heap has tables
   * @throws DdspError if a tensor has another size than `decoderTensors` says
   */
  constructor(heap: Heap, weights: (name: string) => Float32Array, shape: DecoderShape) {
    const { hidden, outputs, inputs = DEFAULT_INPUTS, architecture = DEFAULT_ARCHITECTURE } = shape;
    const sizes = new Map(
      decoderTensors(hidden, outputs, inputs.length, architecture).map(({ name, shape: extents }) => [
        name,
        extents.reduce((a, b) => a * b),
      ]),
    );
    const values = (name: string) => {
      const tensor = weights(name);
      const expected = sizes.get(name);
      if (tensor.length === expected) return tensor;
      throw new DdspError(
        'decoder-tensor',
        `decoder: ${name} has ${tensor.length} values, expected ${expected}`,
      );
    };
    const layer = (rows: number, depth: number, weight: string, bias: string) =>
      linear(heap, rows, depth, { weight, bias }, values);
    const mlp = (name: string, depth: number) =>
      Array.from({ length: MLP_LAYERS }, (_, index) => {
        const names = mlpNames(name, index);
        return new MlpLayer(heap, hidden, index === 0 ? depth : hidden, names, values, architecture);
      });
    const stacks = stacksOf(architecture, inputs.length);
    const behind = widthBehind(architecture, hidden, inputs.length);
    this.heap = heap;
    this.hidden = hidden;
    this.outputs = outputs;
    this.scaling = new InputScaling(shape);
    this.#stacks = stacks.map((stack) => ({ ...stack, layers: mlp(stack.name, stack.inputs) }));
    this.#skip = architecture.skip;
    const { inputWeight, inputBias, stateWeight, stateBias } = GRU_NAMES;
    this.#gatesOfInput = layer(3 * hidden, hidden * stacks.length, inputWeight, inputBias);
    this.#gatesOfState = layer(3 * hidden, hidden, stateWeight, stateBias);
    this.#behind = mlp(MLP_BEHIND, behind);
    this.#out = layer(outputs, hidden, OUT_NAMES.weight, OUT_NAMES.bias);
    this.#features = heap.alloc(paddedRows(hidden * stacks.length));
    this.#joined = heap.alloc(behind);
    this.#ping = heap.alloc(paddedRows(hidden));
    this.#pong = heap.alloc(paddedRows(hidden));
    this.#gates = heap.alloc(paddedRows(3 * hidden));
    this.#recurrent = heap.alloc(paddedRows(3 * hidden));
    this.#logits = heap.alloc(paddedRows(outputs));
  }

  /**
   * Audio thread. One frame.
   * @param output room for `outputs` values in (0, 1)
   * @param state h values: the new state
   * @param last the state before; may be `state`
   */
  run(output: Pointer, inputs: Pointer, state: Pointer, last: Pointer): void {
    const { kernels } = this.heap;
    const { hidden } = this;
    const stacks = this.#stacks;
    for (let i = 0; i < stacks.length; i++) {
      const { layers, from } = stacks[i];
      kernels.move(this.#features + i * hidden * 4, this.#runMlp(layers, inputs + from * 4), hidden);
    }
    this.#gatesOfInput.run(this.#gates, this.#features);
    this.#gatesOfState.run(this.#recurrent, last);
    kernels.gruCell(state, last, this.#gates, this.#recurrent, 1, hidden, hidden, 3 * hidden);
    this.#out.run(this.#logits, this.#runMlp(this.#behind, this.#behindGru(state, inputs)));
    kernels.sigmoid(output, this.#logits, this.outputs);
  }

  /** The GRU's state, and the skip connection. */
  #behindGru(state: Pointer, inputs: Pointer): Pointer {
    if (this.#skip === 'none') return state;
    const { kernels } = this.heap;
    const width = this.hidden * 4;
    if (this.#skip === 'inputs') {
      kernels.move(this.#joined, state, this.hidden);
      kernels.move(this.#joined + width, inputs, this.scaling.inputs.length);
    } else {
      const count = this.hidden * this.#stacks.length;
      kernels.move(this.#joined, this.#features, count);
      kernels.move(this.#joined + count * 4, state, this.hidden);
    }
    return this.#joined;
  }

  #runMlp(layers: readonly MlpLayer[], x: Pointer): Pointer {
    let from = x;
    for (let i = 0; i < layers.length; i++) {
      const to = from === this.#ping ? this.#pong : this.#ping;
      layers[i].run(to, from);
      from = to;
    }
    return from;
  }
}

export class DecoderStream implements FrameDecoder {
  readonly output: Pointer;
  readonly #decoder: Decoder;
  readonly #values: FrameInputs;
  readonly #inputs: Pointer;
  readonly #state: Pointer;
  /** the state some steps ago */
  readonly #remembered: Pointer;
  /** stays zero: the state before the first frame */
  readonly #silence: Pointer;
  #fresh = true;
  /** steps since the inputs last changed */
  #steady = 0;
  #settled = false;

  constructor(decoder: Decoder) {
    const { heap, hidden, outputs, scaling } = decoder;
    this.#decoder = decoder;
    this.#values = new FrameInputs(scaling);
    this.#inputs = heap.alloc(scaling.inputs.length);
    this.#state = heap.alloc(hidden);
    this.#remembered = heap.alloc(hidden);
    this.#silence = heap.filled(`zeros/${hidden}`, hidden, () => {});
    this.output = heap.alloc(paddedControls(outputs));
  }

  step(values: Float64Array): void {
    const decoder = this.#decoder;
    const inputs = this.#values;
    const isNews = inputs.take(values);
    if (this.#settled && !isNews) return;
    const { kernels } = decoder.heap;
    for (let i = 0; i < inputs.count; i++) kernels.storeValue(this.#inputs, i, inputs.scaled(i));
    decoder.run(this.output, this.#inputs, this.#state, this.#fresh ? this.#silence : this.#state);
    this.#fresh = false;
    this.#steady = isNews ? 0 : this.#steady + 1;
    if (this.#steady % SETTLING === 0) this.#settle();
  }

  reset(): void {
    this.#fresh = true;
    this.#steady = 0;
    this.#settled = false;
    this.#values.reset();
  }

  /**
   * While the inputs stay the same, the state converges. Once it no longer moves, further steps would change nothing
   * that is heard. They are skipped until the inputs change.
   */
  #settle(): void {
    const { heap, hidden } = this.#decoder;
    const moved = heap.kernels.distance(this.#state, this.#remembered, hidden);
    this.#settled = this.#steady > 0 && moved <= IN_PLACE;
    heap.kernels.move(this.#remembered, this.#state, hidden);
  }
}
