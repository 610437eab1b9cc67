/** Ready-made synth graphs. */

import type { SynthGraph, SynthNode } from './description';

export interface HpnOptions {
  /** K, harmonics of the oscillator bank */
  readonly harmonics: number;
  /** bands of the noise filter, which has 2 * (bands - 1) taps */
  readonly bands: number;
}

export interface HpnirOptions extends HpnOptions {
  /** samples of the learned impulse response, without its leading zero */
  readonly irLength: number;
}

function harmonicPlusNoise({ harmonics, bands }: HpnOptions): SynthNode[] {
  return [
    { name: 'harmonic', type: 'Harmonic', options: { harmonics } },
    { name: 'noise', type: 'FilteredNoise', options: { bands } },
    { name: 'dry', type: 'Add', inputs: { a: 'harmonic', b: 'noise' } },
  ];
}

/** Harmonics plus filtered noise. */
export function hpn(options: HpnOptions): SynthGraph {
  return { processors: harmonicPlusNoise(options) };
}

/** Harmonics plus filtered noise, through a learned impulse-response reverb. */
export function hpnir(options: HpnirOptions): SynthGraph {
  return {
    processors: [
      ...harmonicPlusNoise(options),
      { name: 'reverb', type: 'IRReverb', inputs: { audio: 'dry' }, options: { length: options.irLength } },
    ],
  };
}
