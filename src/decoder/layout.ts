/**
 * The decoder's tensors (Engel et al. 2020, appendix B.1, as realtimeDDSP arranges it):
 *
 *   inputs -> MLP(inputs -> h, 3 layers) -> GRU(h) -> MLP(h -> h, 3 layers) -> Linear(outputs) -> sigmoid
 *
 * A layer of an MLP is Linear, LayerNorm, ReLU. Names and layouts are PyTorch's: weights row-major
 * [out, in], the GRU's three gates stacked in the order r, z, n.
 *
 * Decoders that were trained elsewhere may differ (`Architecture`). Each input then has an MLP of its own before the
 * GRU (`stack_0`, `stack_1`, ...). A skip connection may take the inputs, or the outputs of these MLPs, to `mlp_1`.
 */

import { type Architecture, DEFAULT_ARCHITECTURE } from './config';

export interface TensorSpec {
  /** without the prefix `estimator.` that a model file puts before it */
  readonly name: string;
  readonly shape: readonly number[];
}

export const MLP_LAYERS = 3;

/** Names of one layer of an MLP, `layer` 0..2. */
export function mlpNames(mlp: string, layer: number) {
  const prefix = `${mlp}.linear.${layer}`;
  return {
    weight: `${prefix}.0.weight`,
    bias: `${prefix}.0.bias`,
    gamma: `${prefix}.1.weight`,
    beta: `${prefix}.1.bias`,
  } as const;
}

export const GRU_NAMES = {
  inputWeight: 'gru.weight_ih_l0',
  inputBias: 'gru.bias_ih_l0',
  stateWeight: 'gru.weight_hh_l0',
  stateBias: 'gru.bias_hh_l0',
} as const;

/** The MLP behind the GRU. */
export const MLP_BEHIND = 'mlp_1';

/** An MLP before the GRU, and the inputs that enter it. */
export interface Stack {
  readonly name: string;
  /** index of its first input */
  readonly from: number;
  /** values that enter it */
  readonly inputs: number;
}

/** The MLPs before the GRU, in the order in which their outputs enter it. */
export function stacksOf({ stacks }: Architecture, inputs: number): readonly Stack[] {
  if (stacks === 'joint') return [{ name: 'mlp_0', from: 0, inputs }];
  return Array.from({ length: inputs }, (_, i) => ({ name: `stack_${i}`, from: i, inputs: 1 }));
}

/** Values that enter the MLP behind the GRU. */
export function widthBehind(architecture: Architecture, hidden: number, inputs: number): number {
  const { skip } = architecture;
  if (skip === 'none') return hidden;
  return hidden + (skip === 'inputs' ? inputs : hidden * stacksOf(architecture, inputs).length);
}

export const OUT_NAMES = { weight: 'out.weight', bias: 'out.bias' } as const;

function mlpTensors(mlp: string, inputs: number, hidden: number): TensorSpec[] {
  return Array.from({ length: MLP_LAYERS }, (_, layer) => {
    const { weight, bias, gamma, beta } = mlpNames(mlp, layer);
    return [
      { name: weight, shape: [hidden, layer === 0 ? inputs : hidden] },
      { name: bias, shape: [hidden] },
      { name: gamma, shape: [hidden] },
      { name: beta, shape: [hidden] },
    ];
  }).flat();
}

/**
 * Every tensor of a decoder, in the order of PyTorch's state dict.
 * @param hidden h, width of every layer
 * @param outputs values of all controls in a frame
 * @param inputs values that enter in a frame
 */
export function decoderTensors(
  hidden: number,
  outputs: number,
  inputs: number,
  architecture: Architecture = DEFAULT_ARCHITECTURE,
): readonly TensorSpec[] {
  const stacks = stacksOf(architecture, inputs);
  return [
    ...stacks.flatMap((stack) => mlpTensors(stack.name, stack.inputs, hidden)),
    { name: GRU_NAMES.inputWeight, shape: [3 * hidden, hidden * stacks.length] },
    { name: GRU_NAMES.stateWeight, shape: [3 * hidden, hidden] },
    { name: GRU_NAMES.inputBias, shape: [3 * hidden] },
    { name: GRU_NAMES.stateBias, shape: [3 * hidden] },
    ...mlpTensors(MLP_BEHIND, widthBehind(architecture, hidden, inputs), hidden),
    { name: OUT_NAMES.weight, shape: [outputs, hidden] },
    { name: OUT_NAMES.bias, shape: [outputs] },
  ];
}
