/** The decoder over a batch: forward to its outputs, backward to the gradients of its weights. */

import { DEFAULT_INPUTS, type DecoderInput, decoderInput } from '../../../decoder/inputs';
import {
  decoderTensors,
  GRU_NAMES,
  MLP_BEHIND,
  MLP_LAYERS,
  mlpNames,
  OUT_NAMES,
} from '../../../decoder/layout';
import type { Heap, Pointer, TrainKernels } from '../../../dsp/heap';
import type { InputScale } from '../../../model/model';
import { GruLayer } from './gru';
import { Linear, type LinearShape, MlpLayer, roundUp, type Tensor } from './layers';

export interface TrainableDecoderOptions {
  /** the largest number of examples processed together */
  readonly batch: number;
  /** T, frames of an example */
  readonly frames: number;
  readonly hidden: number;
  readonly outputs: number;
  readonly inputScale: InputScale;
  /** names of the inputs; default `f0`, `loudness` */
  readonly inputs?: readonly string[];
  /** the tensors of `decoderTensors(hidden, outputs, inputs)`, concatenated; owned by the caller */
  readonly parameters: Pointer;
  /** same layout as `parameters`; accumulated */
  readonly gradients: Pointer;
}

/**
 * Internally, rows are ordered by time (row t * batch + b), so that a step of the recurrence is one contiguous
 * block. Inputs and outputs are (batch, frames, ...).
 *
 * `forward` reads the current parameters, so a step is: forward, backward, update the parameters.
 */
export class TrainableDecoder {
  /** [batch, frames, stride], in (0, 1); values after `outputs` in a row are 0 */
  readonly output: Pointer;
  /** `outputs` rounded up to a multiple of 4 */
  readonly stride: number;
  readonly #heap: Heap<TrainKernels>;
  readonly #options: TrainableDecoderOptions;
  readonly #inputs: readonly DecoderInput[];
  readonly #features: Pointer;
  readonly #before: readonly MlpLayer[];
  readonly #gru: GruLayer;
  readonly #behind: readonly MlpLayer[];
  readonly #out: Linear;
  readonly #logits: Pointer;
  readonly #scratch: readonly [Pointer, Pointer];
  #batch = 0;

  constructor(heap: Heap<TrainKernels>, options: TrainableDecoderOptions) {
    const { batch, frames, hidden, outputs, inputs = DEFAULT_INPUTS } = options;
    const rows = batch * frames;
    const wide = roundUp(hidden, 4);
    this.#heap = heap;
    this.#options = options;
    this.stride = roundUp(outputs, 4);
    this.#inputs = inputs.map((name) => decoderInput(name)!);

    const tensors = new Map<string, Tensor>();
    let offset = 0;
    for (const { name, shape } of decoderTensors(hidden, outputs, this.#inputs.length)) {
      tensors.set(name, { value: options.parameters + offset, gradient: options.gradients + offset });
      offset += shape.reduce((a, b) => a * b) * 4;
    }
    const widest = roundUp(Math.max(3 * hidden, outputs), 4);
    const workspace = {
      left: heap.alloc(roundUp(rows, 4) * widest),
      right: heap.alloc(rows * roundUp(hidden, 8)),
    };
    const linear = (shape: LinearShape, weight: string, bias: string) =>
      new Linear(heap, shape, tensors.get(weight)!, tensors.get(bias)!, workspace);

    const square = { inputs: hidden, inputStride: wide, outputs: hidden, outputStride: wide };
    const first = { ...square, inputs: inputs.length, inputStride: inputs.length };
    const gates = { ...square, outputs: 3 * hidden, outputStride: roundUp(3 * hidden, 4) };
    const last = { ...square, outputs, outputStride: this.stride };
    const mlp = (name: string, entry: LinearShape) =>
      Array.from({ length: MLP_LAYERS }, (_, layer) => {
        const { weight, bias, gamma, beta } = mlpNames(name, layer);
        const inner = linear(layer === 0 ? entry : square, weight, bias);
        return new MlpLayer(heap, inner, tensors.get(gamma)!, tensors.get(beta)!, rows);
      });
    this.#before = mlp('mlp_0', first);
    this.#gru = new GruLayer(
      heap,
      linear(gates, GRU_NAMES.inputWeight, GRU_NAMES.inputBias),
      linear(gates, GRU_NAMES.stateWeight, GRU_NAMES.stateBias),
      frames,
      batch,
    );
    this.#behind = mlp(MLP_BEHIND, square);
    this.#out = linear(last, OUT_NAMES.weight, OUT_NAMES.bias);

    this.#features = heap.alloc(rows * inputs.length);
    this.#logits = heap.alloc(rows * this.stride);
    this.#scratch = [heap.alloc(rows * wide), heap.alloc(rows * wide)];
    this.output = heap.alloc(rows * this.stride);
  }

