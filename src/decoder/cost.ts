/** What the decoder costs. */

import { type Cost, floats, productSeconds, tabulated } from '../dsp/cost';
import { COMPACT_FROM } from './layers';

/**
 * @param outputs values of all controls of a frame
 * @param frameRate frames per second
 */
export function decoderCost(hidden: number, outputs: number, frameRate: number): Cost {
  // two MLPs of three layers, a GRU with its three gates, the output layer, biases and norms
  const square = hidden ** 2;
  const matrices = [square, square, square, square, square, 3 * square, 3 * square, outputs * hidden];
  const weights = matrices.reduce((sum, size) => sum + size, 30 * hidden);
  // large ones are kept in 16 bits
  const packed = matrices.reduce((sum, size) => sum + (size < COMPACT_FROM ? size : size / 2), 30 * hidden);
  return {
    setUp: 3e-9 * weights,
    // the model's own tensors, too
    memory: tabulated(1.1 * packed) + floats(weights) + floats(20 * (hidden + outputs)),
    playing: frameRate * (productSeconds(weights) + 50e-9 * hidden + 10e-9 * outputs),
  };
}
