/** The flat parameter vector: layout, initial values, and conversion to the tensors of a model. */

import { DECODER_PREFIX } from '../../decoder/config';
import type { ModelConfig } from '../../model/model';
import { modelTensors } from '../../model/tensors';
import { planSynth } from '../../synth/graph';
import type { Options } from '../../synth/processor';
import { trainableType } from '../../synth/registry';
import type { Pace, TrainableType } from '../../synth/trainable';

export interface ParameterSlot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

export interface ParameterLayout {
  /** decoder tensors first, in `decoderTensors`' order, then the processors' */
  readonly slots: readonly ParameterSlot[];
  readonly size: number;
}

export function parameterLayout(config: ModelConfig): ParameterLayout {
  const slots: ParameterSlot[] = [];
  let offset = 0;
  for (const [name, shape] of modelTensors(config)) {
    const size = shape.reduce((product, length) => product * length, 1);
    slots.push({ name, shape, offset, size });
    offset += size;
  }
  return { slots, size: offset };
}

/**
 * Initial values as in PyTorch: weights and biases uniform within 1 / sqrt(fan-in) (GRU: 1 / sqrt(hidden)),
 * LayerNorm 1 and 0. Processors initialise their own tensors.
 * @param random uniform in [0, 1)
 */
export function initialParameters(config: ModelConfig, random: () => number): Float32Array<ArrayBuffer> {
  const { slots, size } = parameterLayout(config);
  const values = new Float32Array(size);
  const byName = new Map(slots.map((slot) => [slot.name, slot]));
  for (const slot of slots) {
    const own = values.subarray(slot.offset, slot.offset + slot.size);
    if (!slot.name.startsWith(DECODER_PREFIX)) {
      own.set(initialOfProcessor(config, slot.name, random));
      continue;
    }
    // A LayerNorm is the second module (.1.) of an MLP layer: mlp_0.linear.2.1.weight
    if (/\.linear\.\d+\.1\./.test(slot.name)) {
      own.fill(slot.name.endsWith('weight') ? 1 : 0);
      continue;
    }
    const weight = byName.get(slot.name.replace(/\.bias$/, '.weight'));
    const fanIn = slot.name.includes('.gru.') ? config.decoder.hidden : (weight ?? slot).shape[1];
    const bound = 1 / Math.sqrt(fanIn);
    for (let i = 0; i < own.length; i++) own[i] = bound * (2 * random() - 1);
  }
  return values;
}

function initialOfProcessor(config: ModelConfig, name: string, random: () => number): Float32Array {
  const { type, options } = trainableOf(config, name);
  if (!type.initial) throw new Error(`no initial values for ${name}`);
  return type.initial(name, options, config.sampleRate, random);
}

/** Relative learning rate of each stretch of the flat vector: 1 for the decoder; processors choose their own. */
export function parameterPaces(config: ModelConfig, { slots }: ParameterLayout): Pace[] {
  return slots.flatMap(({ name, offset, size }) => {
    const whole = [{ end: size, share: 1 }];
    const paces = name.startsWith(DECODER_PREFIX) ? whole : (paceOfProcessor(config, name) ?? whole);
    return paces.map(({ end, ...pace }) => ({ end: offset + end, ...pace }));
  });
}

function paceOfProcessor(config: ModelConfig, name: string): readonly Pace[] | undefined {
  const { type, options } = trainableOf(config, name);
  return type.pace?.(name, options, config.sampleRate);
}

/** The processor that owns the tensor `name`. */
function trainableOf(config: ModelConfig, name: string): { type: TrainableType; options: Options } {
  for (const { type, options } of planSynth(config.synth).nodes) {
    const training = trainableType(type.type);
    if (training && Object.hasOwn(type.tensors(options, config.sampleRate), name)) {
      return { type: training, options };
    }
  }
  throw new Error(`no processor learns ${name}`);
}

/** Copies of the tensors by name. */
export function toTensors(layout: ParameterLayout, values: Float32Array): Record<string, Float32Array> {
  return Object.fromEntries(
    layout.slots.map(({ name, offset, size }) => [name, values.slice(offset, offset + size)]),
  );
}

/** The tensors that a model gets: as they were learned, but for what a processor finishes (`TrainableType.finish`). */
export function finishedTensors(
  config: ModelConfig,
  layout: ParameterLayout,
  values: Float32Array,
): Record<string, Float32Array> {
  const tensors = toTensors(layout, values);
  for (const name of Object.keys(tensors)) {
    if (name.startsWith(DECODER_PREFIX)) continue;
    const { type } = trainableOf(config, name);
    if (type.finish) tensors[name] = type.finish(name, tensors[name]);
  }
  return tensors;
}

/** The flat vector of a model's tensors (their shapes were validated when the model was read). */
export function fromTensors(
  layout: ParameterLayout,
  tensors: Readonly<Record<string, Float32Array>>,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(layout.size);
  for (const { name, offset, size } of layout.slots) {
    const tensor = tensors[name];
    if (!tensor) throw new Error(`tensor ${name} is missing`);
    if (tensor.length !== size)
      throw new Error(`tensor ${name} has ${tensor.length} values, expected ${size}`);
    values.set(tensor, offset);
  }
  return values;
}