  /**
   * @param tracks one (batch, frames) array for each input, in their order and units
   * @param batch number of examples, up to `options.batch`
   * @returns `output`
   */
  forward(tracks: readonly Pointer[], batch = this.#options.batch): Pointer {
    const { frames, outputs } = this.#options;
    if (batch < 1 || batch > this.#options.batch) {
      throw new RangeError(`batch of ${batch}: expected 1 to ${this.#options.batch}`);
    }
    const rows = frames * batch;
    this.#batch = batch;
    for (const linear of this.#linears()) linear.prepareForward();
    this.#writeFeatures(tracks);

    let x = this.#features;
    for (const layer of this.#before) x = layer.forward(x, rows);
    x = this.#gru.forward(x, batch);
    for (const layer of this.#behind) x = layer.forward(x, rows);
    this.#out.forward(this.#logits, x, rows);
    this.#eachRow((outer, inner) => {
      this.#heap.kernels.sigmoid(this.output + outer, this.#logits + inner, outputs);
    });
    return this.output;
  }

  /**
   * Call once after `forward`. Adds to the gradients of all parameters.
   * @param dOutput gradient with respect to `output`, same shape; not changed
   */
  backward(dOutput: Pointer): void {
    const { frames, outputs } = this.#options;
    const rows = frames * this.#batch;
    for (const linear of this.#linears()) if (linear !== this.#before[0].linear) linear.prepareBackward();
    this.#eachRow((outer, inner) => {
      this.#heap.kernels.sigmoidBackward(this.#logits + inner, dOutput + outer, this.output + outer, outputs);
    });
    const top = this.#behind[MLP_LAYERS - 1].output;
    const [gradient] = this.#scratch;
    this.#out.weightGradient(this.#logits, top, rows);
    this.#out.inputGradient(gradient, this.#logits, rows);
    const arrived = this.#backwardMlp(this.#behind, gradient, this.#gru.output, this.#gru.outputGradient);
    this.#gru.backward(arrived, this.#before[MLP_LAYERS - 1].output, this.#batch);
    this.#backwardMlp(this.#before, arrived, this.#features, null);
  }

  /**
   * @param dy gradient with respect to the last layer's output, one of the scratch buffers; overwritten
   * @param x input of the first layer
   * @param dx receives the gradient of x
   * @returns a free scratch buffer
   */
  #backwardMlp(layers: readonly MlpLayer[], dy: Pointer, x: Pointer, dx: Pointer | null): Pointer {
    const rows = this.#options.frames * this.#batch;
    let from = dy;
    for (let i = layers.length - 1; i > 0; i--) {
      const to = from === this.#scratch[0] ? this.#scratch[1] : this.#scratch[0];
      layers[i].backward(to, from, layers[i - 1].output, rows);
      from = to;
    }
    layers[0].backward(dx, from, x, rows);
    return from;
  }

  #linears(): readonly Linear[] {
    const mlps = [...this.#before, ...this.#behind].map((layer) => layer.linear);
    return [...mlps, this.#gru.input, this.#gru.state, this.#out];
  }

  #writeFeatures(tracks: readonly Pointer[]): void {
    const { frames, inputScale } = this.#options;
    const batch = this.#batch;
    const width = this.#inputs.length;
    const features = this.#heap.view(this.#features, batch * frames * width);
    for (const [i, input] of this.#inputs.entries()) {
      const values = this.#heap.view(tracks[i], batch * frames);
      for (let b = 0; b < batch; b++) {
        for (let t = 0; t < frames; t++) {
          features[(t * batch + b) * width + i] = input.scale(values[b * frames + t], inputScale);
        }
      }
    }
  }

  /** Byte offsets of each frame's outputs, in (batch, frames) order and in order of time. */
  #eachRow(visit: (outer: number, inner: number) => void): void {
    const { frames } = this.#options;
    const row = this.stride * 4;
    for (let b = 0; b < this.#batch; b++) {
      for (let t = 0; t < frames; t++) visit((b * frames + t) * row, (t * this.#batch + b) * row);
    }
  }
}
