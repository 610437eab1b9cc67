/**
 * Reads a synth graph: resolves types, options and connections, and lays out the decoder's outputs.
 *
 * Nothing here renders; `SynthStream` and the trainer's `TrainableSynth` both step through the plan that
 * `planSynth` returns.
 */

import { DdspError, type DdspErrorOptions } from '../errors';
import type { SynthGraph, SynthNode } from './description';
import type { ControlSpec, Options, ProcessorType } from './processor';
import { processorTypes } from './registry';

export interface PlannedNode {
  readonly name: string;
  readonly type: ProcessorType;
  readonly options: Options;
  /** indices of the nodes that feed its audio inputs, in the type's order */
  readonly sources: readonly number[];
  readonly controls: readonly ControlSpec[];
  /** index of its first value among the decoder's outputs */
  readonly offset: number;
  /** runs once, on the sum of all voices, and not in each of them: see `markShared` */
  shared: boolean;
  /** its number among the graph's random processors, 0 if it is not random; see seeds.ts */
  readonly randomSource: number;
}

export interface SynthPlan {
  readonly nodes: readonly PlannedNode[];
  /** values that the decoder puts out per frame */
  readonly outputs: number;
}

/** A graph that cannot be built; `message` names the processor and the field. */
export class SynthGraphError extends DdspError {
  override readonly name = 'SynthGraphError';

  constructor(message: string, options?: DdspErrorOptions) {
    super('synth-graph', message, options);
  }
}

/**
 * @throws SynthGraphError for an unknown type or option, an option out of range, an audio input that does not name
 *   an earlier processor, a name used twice, or an empty graph
 */
export function planSynth(graph: SynthGraph): SynthPlan {
  if (graph.processors.length === 0)
    throw new SynthGraphError('synth.processors is empty: add at least one processor');
  const nodes: PlannedNode[] = [];
  const index = new Map<string, number>();
  let outputs = 0;
  let randomSources = 0;
  for (const node of graph.processors) {
    const type = Object.hasOwn(processorTypes, node.type) ? processorTypes[node.type] : undefined;
    if (!type) {
      const known = Object.keys(processorTypes).join(', ');
      throw new SynthGraphError(`synth.${node.name}: unknown type "${node.type}" (known: ${known})`);
    }
    if (index.has(node.name)) throw new SynthGraphError(`synth.${node.name}: the name is used twice`);
    const options = resolveOptions(node, type);
    const controls = type.controls(options);
    nodes.push({
      name: node.name,
      type,
      options,
      sources: resolveSources(node, type, index),
      controls,
      offset: outputs,
      shared: false,
      randomSource: type.random ? randomSources++ : 0,
    });
    index.set(node.name, nodes.length - 1);
    outputs += controls.reduce((sum, control) => sum + control.size, 0);
  }
  if (outputs === 0) throw new SynthGraphError('synth: no processor has a control for the decoder to drive');
  markShared(nodes);
  return { nodes, outputs };
}

/**
 * Splits the graph where the first processors stand that may run once for all voices. A processor is shared if it
 * and all that it feeds are linear without controls, and it is a shared type itself or follows one.
 */
function markShared(nodes: readonly PlannedNode[]): void {
  const linear = nodes.map(({ type, controls }) => type.voices !== undefined && controls.length === 0);
  for (let i = nodes.length - 1; i >= 0; i--) {
    if (!linear[i]) for (const source of nodes[i].sources) linear[source] = false;
  }
  for (const [i, node] of nodes.entries()) {
    const follows = node.sources.some((source) => nodes[source].shared);
    node.shared = linear[i] && (node.type.voices === 'shared' || follows);
  }
}

/**
 * Names and sizes of the graph's learned tensors.
 * @throws SynthGraphError if two processors learn a tensor of the same name
 */
export function synthTensors(plan: SynthPlan, modelRate: number): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const node of plan.nodes) {
    for (const [name, size] of Object.entries(node.type.tensors(node.options, modelRate))) {
      if (sizes.has(name))
        throw new SynthGraphError(
          `synth.${node.name}: another processor learns the tensor "${name}" already`,
        );
      sizes.set(name, size);
    }
  }
  return sizes;
}

function resolveOptions(node: SynthNode, type: ProcessorType): Options {
  const given = node.options ?? {};
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(type.options, name)) {
      const known = Object.keys(type.options).join(', ') || 'none';
      throw new SynthGraphError(
        `synth.${node.name}: ${node.type} has no option "${name}" (it has: ${known})`,
      );
    }
  }
  const options: Record<string, number> = {};
  for (const [name, spec] of Object.entries(type.options)) {
    const value = Object.hasOwn(given, name) ? given[name] : spec.default;
    const fits =
      typeof value === 'number' &&
      value >= spec.min &&
      value <= spec.max &&
      (!spec.integer || Number.isInteger(value));
    if (!fits) {
      const kind = spec.integer ? 'an integer' : 'a number';
      throw new SynthGraphError(
        `synth.${node.name}.${name} must be ${kind} from ${spec.min} to ${spec.max}, not ${value}`,
      );
    }
    options[name] = value;
  }
  return options;
}

function resolveSources(node: SynthNode, type: ProcessorType, index: Map<string, number>): number[] {
  const inputs = node.inputs ?? {};
  for (const input of Object.keys(inputs)) {
    if (!type.audio.includes(input)) {
      const known = type.audio.join(', ') || 'none';
      throw new SynthGraphError(
        `synth.${node.name}: ${node.type} has no audio input "${input}" (it has: ${known})`,
      );
    }
  }
  return type.audio.map((input) => {
    const source = Object.hasOwn(inputs, input) ? inputs[input] : undefined;
    const found = source === undefined ? undefined : index.get(source);
    if (found === undefined) {
      const earlier = [...index.keys()].join(', ') || 'none';
      throw new SynthGraphError(
        `synth.${node.name}.${input} must name an earlier processor (there are: ${earlier}), not ${JSON.stringify(source)}`,
      );
    }
    return found;
  });
}
