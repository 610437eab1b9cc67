/** What the decoder costs. */

import { type Cost, floats, productSeconds, tabulated } from '../dsp/cost';

/**
 * @param outputs values of all controls of a frame
 * @param frameRate frames per second
 */
export function decoderCost(hidden: number, outputs: number, frameRate: number): Cost {
  // two MLPs of three layers, a GRU with its three gates, the output layer, biases and norms
  const weights = 11 * hidden ** 2 + (outputs + 30) * hidden;
  return {
    setUp: 3e-9 * weights,
    // the model's own tensors, too
    memory: tabulated(1.1 * weights) + floats(weights) + floats(20 * (hidden + outputs)),
    playing: frameRate * (productSeconds(weights) + 50e-9 * hidden + 10e-9 * outputs),
  };
}
