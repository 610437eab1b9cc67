/**
 * Damaged files by the thousand, of every family: byte flips, cuts, and changes to the opcodes of the pickle. Each is
 * imported, or ends in an ImportError. Nothing hangs, nothing reaches the prototypes, no more is allocated than the file
 * warrants.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { ImportError } from '../../../src/model/import';
import type { ImportOptions } from '../../../src/model/import/options';
import { readForeign } from '../../../src/model/import/read';
import { foreignFile } from '../../support/foreign';
import { type Seed, seeds } from '../../support/foreign-seeds';
import { randomiser } from '../../support/kernels';

const FILES = 20_000;
/** Of large files, which take longer. */
const LARGE_FILES = 1000;
const LARGE = 100_000;
/** bytes; no import may keep anything */
const MOST_KEPT = 200 * 2 ** 20;

const OPCODES = [
  ...[0x80, 0x7d, 0x5d, 0x29, 0x28, 0x74, 0x85, 0x86, 0x87, 0x71, 0x72, 0x68, 0x6a, 0x58, 0x4a, 0x4b],
  ...[0x4d, 0x47, 0x88, 0x89, 0x4e, 0x8a, 0x63, 0x52, 0x81, 0x62, 0x51, 0x73, 0x75, 0x61, 0x65, 0x2e],
];

type Random = () => number;
type Mutation = (seed: Seed, random: Random) => Uint8Array;

const below = (random: Random, limit: number) => Math.floor(random() * limit);
const opcode = (random: Random) => OPCODES[below(random, OPCODES.length)];

function flip(bytes: Uint8Array, random: Random, from = 0): Uint8Array {
  const changed = bytes.slice();
  for (let i = 1 + below(random, 8); i > 0; i--)
    changed[from + below(random, bytes.length - from)] = below(random, 256);
  return changed;
}

const mutations: Mutation[] = [
  ({ file }, random) => flip(file, random),
  ({ file }, random) => file.subarray(0, below(random, file.length)),
  // the directory of an archive, the keys of the old layout
  ({ file }, random) => flip(file, random, Math.max(0, file.length - 2000)),
  ({ pickle, around }, random) => around(flip(pickle, random)),
  ({ pickle, around }, random) => {
    const changed = pickle.slice();
    for (let i = 1 + below(random, 4); i > 0; i--) changed[below(random, changed.length)] = opcode(random);
    return around(changed);
  },
  // opcodes are put in, taken out, doubled
  (seed, random) => {
    const changed = [...seed.pickle];
    for (let i = 1 + below(random, 4); i > 0; i--) {
      const at = below(random, changed.length);
      const piece = changed.slice(at, at + below(random, 200));
      const choice = below(random, 4);
      if (choice === 0) changed.splice(at, 0, opcode(random));
      else if (choice === 1) changed.splice(at, piece.length);
      else if (choice === 2) changed.splice(below(random, changed.length), 0, ...piece);
      else changed.splice(at, 0, ...Array.from({ length: 50 }, () => opcode(random)));
    }
    return seed.around(Uint8Array.from(changed));
  },
];

const COUNTED = ['Float32Array', 'Uint8Array', 'ArrayBuffer'] as const;

/** Bytes of the buffers that `work` makes. */
async function allocated(work: () => Promise<void>): Promise<number> {
  let bytes = 0;
  const originals = COUNTED.map((name) => [name, globalThis[name]] as const);
  for (const [name, original] of originals) {
    const width = 'BYTES_PER_ELEMENT' in original ? original.BYTES_PER_ELEMENT : 1;
    Object.assign(globalThis, {
      [name]: new Proxy(original, {
        construct(target, args, newTarget) {
          if (typeof args[0] === 'number') bytes += width * args[0];
          return Reflect.construct(target, args, newTarget);
        },
      }),
    });
  }
  try {
    await work();
  } finally {
    Object.assign(globalThis, Object.fromEntries(originals));
  }
  return bytes;
}

/** What an import does up to the estimate of statistics; its error, if it ends in one. */
async function attempt(file: Uint8Array, options: ImportOptions = {}): Promise<unknown> {
  let thrown: unknown;
  const bytes = await allocated(async () => {
    try {
      await readForeign(file, options);
    } catch (error) {
      thrown = error;
    }
  });
  if (bytes > 4 * file.length) throw new Error(`${bytes} bytes were allocated for ${file.length}`);
  return thrown;
}

/** @returns whether it was imported */
async function survives(file: Uint8Array, options?: ImportOptions): Promise<boolean> {
  const error = await attempt(file, options);
  if (error !== undefined && !(error instanceof ImportError)) throw error;
  return error === undefined;
}

const prototypes = [Object, Array, Map, Function, String].map(({ prototype }) => prototype);
const properties = () => prototypes.map((prototype) => Reflect.ownKeys(prototype));

describe(`${FILES} damaged files: imported, or one ImportError each`, () => {
  const propertiesBefore = properties();
  const heapBefore = process.memoryUsage().heapUsed;
  const sizes = Object.values(seeds).map(({ file }) => file.length);
  const large = sizes.filter((size) => size > LARGE).length;
  const each = Math.ceil((FILES - LARGE_FILES * large) / (sizes.length - large));

  it.each(Object.entries(seeds))(
    '%s',
    async (_name, seed) => {
      expect(await attempt(seed.file)).toBeUndefined();
      const count = seed.file.length > LARGE ? LARGE_FILES : each;
      const random = randomiser(7);
      let imported = 0;
      for (let i = 0; i < count; i++) {
        const file = mutations[i % mutations.length](seed, random);
        try {
          if (await survives(file)) imported++;
        } catch (cause) {
          throw new Error(`file ${i}: ${cause}`, { cause });
        }
      }
      // a flipped weight is no damage that can be seen
      expect(imported).toBeGreaterThan(count / 100);
      expect(imported).toBeLessThan(count / 2);
    },
    300_000,
  );

  it('config.yaml', async () => {
    const { file } = seeds['ddsp_pytorch, state dict'];
    const config = foreignFile('ddsp-pytorch/h24-16k.config.yaml');
    const random = randomiser(8);
    let imported = 0;
    for (let i = 0; i < 500; i++) {
      const damaged = i % 2 ? flip(config, random) : config.subarray(0, below(random, config.length));
      if (await survives(file, { config: new TextDecoder().decode(damaged) })) imported++;
    }
    expect(imported).toBeGreaterThan(100);
  });

  afterAll(() => {
    expect(properties()).toEqual(propertiesBefore);
    expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(MOST_KEPT);
  });
});
