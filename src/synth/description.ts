/** A synth graph as a model file describes it. */

/** One processor of the graph: its type, its options, and where its audio inputs come from. */
export interface SynthNode {
  readonly name: string;
  readonly type: string;
  /** audio input -> name of the processor that feeds it */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, number>>;
}

export interface SynthGraph {
  /** in the order they run; the last one is heard */
  readonly processors: readonly SynthNode[];
}
