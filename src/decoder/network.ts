/**
 * A decoder that is a network in a file of its own (ONNX) computes one frame: the inputs and its state in, the controls
 * and its next state out. All four are float32.
 */

export interface NetworkValue {
  readonly name: string;
  /** a row */
  readonly shape: readonly [1, number];
}

/** Names and shapes of what such a network takes and gives. */
export interface NetworkShape {
  /** the decoder's inputs in their order, scaled as the model says */
  readonly features: NetworkValue;
  /** zeros before the first frame, then what the frame before gave */
  readonly state: NetworkValue;
  /** all controls of the graph, 0..1, in the graph's order */
  readonly controls: NetworkValue;
  readonly nextState: NetworkValue;
}

/** @param hidden values of the state */
export function networkShape(inputs: number, hidden: number, outputs: number): NetworkShape {
  return {
    features: { name: 'features', shape: [1, inputs] },
    state: { name: 'state', shape: [1, hidden] },
    controls: { name: 'controls', shape: [1, outputs] },
    nextState: { name: 'next_state', shape: [1, hidden] },
  };
}
