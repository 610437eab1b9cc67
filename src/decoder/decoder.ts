/** The decoder at work on a stream: a frame of pitch and loudness in, a frame of controls out. */

import type { Heap, Pointer } from '../dsp/heap';
import type { InputScale } from './config';
import { Linear, MlpLayer, paddedRows } from './layers';
import {
  DECODER_INPUTS,
  decoderTensors,
  GRU_NAMES,
  loudnessInput,
  MLP_LAYERS,
  mlpNames,
  OUT_NAMES,
  pitchInput,
} from './layout';

/** steps of the same inputs after which the state is compared with what it was */
const SETTLING = 64;
/** a few roundings of a state within (-1, 1) */
const IN_PLACE = 1e-6;

/**
 * Memory is taken by the constructor; `step` and `reset` allocate nothing and hold no views. Values that
 * are not finite never reach the recurrent state, from which they would not leave again: such a frame
 * repeats the last good inputs.
 */
export class DecoderStream {
  /** `outputs` values in (0, 1), then zeros up to a multiple of 4 */
  readonly output: Pointer;
  readonly #kernels: Heap['kernels'];
  readonly #scale: InputScale;
  readonly #hidden: number;
  readonly #outputs: number;
  readonly #before: readonly MlpLayer[];
  readonly #gatesOfInput: Linear;
  readonly #gatesOfState: Linear;
  readonly #behind: readonly MlpLayer[];
  readonly #out: Linear;
  readonly #inputs: Pointer;
  readonly #ping: Pointer;
  readonly #pong: Pointer;
  readonly #gates: Pointer;
  readonly #recurrent: Pointer;
  readonly #state: Pointer;
  /** the state some steps ago */
  readonly #remembered: Pointer;
  /** stays zero: the state before the first frame */
  readonly #silence: Pointer;
  readonly #logits: Pointer;
  #fresh = true;
  /** steps since the inputs last changed */
  #steady = 0;
  #settled = false;
  #f0 = 440;
  #loudness = -80;

  /**
   * @param weights tensors by their names in `decoderTensors`; not asked for where the heap has tables
   * @param hidden h, any size
   * @param outputs controls a frame, any number
   * @throws Error if a tensor has another size than `decoderTensors` says
   */
  constructor(
    heap: Heap,
    weights: (name: string) => Float32Array,
    hidden: number,
    outputs: number,
    inputScale: InputScale,
  ) {
    const sizes = new Map(
      decoderTensors(hidden, outputs).map(({ name, shape }) => [name, shape.reduce((a, b) => a * b)]),
    );
    const values = (name: string) => () => {
      const tensor = weights(name);
      const expected = sizes.get(name);
      if (tensor.length === expected) return tensor;
      throw new Error(`decoder: ${name} has ${tensor.length} values, expected ${expected}`);
    };
    const linear = (rows: number, weight: string, bias: string) =>
      new Linear(heap, rows, hidden, values(weight), values(bias));
    const mlp = (index: number, inputs: number) =>
      Array.from({ length: MLP_LAYERS }, (_, layer) => {
        const { weight, bias, gamma, beta } = mlpNames(index, layer);
        const depth = layer === 0 ? inputs : hidden;
        return new MlpLayer(heap, hidden, depth, values(weight), values(bias), values(gamma), values(beta));
      });
    this.#kernels = heap.kernels;
    this.#scale = inputScale;
    this.#hidden = hidden;
    this.#outputs = outputs;
    this.#before = mlp(0, DECODER_INPUTS);
    this.#gatesOfInput = linear(3 * hidden, GRU_NAMES.inputWeight, GRU_NAMES.inputBias);
    this.#gatesOfState = linear(3 * hidden, GRU_NAMES.stateWeight, GRU_NAMES.stateBias);
    this.#behind = mlp(1, hidden);
    this.#out = linear(outputs, OUT_NAMES.weight, OUT_NAMES.bias);
    this.#inputs = heap.alloc(DECODER_INPUTS);
    this.#ping = heap.alloc(paddedRows(hidden));
    this.#pong = heap.alloc(paddedRows(hidden));
    this.#gates = heap.alloc(paddedRows(3 * hidden));
    this.#recurrent = heap.alloc(paddedRows(3 * hidden));
    this.#state = heap.alloc(hidden);
    this.#remembered = heap.alloc(hidden);
    this.#silence = heap.alloc(hidden);
    this.#logits = heap.alloc(paddedRows(outputs));
    this.output = heap.alloc(Math.ceil(outputs / 4) * 4);
  }

  /**
   * Audio thread. One frame.
   * @param f0 Hz, > 0
   * @param loudness dB
   */
  step(f0: number, loudness: number): void {
    const isNews =
      (Number.isFinite(f0) && f0 !== this.#f0) || (Number.isFinite(loudness) && loudness !== this.#loudness);
    if (this.#settled && !isNews) return;
    if (Number.isFinite(f0)) this.#f0 = f0;
    if (Number.isFinite(loudness)) this.#loudness = loudness;
    const kernels = this.#kernels;
    const hidden = this.#hidden;
    kernels.storePair(this.#inputs, pitchInput(this.#scale, this.#f0), loudnessInput(this.#loudness));

    const features = this.#runMlp(this.#before, this.#inputs);
    const last = this.#fresh ? this.#silence : this.#state;
    this.#fresh = false;
    this.#gatesOfInput.run(this.#gates, features);
    this.#gatesOfState.run(this.#recurrent, last);
    kernels.gruCell(this.#state, last, this.#gates, this.#recurrent, 1, hidden, hidden, 3 * hidden);
    this.#steady = isNews ? 0 : this.#steady + 1;
    if (this.#steady % SETTLING === 0) this.#settle();

    this.#out.run(this.#logits, this.#runMlp(this.#behind, this.#state));
    kernels.sigmoid(this.output, this.#logits, this.#outputs);
  }

  /** Back to the state before the first frame. */
  reset(): void {
    this.#fresh = true;
    this.#steady = 0;
    this.#settled = false;
    this.#f0 = 440;
    this.#loudness = -80;
  }

  /**
   * Under inputs that stay the same the state comes to rest. Where it is found in the same place again, further
   * steps would change nothing that is heard, and are left out until the inputs change.
   */
  #settle(): void {
    const kernels = this.#kernels;
    const moved = kernels.distance(this.#state, this.#remembered, this.#hidden);
    this.#settled = this.#steady > 0 && moved <= IN_PLACE;
    kernels.move(this.#remembered, this.#state, this.#hidden);
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
