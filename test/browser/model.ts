/** A small model for tests: the reference's decoder fixture with its own weights. */

import type { Model } from '../../src/model/model';
import { reference } from '../support/fixtures';

/** 64 hidden, 60 harmonics, 65 noise bands, an impulse response of a quarter of a second. */
export function smallModel(name = 'small'): Model {
  const fixture = reference('decoder');
  const tensors: Record<string, Float32Array> = { ir: fixture.get('ir') };
  for (const tensor of fixture.names) {
    if (tensor.startsWith('w.')) tensors[`estimator.${tensor.slice(2)}`] = fixture.get(tensor);
  }
  return {
    sampleRate: 48000,
    frameRate: 50,
    analysis: { window: 2048, pitchMin: 50, pitchMax: 2000, threshold: 0.1 },
    decoder: { hidden: 64, inputScale: 'linear' },
    synth: {
      processors: [
        { name: 'harmonic', type: 'Harmonic', options: { harmonics: 60 } },
        { name: 'noise', type: 'FilteredNoise', options: { filter: 128 } },
        { name: 'add', type: 'Add', inputs: { a: 'harmonic', b: 'noise' } },
        { name: 'reverb', type: 'IRReverb', inputs: { audio: 'add' }, options: { length: 11999 } },
      ],
    },
    statistics: { f0: [110, 220, 440], loudness: [-60, -40, -20] },
    about: { name },
    tensors,
  };
}

/** A module that exports `model`: how a page gets a model object. */
export function modelScript(model: Model): string {
  const { tensors, ...rest } = model;
  const encoded = Object.entries(tensors).map(([name, values]) => [
    name,
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
  ]);
  return (
    'const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));\n' +
    `const tensors = ${JSON.stringify(Object.fromEntries(encoded))};\n` +
    'for (const name in tensors) tensors[name] = new Float32Array(bytes(tensors[name]).buffer);\n' +
    `export const model = { ...${JSON.stringify(rest)}, tensors };\n`
  );
}
