/**
 * The decoder in plain JavaScript, for a few hundred frames: the kernels would weigh more than the whole importer.
 * Its layers are those of src/decoder.
 */

import { type Architecture, DECODER_PREFIX, DEFAULT_ARCHITECTURE } from '../../../decoder/config';
import { MLP_BEHIND, MLP_LAYERS, mlpNames, type Stack, stacksOf } from '../../../decoder/layout';
import type { Model } from '../../model';

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

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Parts of a vector one behind the other. */
function joined(...parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

export class PlainDecoder {
  readonly #tensors: Model['tensors'];
  readonly #architecture: Architecture;
  readonly #stacks: readonly Stack[];
  #state: Float64Array;

  /** @param inputs values of a frame */
  constructor({ tensors, decoder }: Pick<Model, 'tensors' | 'decoder'>, inputs = 2) {
    this.#tensors = tensors;
    this.#architecture = decoder.architecture ?? DEFAULT_ARCHITECTURE;
    this.#stacks = stacksOf(this.#architecture, inputs);
    this.#state = new Float64Array(decoder.hidden);
  }

  reset(): void {
    this.#state.fill(0);
  }

  /**
   * @param values as the decoder takes them
   * @param steps frames for which they stay
   * @returns the outputs of the last of them, in (0, 1)
   */
  hold(values: readonly number[], steps: number): Float64Array {
    const inputs = Float64Array.from(values);
    const features = joined(
      ...this.#stacks.map(({ name, from, inputs: count }) =>
        this.#mlp(name, inputs.subarray(from, from + count)),
      ),
    );
    const gates = this.#gates('ih', features);
    for (let i = 0; i < steps; i++) this.#step(gates);
    const { skip } = this.#architecture;
    let behind = this.#state;
    if (skip === 'inputs') behind = joined(behind, inputs);
    if (skip === 'stacks') behind = joined(features, behind);
    const out = this.#mlp(MLP_BEHIND, behind);
    return linear(this.#tensor('out.weight'), this.#tensor('out.bias'), out).map(sigmoid);
  }

  #step(gates: Float64Array): void {
    const recurrent = this.#gates('hh', this.#state);
    const width = this.#state.length;
    this.#state = this.#state.map((last, i) => {
      const reset = sigmoid(gates[i] + recurrent[i]);
      const keep = sigmoid(gates[width + i] + recurrent[width + i]);
      const next = Math.tanh(gates[2 * width + i] + reset * recurrent[2 * width + i]);
      return next + keep * (last - next);
    });
  }

  #mlp(name: string, x: Float64Array): Float64Array {
    const { slope, epsilon } = this.#architecture;
    let at = x;
    for (let layer = 0; layer < MLP_LAYERS; layer++) {
      const { weight, bias, gamma, beta } = mlpNames(name, layer);
      at = linear(this.#tensor(weight), this.#tensor(bias), at);
      const mean = at.reduce((sum, value) => sum + value, 0) / at.length;
      const variance = at.reduce((sum, value) => sum + (value - mean) ** 2, 0) / at.length;
      const [scale, gain, offset] = [
        1 / Math.sqrt(variance + epsilon),
        this.#tensor(gamma),
        this.#tensor(beta),
      ];
      at = at.map((value, i) => {
        const normal = (value - mean) * scale * gain[i] + offset[i];
        return normal < 0 ? slope * normal : normal;
      });
    }
    return at;
  }

  #gates(name: string, x: Float64Array): Float64Array {
    return linear(this.#tensor(`gru.weight_${name}_l0`), this.#tensor(`gru.bias_${name}_l0`), x);
  }

  #tensor(name: string): Float32Array {
    return this.#tensors[DECODER_PREFIX + name];
  }
}
