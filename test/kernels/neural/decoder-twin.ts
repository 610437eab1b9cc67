/**
 * The decoder again, scalar by scalar in double precision, with gradients by reverse accumulation over
 * a tape: every operation notes its operands and its derivative with respect to each.
 */

import { decoderTensors } from '../../../src/decoder/layout';

type Scalar = number;

class Tape {
  readonly values: number[] = [];
  readonly #operands: (readonly Scalar[])[] = [];
  readonly #derivatives: (readonly number[])[] = [];

  note(value: number, operands: readonly Scalar[] = [], derivatives: readonly number[] = []): Scalar {
    this.#operands.push(operands);
    this.#derivatives.push(derivatives);
    return this.values.push(value) - 1;
  }

  map(x: Scalar, value: number, derivative: number): Scalar {
    return this.note(value, [x], [derivative]);
  }

  multiply(a: Scalar, b: Scalar): Scalar {
    return this.note(this.values[a] * this.values[b], [a, b], [this.values[b], this.values[a]]);
  }

  /** sum of factor * x over the terms */
  combine(...terms: (readonly [factor: number, x: Scalar])[]): Scalar {
    return this.note(
      terms.reduce((sum, [factor, x]) => sum + factor * this.values[x], 0),
      terms.map(([, x]) => x),
      terms.map(([factor]) => factor),
    );
  }

  dot(a: readonly Scalar[], b: readonly Scalar[], plus: Scalar): Scalar {
    const at = (x: Scalar) => this.values[x];
    return this.note(
      a.reduce((sum, x, i) => sum + at(x) * at(b[i]), at(plus)),
      [...a, ...b, plus],
      [...b.map(at), ...a.map(at), 1],
    );
  }

  sigmoid(x: Scalar): Scalar {
    const y = 1 / (1 + Math.exp(-this.values[x]));
    return this.map(x, y, y * (1 - y));
  }

  tanh(x: Scalar): Scalar {
    const y = Math.tanh(this.values[x]);
    return this.map(x, y, 1 - y * y);
  }

  relu(x: Scalar): Scalar {
    const passes = this.values[x] > 0;
    return this.map(x, passes ? this.values[x] : 0, passes ? 1 : 0);
  }

  rootInverse(x: Scalar): Scalar {
    const y = 1 / Math.sqrt(this.values[x]);
    return this.map(x, y, -0.5 * y ** 3);
  }

  /** Gradients of the sum of seeds[i] * x[i] with respect to every scalar. */
  backward(x: readonly Scalar[], seeds: ArrayLike<number>): Float64Array {
    const gradients = new Float64Array(this.values.length);
    x.forEach((scalar, i) => {
      gradients[scalar] += seeds[i];
    });
    for (let node = gradients.length - 1; node >= 0; node--) {
      this.#operands[node].forEach((operand, i) => {
        gradients[operand] += gradients[node] * this.#derivatives[node][i];
      });
    }
    return gradients;
  }
}

/**
 * @param parameters flat, in the order of `decoderTensors`
 * @param inputs one [pitch, loudness] a frame (as they enter the decoder), for each example
 */
export class DecoderTwin {
  readonly #tape = new Tape();
  readonly #parameters: readonly Scalar[];
  readonly #outputs: readonly Scalar[];

  constructor(
    hidden: number,
    outputs: number,
    parameters: ArrayLike<number>,
    inputs: readonly (readonly (readonly [number, number])[])[],
  ) {
    this.#parameters = Array.from(parameters, (value) => this.#tape.note(value));
    const tensors = new Map<string, Scalar[]>();
    let offset = 0;
    for (const { name, shape } of decoderTensors(hidden, outputs, 2)) {
      const size = shape.reduce((a, b) => a * b);
      tensors.set(name, this.#parameters.slice(offset, offset + size));
      offset += size;
    }
    const get = (name: string) => tensors.get(name)!;
    this.#outputs = inputs.flatMap((frames) => this.#example(hidden, get, frames));
  }

  /** [examples, frames, outputs] */
  get outputs(): number[] {
    return this.#outputs.map((x) => this.#tape.values[x]);
  }

  /** Gradients of the parameters for the given gradients of the outputs. */
  gradients(dOutputs: ArrayLike<number>): Float64Array {
    const all = this.#tape.backward(this.#outputs, dOutputs);
    return Float64Array.from(this.#parameters, (x) => all[x]);
  }

  #example(
    hidden: number,
    get: (name: string) => Scalar[],
    frames: readonly (readonly [number, number])[],
  ): Scalar[] {
    const tape = this.#tape;
    let state = Array.from({ length: hidden }, () => tape.note(0));
    return frames.flatMap((frame) => {
      let x = frame.map((value) => tape.note(value));
      x = this.#mlp('mlp_0', get, x);
      const i = this.#linear(get('gru.weight_ih_l0'), get('gru.bias_ih_l0'), x);
      const h = this.#linear(get('gru.weight_hh_l0'), get('gru.bias_hh_l0'), state);
      state = state.map((before, j) => {
        const r = tape.sigmoid(tape.combine([1, i[j]], [1, h[j]]));
        const z = tape.sigmoid(tape.combine([1, i[hidden + j]], [1, h[hidden + j]]));
        const n = tape.tanh(tape.combine([1, i[2 * hidden + j]], [1, tape.multiply(r, h[2 * hidden + j])]));
        return tape.combine([1, n], [-1, tape.multiply(z, n)], [1, tape.multiply(z, before)]);
      });
      x = this.#mlp('mlp_1', get, state);
      return this.#linear(get('out.weight'), get('out.bias'), x).map((y) => tape.sigmoid(y));
    });
  }

  #linear(weight: Scalar[], bias: Scalar[], x: Scalar[]): Scalar[] {
    return bias.map((b, row) => this.#tape.dot(weight.slice(row * x.length, (row + 1) * x.length), x, b));
  }

  #mlp(name: string, get: (name: string) => Scalar[], input: Scalar[]): Scalar[] {
    const tape = this.#tape;
    let x = input;
    for (const layer of [0, 1, 2]) {
      const prefix = `${name}.linear.${layer}`;
      const y = this.#linear(get(`${prefix}.0.weight`), get(`${prefix}.0.bias`), x);
      const share = 1 / y.length;
      const mean = tape.combine(...y.map((v) => [share, v] as const));
      const centred = y.map((v) => tape.combine([1, v], [-1, mean]));
      const variance = tape.combine(...centred.map((v) => [share, tape.multiply(v, v)] as const));
      const scale = tape.rootInverse(tape.combine([1, variance], [1, tape.note(1e-5)]));
      const gamma = get(`${prefix}.1.weight`);
      const beta = get(`${prefix}.1.bias`);
      x = centred.map((v, i) =>
        tape.relu(tape.combine([1, tape.multiply(gamma[i], tape.multiply(v, scale))], [1, beta[i]])),
      );
    }
    return x;
  }
}
