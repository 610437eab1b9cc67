/**
 * Small files that want much time or memory: objects that share their parts, containers by the million, names without
 * end. Each is refused within a heap of a few times the file, in a process of its own, which a file that got through
 * would end.
 */

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pickle } from '../../../src/model/torch/pickle';
import {
  Dict,
  Global,
  Instance,
  StorageRef,
  TensorRef,
  Tuple,
  type Value,
} from '../../../src/model/torch/values';
import { seeds, zipSeed } from '../../support/foreign-seeds';

/** MB of objects; Node itself takes 5 */
const HEAP = 64;
/** bytes of a bomb */
const SIZE = 6_000_000;

const entry = pathToFileURL(path.resolve('dist/import/index.js')).href;
const script = `
import { readFileSync } from 'node:fs';
const { importModel } = await import(${JSON.stringify(entry)});
const config = process.argv[1] === 'lines' ? ' \\n'.repeat(${SIZE / 4}) + 'mean_loudness: x' : undefined;
await importModel(readFileSync(0), { config }).catch(({ name, code, message }) => console.log(name, code, message));`;

function imported(file: Uint8Array, config = ''): string {
  const { stdout, stderr, signal } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${HEAP}`, '--input-type=module', '-e', script, config],
    { input: file, encoding: 'utf8', maxBuffer: 2 ** 20 },
  );
  expect({ signal, stderr }).toEqual({ signal: null, stderr: '' });
  return stdout;
}

const zipped = (pickled: Uint8Array) => zipSeed(pickled, new Map()).file;
const repeated = (piece: readonly number[], start: readonly number[] = []) => {
  const bytes = new Uint8Array(SIZE);
  bytes.set([0x80, 2, ...start]);
  for (let at = 2 + start.length; at + piece.length < SIZE; at += piece.length) bytes.set(piece, at);
  return zipped(bytes);
};
const dict = (entries: Iterable<readonly [string, Value]>) => new Dict(new Map<Value, Value>(entries));
const object = (state: Value, type = new Global('__torch__', 'A')) => {
  const made = new Instance(type, new Tuple());
  made.state = state;
  return made;
};
const node = (state: Value) =>
  object(dict([['_content', state]]), new Global('omegaconf.dictconfig', 'DictConfig'));
const many = <Item>(count: number, item: (i: number) => Item) =>
  Array.from({ length: count }, (_, i) => item(i));
const weight = new TensorRef(new StorageRef('FloatStorage', '0', 1, 0, 1), 0, [1], [1]);
const checkpoint = (dag: Value) => {
  const parameters = dict([
    ['synth_cfg', node(dict([['dag', dag]]))],
    ['model_cfg', node(dict([['sample_rate', 16_000]]))],
  ]);
  const root = dict([
    ['state_dict', dict([['estimator.out.weight', weight]])],
    ['hyper_parameters', parameters],
  ]);
  return zipSeed(pickle(root), new Map([['0', new Uint8Array(4)]])).file;
};

describe('bombs', () => {
  it.each([
    ['dictionaries', repeated([0x7d]), /pickle.*more lists and dictionaries/],
    ['lists within lists', repeated([0x5d, 0x61], [0x5d]), /pickle/],
    ['marks', repeated([0x28]), /pickle.*more values/],
    ['entries of the memo', repeated([0x72, 1, 2, 3, 4], [0x7d]), /pickle/],
    ['numbers of 255 bytes', repeated([0x8a, 255, ...many(255, () => 0x7f)]), /pickle/],
    [
      'objects that share their attributes',
      (() => {
        const shared = dict(many(50_000, (i) => [`k${i}`, i] as const));
        return zipped(pickle(object(dict(many(9_000, (i) => [`o${i}`, object(shared)] as const)))));
      })(),
      /not-a-model/,
    ],
    [
      'processors that share their connections',
      (() => {
        const shared = dict(many(5_000, (i) => [`k${i}`, `v${i}`] as const));
        const processor = node(dict([['connections', shared]]));
        const dag = node(dict(many(5_000, (i) => [`p${i}`, processor] as const)));
        return checkpoint(dag);
      })(),
      /unsupported the graph has 5000 processors/,
    ],
    [
      'references along a path without end',
      checkpoint(`\${${'a.'.repeat(1_000_000)}a}`),
      /unsupported the graph has 0 processors/,
    ],
    ['a global whose name does not end', repeated([0x61], [0x63]), /name of a global does not end/],
    [
      'a class with a long name for terminals',
      zipped(pickle(object(null, new Global(`__torch__${'.\u001b[31m'.repeat(20)}`, 'A')))),
      /not-a-model.*another network/,
    ],
  ])('%s', (_name, file, message) => {
    const said = imported(file);
    expect(said).toMatch(/^ImportError /);
    expect(said).toMatch(message);
    expect(said.length).toBeLessThan(1000);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
    expect(said.trimEnd()).not.toMatch(/[\x00-\x1f]/);
  });

  it('a config.yaml of empty lines', () => {
    expect(imported(seeds['ddsp_pytorch, state dict'].file, 'lines')).toMatch(/option.*mean_loudness is x/);
  });
});
