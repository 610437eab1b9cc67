/** A model's decoder as an ONNX file, and the model that names that file. */

import { DECODER_PREFIX, DEFAULT_ARCHITECTURE } from '../../../decoder/config';
import { DEFAULT_INPUTS } from '../../../decoder/inputs';
import { GRU_NAMES, MLP_BEHIND, MLP_LAYERS, mlpNames, OUT_NAMES, stacksOf } from '../../../decoder/layout';
import { networkShape } from '../../../decoder/network';
import { planSynth } from '../../../synth/graph';
import { ModelError } from '../../errors';
import type { Model } from '../../model';
import { modelTensors } from '../../tensors';
import { type OnnxAttribute, type OnnxNode, type OnnxTensor, writeOnnx } from './file';

/**
 * The decoder as it is, its weights in float32. Names of tensors are those of the model file.
 * @returns the file; the same model gives the same bytes
 * @throws ModelError `metadata` for a model whose decoder is a network of its own
 */
export function exportDecoder(model: Model): Uint8Array {
  if (model.decoder.network !== undefined)
    throw new ModelError(
      'metadata',
      `decoder.network: this model's decoder is ${model.decoder.network} already`,
    );
  const { hidden, inputs = DEFAULT_INPUTS } = model.decoder;
  const { features, state, controls, nextState } = networkShape(
    inputs.length,
    hidden,
    planSynth(model.synth).outputs,
  );
  const graph = new DecoderGraph(model);
  graph.decoder(features.name, state.name, controls.name, nextState.name);
  const { nodes, tensors } = graph;
  return writeOnnx({
    name: 'decoder',
    ...{ nodes, tensors },
    inputs: [features, state],
    outputs: [controls, nextState],
  });
}

/** The model whose decoder is the network in a file of that name. */
export function withNetwork(model: Model, network: string): Model {
  const tensors = Object.entries(model.tensors).filter(([name]) => !name.startsWith(DECODER_PREFIX));
  return { ...model, decoder: { ...model.decoder, network }, tensors: Object.fromEntries(tensors) };
}

class DecoderGraph {
  readonly nodes: OnnxNode[] = [];
  readonly tensors: OnnxTensor[] = [];
  readonly #model: Model;
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  #values = 0;

  constructor(model: Model) {
    this.#model = model;
    this.#shapes = modelTensors(model);
  }

  decoder(features: string, state: string, controls: string, nextState: string): void {
    const { inputs = DEFAULT_INPUTS, architecture = DEFAULT_ARCHITECTURE } = this.#model.decoder;
    const stacks = stacksOf(architecture, inputs.length).map(({ name, from, inputs: width }) => {
      this.#firstLayer(mlpNames(name, 0).weight, from, width, inputs.length);
      return this.#mlp(name, features);
    });
    const heard = this.#join(stacks);
    this.#gru(heard, state, nextState);
    const past = { none: [nextState], inputs: [nextState, features], stacks: [...stacks, nextState] };
    const behind = this.#mlp(MLP_BEHIND, this.#join(past[architecture.skip]));
    const logits = this.#linear(OUT_NAMES.weight, OUT_NAMES.bias, behind);
    this.#node('Sigmoid', [logits], [controls]);
  }

  #mlp(name: string, input: string): string {
    const { slope, epsilon } = this.#model.decoder.architecture ?? DEFAULT_ARCHITECTURE;
    let x = input;
    for (let layer = 0; layer < MLP_LAYERS; layer++) {
      const { weight, bias, gamma, beta } = mlpNames(name, layer);
      const scale = [this.#tensor(gamma), this.#tensor(beta)];
      const attributes = { axis: { int: -1 }, epsilon: { float: epsilon } };
      const [even] = this.#node(
        'LayerNormalization',
        [this.#linear(weight, bias, x), ...scale],
        undefined,
        attributes,
      );
      [x] =
        slope === 0
          ? this.#node('Relu', [even])
          : this.#node('LeakyRelu', [even], undefined, { alpha: { float: slope } });
    }
    return x;
  }

  /** PyTorch's GRU: its reset gate applies to the recurrent product with its bias. */
  #gru(input: string, state: string, nextState: string): void {
    const { inputWeight, inputBias, stateWeight, stateBias } = GRU_NAMES;
    const thirds = () => Array.from({ length: 3 }, () => this.#name());
    const axis = { axis: { int: 1 } };
    const [xr, xz, xn] = this.#node('Split', [this.#linear(inputWeight, inputBias, input)], thirds(), axis);
    const [hr, hz, hn] = this.#node('Split', [this.#linear(stateWeight, stateBias, state)], thirds(), axis);
    const gate = (a: string, b: string) => this.#node('Sigmoid', this.#node('Add', [a, b]))[0];
    const reset = this.#node('Mul', [gate(xr, hr), hn]);
    const [news] = this.#node('Tanh', this.#node('Add', [xn, ...reset]));
    const kept = this.#node('Mul', [gate(xz, hz), ...this.#node('Sub', [state, news])]);
    this.#node('Add', [news, ...kept], [nextState]);
  }

  #linear(weight: string, bias: string, x: string): string {
    const transposed = { transB: { int: 1 } };
    return this.#node('Gemm', [x, this.#tensor(weight), this.#tensor(bias)], undefined, transposed)[0];
  }

  #join(values: readonly string[]): string {
    return values.length === 1 ? values[0] : this.#node('Concat', values, undefined, { axis: { int: 1 } })[0];
  }

  #node(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[] = [this.#name()],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
  ): readonly string[] {
    this.nodes.push({ type, inputs, outputs, attributes });
    return outputs;
  }

  #name(): string {
    return `v${this.#values++}`;
  }

  /** A stack that hears some of the features has zeros in the columns of the others. */
  #firstLayer(name: string, from: number, width: number, features: number): void {
    if (width === features) return;
    const narrow = this.#model.tensors[DECODER_PREFIX + name];
    const rows = narrow.length / width;
    const values = new Float32Array(rows * features);
    for (let row = 0; row < rows; row++)
      values.set(narrow.subarray(row * width, (row + 1) * width), row * features + from);
    this.tensors.push({ name, shape: [rows, features], values });
  }

  #tensor(name: string): string {
    if (this.tensors.every((tensor) => tensor.name !== name)) {
      const shape = this.#shapes.get(DECODER_PREFIX + name)!;
      this.tensors.push({ name, shape, values: this.#model.tensors[DECODER_PREFIX + name] });
    }
    return name;
  }
}
