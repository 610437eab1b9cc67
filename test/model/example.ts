/** A small model with made-up tensors, and ways to damage its file. */

import type { Model } from '../../src/model/model';
import type { ExpectedTensors } from '../../src/model/read';
import { randomArray, randomiser } from '../support/kernels';

export const expected: ExpectedTensors = ({ decoder: { hidden } }) =>
  new Map([
    ['estimator.out.weight', [3, hidden]],
    ['estimator.out.bias', [3]],
    ['ir', [5]],
  ]);

export function exampleModel(changes: Partial<Model> = {}): Model {
  const random = randomiser(7);
  return {
    sampleRate: 48_000,
    frameRate: 50,
    analysis: { window: 2048, pitchMin: 50, pitchMax: 2000, threshold: 0.1 },
    decoder: { hidden: 4, inputScale: 'linear', inputs: ['f0', 'loudness'] },
    synth: {
      processors: [
        { name: 'harmonic', type: 'Harmonic', options: { harmonics: 60 } },
        { name: 'noise', type: 'FilteredNoise', options: { size: 128 } },
        { name: 'add', type: 'Add', inputs: { a: 'harmonic', b: 'noise' } },
      ],
    },
    statistics: { f0: [196, 440, 1200], loudness: [-40, -20, -5] },
    about: { name: 'Violin', authors: ['Ann Ö. Player'], licence: 'CC BY 4.0' },
    tensors: {
      'estimator.out.weight': randomArray(12, random),
      'estimator.out.bias': randomArray(3, random),
      ir: randomArray(5, random),
    },
    ...changes,
  };
}

type Json = Record<string, unknown>;
interface Header extends Json {
  __metadata__: Record<string, string>;
}

/** The same file with its JSON header changed. */
export function withHeader(file: Uint8Array, change: (header: Header) => unknown): Uint8Array {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const json = new TextEncoder().encode(JSON.stringify(change(header) ?? header));
  const changed = new Uint8Array(8 + json.length + file.length - 8 - length);
  new DataView(changed.buffer).setBigUint64(0, BigInt(json.length), true);
  changed.set(json, 8);
  changed.set(file.subarray(8 + length), 8 + json.length);
  return changed;
}

/** The same file with one section of its metadata changed in place. */
export function withSection<Section = Json>(
  file: Uint8Array,
  field: string,
  change: (section: Section) => unknown,
): Uint8Array {
  return withHeader(file, (header) => {
    const section = JSON.parse(header.__metadata__[field]);
    header.__metadata__[field] = JSON.stringify(change(section) ?? section);
  });
}

/** The same file with a tensor of one F32 value after the others. */
export function withTensor(file: Uint8Array, name: string): Uint8Array {
  const longer = new Uint8Array(file.length + 4);
  longer.set(file);
  const dataLength = file.length - 8 - Number(new DataView(file.buffer).getBigUint64(0, true));
  const entry = { dtype: 'F32', shape: [1], data_offsets: [dataLength, dataLength + 4] };
  return withHeader(longer, (header) => Object.fromEntries([...Object.entries(header), [name, entry]]));
}
