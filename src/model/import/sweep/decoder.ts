/**
 * The decoder in plain JavaScript, for a few hundred frames: the kernels would weigh more than the whole importer.
 * Its layers are those of src/decoder.
 */

import type { Model } from '../../model';

const LAYER_NORM_EPSILON = 1e-5;
const LAYERS = 3;

/** y = W x + b. */
function linear(weight: Float32Array, bias: Float32Array, x: Float64Array): Float64Array {
  const depth = x.length;
  const y = new Float64Array(bias.length);
  for (let row = 0; row < y.length; row++) {
    const at = row * depth;
    let [a, b, c, d] = [bias[row], 0, 0, 0];
    let i = 0;
    for (; i + 3 < depth; i += 4) {
      a += weight[at + i] * x[i];
      b += weight[at + i + 1] * x[i + 1];
      c += weight[at + i + 2] * x[i + 2];
      d += weight[at + i + 3] * x[i + 3];
    }
    for (; i < depth; i++) a += weight[at + i] * x[i];
    y[row] = a + b + (c + d);
  }
  return y;
}

function normalised(x: Float64Array, gamma: Float32Array, beta: Float32Array): Float64Array {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  const scale = 1 / Math.sqrt(variance + LAYER_NORM_EPSILON);
  return x.map((value, i) => Math.max(0, (value - mean) * scale * gamma[i] + beta[i]));
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

export class PlainDecoder {
  readonly #tensors: Model['tensors'];
  #state: Float64Array;

  constructor({ tensors, decoder }: Pick<Model, 'tensors' | 'decoder'>) {
    this.#tensors = tensors;
    this.#state = new Float64Array(decoder.hidden);
  }

  reset(): void {
    this.#state.fill(0);
  }

  /**
   * @param inputs as the decoder takes them
   * @param steps frames for which they stay
   * @returns the outputs of the last of them, in (0, 1)
   */
  hold(inputs: readonly number[], steps: number): Float64Array {
    const gates = this.#linear('gru', 'ih_l0', this.#mlp(0, Float64Array.from(inputs)));
    for (let i = 0; i < steps; i++) this.#step(gates);
    const out = this.#mlp(1, this.#state);
    return linear(this.#tensor('out.weight'), this.#tensor('out.bias'), out).map(sigmoid);
  }

  #step(gates: Float64Array): void {
    const recurrent = this.#linear('gru', 'hh_l0', this.#state);
    const width = this.#state.length;
    this.#state = this.#state.map((last, i) => {
      const reset = sigmoid(gates[i] + recurrent[i]);
      const keep = sigmoid(gates[width + i] + recurrent[width + i]);
      const next = Math.tanh(gates[2 * width + i] + reset * recurrent[2 * width + i]);
      return next + keep * (last - next);
    });
  }

  #mlp(index: number, x: Float64Array): Float64Array {
    let at = x;
    for (let layer = 0; layer < LAYERS; layer++) {
      const name = `mlp_${index}.linear.${layer}`;
      at = linear(this.#tensor(`${name}.0.weight`), this.#tensor(`${name}.0.bias`), at);
      at = normalised(at, this.#tensor(`${name}.1.weight`), this.#tensor(`${name}.1.bias`));
    }
    return at;
  }

  #linear(layer: string, name: string, x: Float64Array): Float64Array {
    return linear(this.#tensor(`${layer}.weight_${name}`), this.#tensor(`${layer}.bias_${name}`), x);
  }

  #tensor(name: string): Float32Array {
    return this.#tensors[`estimator.${name}`];
  }
}
