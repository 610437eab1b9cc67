/**
 * Damaged files by the thousand: byte flips, cuts, and changes to the opcodes of the pickle. Each is imported, or ends
 * in an ImportError. Nothing hangs, nothing reaches the prototypes, no more is allocated than the file warrants.
 */

import { describe, expect, it } from 'vitest';
import { exportCheckpoint } from '../../../src/model/export/checkpoint';
import { ImportError } from '../../../src/model/import';
import { readForeign } from '../../../src/model/import/read';
import { pickle } from '../../../src/model/torch/pickle';
import { readZip } from '../../../src/model/torch/read-zip';
import { openTorchFile } from '../../../src/model/torch/torch-file';
import { Dict, TensorRef } from '../../../src/model/torch/values';
import { writeZip } from '../../../src/model/torch/write-zip';
import { foreignFile } from '../../support/foreign';
import { randomiser } from '../../support/kernels';
import { configOf, randomModelOf, smallShape } from '../../support/models';

const FILES = 20_000;
/** bytes; no import may keep anything */
const MOST_KEPT = 200 * 2 ** 20;

const OPCODES = [
  ...[0x80, 0x7d, 0x5d, 0x29, 0x28, 0x74, 0x85, 0x86, 0x87, 0x71, 0x72, 0x68, 0x6a, 0x58, 0x4a, 0x4b],
  ...[0x4d, 0x47, 0x88, 0x89, 0x4e, 0x8a, 0x63, 0x52, 0x81, 0x62, 0x51, 0x73, 0x75, 0x61, 0x65, 0x2e],
];

type Mutation = (file: Uint8Array, random: () => number) => Uint8Array;

const below = (random: () => number, limit: number) => Math.floor(random() * limit);

function flip(file: Uint8Array, random: () => number, from = 0, to = file.length): Uint8Array {
  const changed = file.slice();
  for (let i = 1 + below(random, 8); i > 0; i--)
    changed[from + below(random, to - from)] = below(random, 256);
  return changed;
}

/** Where the pickle lies in a file that begins with it. */
function pickleOf(file: Uint8Array): [from: number, to: number] {
  const zip = readZip(file);
  const entry = zip.read(zip.names.find((name) => name.endsWith('data.pkl'))!);
  return [entry.byteOffset - file.byteOffset, entry.byteOffset - file.byteOffset + entry.length];
}

/** The file with another pickle. */
function withPickle(file: Uint8Array, change: (pickle: number[]) => void): Uint8Array {
  const zip = readZip(file);
  const entries = new Map(zip.names.map((name) => [name, zip.read(name)]));
  for (const [name, body] of entries) {
    if (!name.endsWith('data.pkl')) continue;
    const pickle = [...body];
    change(pickle);
    entries.set(name, Uint8Array.from(pickle));
  }
  return writeZip(entries);
}

const mutations: Mutation[] = [
  (file, random) => flip(file, random),
  (file, random) => file.subarray(0, below(random, file.length)),
  // the directory of the archive
  (file, random) => flip(file, random, Math.max(0, file.length - 2000)),
  (file, random) => flip(file, random, ...pickleOf(file)),
  (file, random) => {
    const changed = file.slice();
    const [from, to] = pickleOf(file);
    for (let i = 1 + below(random, 4); i > 0; i--)
      changed[from + below(random, to - from)] = OPCODES[below(random, OPCODES.length)];
    return changed;
  },
  // opcodes are put in, taken out, doubled
  (file, random) =>
    withPickle(file, (pickle) => {
      for (let i = 1 + below(random, 4); i > 0; i--) {
        const at = below(random, pickle.length);
        const piece = pickle.slice(at, at + below(random, 200));
        const choice = below(random, 4);
        if (choice === 0) pickle.splice(at, 0, OPCODES[below(random, OPCODES.length)]);
        else if (choice === 1) pickle.splice(at, piece.length);
        else if (choice === 2) pickle.splice(below(random, pickle.length), 0, ...piece);
        else
          pickle.splice(at, 0, ...Array.from({ length: 50 }, () => OPCODES[below(random, OPCODES.length)]));
      }
    }),
];

/** Bytes of the typed arrays that `work` makes. */
function allocated(work: () => void): number {
  const original = globalThis.Float32Array;
  let bytes = 0;
  globalThis.Float32Array = new Proxy(original, {
    construct(target, args, newTarget) {
      if (typeof args[0] === 'number') bytes += 4 * args[0];
      return Reflect.construct(target, args, newTarget);
    },
  });
  try {
    work();
  } finally {
    globalThis.Float32Array = original;
  }
  return bytes;
}

/** What an import does up to the estimate of statistics; its error, if it ends in one. */
function attempt(file: Uint8Array): unknown {
  let thrown: unknown;
  const bytes = allocated(() => {
    try {
      readForeign(file, {});
    } catch (error) {
      thrown = error;
    }
  });
  expect(bytes).toBeLessThanOrEqual(4 * file.length);
  return thrown;
}

const tiny = randomModelOf(
  {
    ...configOf({ ...smallShape, hidden: 2, harmonics: 2, bands: 3, irLength: 4 }),
    decoder: { hidden: 2, inputScale: 'linear' },
  },
  1,
);

/** A checkpoint of a few kilobytes: without the constants of training. */
function smallCheckpoint(): Uint8Array {
  const file = exportCheckpoint(tiny);
  const { root } = openTorchFile(file);
  const state = root instanceof Dict ? root.entries.get('state_dict') : undefined;
  if (!(state instanceof Dict)) throw new Error('no state dict');
  const zip = readZip(file);
  const entries = new Map(zip.names.map((name) => [name, zip.read(name)]));
  for (const [name, tensor] of state.entries) {
    if (!String(name).startsWith('mfcc.') || !(tensor instanceof TensorRef)) continue;
    state.entries.delete(name);
    entries.delete(`archive/data/${tensor.storage.key}`);
  }
  return writeZip(entries.set('archive/data.pkl', pickle(root)));
}

const checkpoint = smallCheckpoint();

describe('damaged files', () => {
  it(`${FILES} of them: imported, or one ImportError each`, () => {
    const seeds = [checkpoint, foreignFile('hostile/reduce-in-hyperparameters.ckpt')];
    expect(() => readForeign(checkpoint, {})).not.toThrow();
    const prototype = Object.getOwnPropertyNames(Object.prototype).sort();
    const heapBefore = process.memoryUsage().heapUsed;
    const random = randomiser(7);
    let imported = 0;
    for (let i = 0; i < FILES; i++) {
      const seed = seeds[i % 8 === 0 ? 1 : 0];
      const file = mutations[i % mutations.length](seed, random);
      const error = attempt(file);
      if (error === undefined) imported++;
      else if (!(error instanceof ImportError)) throw new Error(`file ${i}: ${error}`, { cause: error });
    }
    // a flipped weight is no damage that can be seen
    expect(imported).toBeGreaterThan(FILES / 100);
    expect(imported).toBeLessThan(FILES / 2);
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(prototype);
    expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(MOST_KEPT);
  }, 300_000);
});
