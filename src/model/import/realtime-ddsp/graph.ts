/**
 * Graphs of realtimeDDSP as graphs of this library.
 *
 * Its decoder's outputs are laid out by control names: the processors in order, the controls of each in its
 * class's order, a name that occurs twice only once. Here every processor has outputs of its own, so a shared
 * name becomes rows of the last layer that occur twice.
 */

import type { SynthGraph, SynthNode } from '../../../synth/description';
import { KINDS } from './kinds';
import { type ForeignProcessor, type Kind, refused } from './processor';

export interface ForeignGraph {
  readonly processors: readonly ForeignProcessor[];
  /** names of what is given beside the decoder's outputs, e.g. `f0` */
  readonly conditions: ReadonlySet<string>;
  /** Hz */
  readonly sampleRate: number;
}

export interface ConvertedGraph {
  readonly synth: SynthGraph;
  readonly tensors: Readonly<Record<string, Float32Array>>;
  /** for each output that the graph asks for, in order: the file's output */
  readonly rows: readonly number[];
  /** outputs of the file's decoder */
  readonly outputs: number;
  readonly notes: readonly string[];
}

/** @throws ImportError `unsupported`, naming the processor */
export function convertGraph(graph: ForeignGraph): ConvertedGraph {
  const { processors } = graph;
  const slots = layOut(graph);
  const names = ownNames(processors);
  const nodes: SynthNode[] = [];
  const tensors: Record<string, Float32Array> = {};
  const rows: number[] = [];
  const notes: string[] = [];
  for (const processor of processors) {
    const kind = kindOf(processor);
    const made = kind.convert(processor, graph.sampleRate);
    for (const [name, values] of Object.entries(made.tensors ?? {})) {
      if (Object.hasOwn(tensors, name)) throw refused(processor, `a second processor that learns "${name}"`);
      tensors[name] = values;
    }
    const inputs = Object.entries(kind.audio).map(([theirs, own]) => {
      const source = processor.connections.get(theirs);
      const feeding = source === undefined ? undefined : names.get(source);
      if (feeding === undefined || !nodes.some(({ name }) => name === feeding))
        throw refused(
          processor,
          `its input ${theirs} is fed by ${source ?? 'nothing'}, which is no processor before it`,
        );
      return [own, feeding] as const;
    });
    nodes.push({
      name: names.get(processor.name)!,
      type: made.type,
      ...(inputs.length > 0 && { inputs: Object.fromEntries(inputs) }),
      ...(made.options && { options: made.options }),
    });
    for (const [control] of kind.controls(processor)) {
      const slot = slots.places.get(processor.connections.get(control)!)!;
      for (let i = 0; i < slot.size; i++) rows.push(slot.start + i);
    }
    if (made.note) notes.push(made.note);
  }
  return { synth: { processors: nodes }, tensors, rows, outputs: slots.outputs, notes };
}

interface Slot {
  readonly start: number;
  readonly size: number;
}

/** Where the file's decoder puts each control name. */
function layOut({ processors, conditions }: ForeignGraph): { places: Map<string, Slot>; outputs: number } {
  const names = new Set(processors.map(({ name }) => name));
  const sizes = new Map<string, number>();
  for (const processor of processors) {
    const { connections } = processor;
    const kind = kindOf(processor);
    for (const [input, source] of connections) {
      if (
        kind.pitch === input
          ? source !== 'f0' || !conditions.has(source)
          : !inputsOf(kind, processor).includes(input)
      )
        throw refused(processor, `its input ${input} is fed by ${source}`);
    }
    if (kind.pitch && !connections.has(kind.pitch))
      throw refused(processor, `its input ${kind.pitch} is fed by nothing`);
    for (const [control, size] of kind.controls(processor)) {
      const source = connections.get(control);
      if (source === undefined) throw refused(processor, `its input ${control} is fed by nothing`);
      if (names.has(source))
        throw refused(processor, `its input ${control} is fed by the processor ${source}`);
      if (conditions.has(source))
        throw refused(processor, `its input ${control} is fed by ${source}, which is no decoder output`);
      const before = sizes.get(source);
      if (before !== undefined && before !== size)
        throw refused(
          processor,
          `its input ${control} takes ${size} values of ${source}, another input ${before}`,
        );
      sizes.set(source, size);
    }
  }
  const places = new Map<string, Slot>();
  let outputs = 0;
  for (const [name, size] of sizes) {
    places.set(name, { start: outputs, size });
    outputs += size;
  }
  return { places, outputs };
}

function inputsOf(kind: Kind, processor: ForeignProcessor): string[] {
  return [...Object.keys(kind.audio), ...kind.controls(processor).map(([name]) => name)];
}

/** Names that a model file takes, one for each processor. */
function ownNames(processors: readonly ForeignProcessor[]): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const processor of processors) {
    if (names.has(processor.name)) throw refused(processor, 'its name is used twice');
    const cleaned = processor.name
      .replace(/\W/g, '_')
      .replace(/^(?=\d|$)/, '_')
      .slice(0, 60);
    let own = cleaned;
    for (let i = 2; taken.has(own); i++) own = `${cleaned}_${i}`;
    taken.add(own);
    names.set(processor.name, own);
  }
  return names;
}

function kindOf(processor: ForeignProcessor): Kind {
  const kind = KINDS.get(processor.kind);
  if (!kind) throw refused(processor, 'this library has no such processor');
  return kind;
}
