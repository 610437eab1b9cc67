/** A graph for each processor that the presets leave out, small enough to train in a test. */

import type { SynthGraph, SynthNode } from '../../src/model/model';

const noise: SynthNode = { name: 'noise', type: 'FilteredNoise', options: { bands: 9 } };
const harmonic: SynthNode = { name: 'harmonic', type: 'Harmonic', options: { harmonics: 12 } };

function sum(name: string, a: string, b: string): SynthNode {
  return { name, type: 'Add', inputs: { a, b } };
}

export const graphs = {
  sine: { processors: [{ name: 'sine', type: 'SineOscillator' }] },
  saw: {
    processors: [{ name: 'saw', type: 'SawOscillator' }, noise, sum('both', 'saw', 'noise')],
  },
  decayReverb: {
    processors: [
      { name: 'saw', type: 'SawOscillator' },
      { name: 'room', type: 'DecayReverb', inputs: { audio: 'saw' }, options: { length: 4800, seed: 3 } },
    ],
  },
  reverbMix: {
    processors: [
      harmonic,
      // a filter longer than a hop: everything else has to wait for it
      { ...noise, options: { bands: 400 } },
      sum('dry', 'harmonic', 'noise'),
      { name: 'reverb', type: 'IRReverbMix', inputs: { audio: 'dry' }, options: { length: 1200 } },
    ],
  },
  twoNoises: {
    processors: [noise, { ...noise, name: 'breath', options: { bands: 33 } }, sum('both', 'noise', 'breath')],
  },
  everything: {
    processors: [
      { name: 'sine', type: 'SineOscillator' },
      { name: 'saw', type: 'SawOscillator' },
      harmonic,
      noise,
      sum('tones', 'sine', 'saw'),
      sum('rich', 'tones', 'harmonic'),
      { name: 'room', type: 'DecayReverb', inputs: { audio: 'rich' }, options: { length: 2400 } },
      sum('dry', 'room', 'noise'),
      { name: 'body', type: 'IRReverbMix', inputs: { audio: 'dry' }, options: { length: 300 } },
    ],
  },
} satisfies Record<string, SynthGraph>;
