/** Graphs of this library as configurations of realtimeDDSP. */

import type { SynthGraph, SynthNode } from '../../synth/description';
import { ModelError } from '../errors';
import { type Plain, reference } from './omegaconf';

interface ForeignKind {
  readonly target: string;
  /** audio inputs: this library's name -> its own */
  readonly audio: Readonly<Record<string, string>>;
  /** its controls, and how each name is known to the decoder */
  readonly controls: readonly string[];
  readonly pitch?: boolean;
  options(node: SynthNode): Readonly<Record<string, Plain>>;
}

const REVERB = { audio: { audio: 'audio' }, options: reverbOptions };

const KINDS: Readonly<Record<string, ForeignKind>> = {
  Harmonic: {
    target: 'diffsynth.modules.generators.Harmonic',
    audio: {},
    controls: ['amplitudes', 'harmonic_distribution'],
    pitch: true,
    options: (node) => ({
      sample_rate: reference('sample_rate'),
      normalize_below_nyquist: true,
      n_harmonics: option(node, 'harmonics'),
    }),
  },
  SineOscillator: {
    target: 'diffsynth.modules.generators.SineOscillator',
    audio: {},
    controls: ['amplitudes'],
    pitch: true,
    options: () => ({ sample_rate: reference('sample_rate') }),
  },
  FilteredNoise: {
    target: 'diffsynth.modules.generators.FilteredNoise',
    audio: {},
    controls: ['freq_response'],
    options: (node) => ({ filter_size: 2 * (option(node, 'bands') - 1) }),
  },
  Add: {
    target: 'diffsynth.processor.Add',
    audio: { a: 'signal_a', b: 'signal_b' },
    controls: [],
    options: () => ({}),
  },
  IRReverb: { target: 'diffsynth.modules.reverb.IRReverb', controls: [], ...REVERB },
};

/** Its response counts the zero of the direct sound; its length is `ir_s * sr`. */
function reverbOptions(node: SynthNode): Readonly<Record<string, Plain>> {
  return { ir_s: 1, sr: option(node, 'length') + 1 };
}

function option(node: SynthNode, name: string): number {
  return node.options?.[name] ?? 0;
}

/** @throws ModelError `graph`, naming the processor that realtimeDDSP does not have */
export function foreignGraph({ processors }: SynthGraph): Plain {
  const dag: Record<string, Plain> = {};
  for (const node of processors) {
    const kind = Object.hasOwn(KINDS, node.type) ? KINDS[node.type] : undefined;
    if (!kind)
      throw new ModelError(
        'graph',
        `synth.${node.name}: realtimeDDSP has no processor that sounds like ${node.type}`,
        {
          remedy: `it has ${Object.keys(KINDS).join(', ')}`,
        },
      );
    const connections: Record<string, Plain> = {};
    for (const control of kind.controls) connections[control] = `${node.name}_${control}`.toUpperCase();
    if (kind.pitch) connections.f0_hz = 'f0';
    for (const [own, theirs] of Object.entries(kind.audio)) connections[theirs] = node.inputs?.[own] ?? '';
    dag[node.name] = { config: { _target_: kind.target, ...kind.options(node) }, connections };
  }
  return { name: 'ddsp_worklet', dag, conditioned: ['f0'] };
}
