/** A model that plays what it hears at once: one sine, whose level is a function of the input's at that moment. */

import type { Model, ModelConfig } from '../../src/model/model';
import { hpn } from '../../src/synth/presets';
import { randomModelOf } from './models';

/**
 * A random model of one harmonic whose recurrent layer forgets everything: without that a step would be
 * blurred by the decoder. Set `noise` to 0 to hear the sine alone.
 */
export function followingModel(config: ModelConfig): Model {
  const model = randomModelOf({ ...config, synth: hpn({ harmonics: 1, bands: 3 }) }, 2);
  const { hidden } = config.decoder;
  const { tensors } = model;
  // gates are r, z, n: with z = 0 the new state is n, and without weights n knows nothing of the old one
  tensors['estimator.gru.weight_hh_l0'].fill(0);
  tensors['estimator.gru.bias_hh_l0'].fill(-30, hidden, 2 * hidden);
  // half a decibel more is plainly heard
  tensors['estimator.out.weight'].forEach((value, i, weights) => {
    weights[i] = 3 * value;
  });
  return model;
}
