/** Hostile and broken files: one readable error each, quickly, with nothing of the file used. */

import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ImportError, importModel } from '../../../src/model/import';
import { foreignFile } from '../../support/foreign';

const expected: [string, string, RegExp][] = [
  ['reduce-os-system', 'pickle', /global "posix system" is not on the allow-list/],
  ['reduce-in-hyperparameters', 'pickle', /global "subprocess Popen" is not on the allow-list/],
  ['proto-keys', 'not-a-model', /looked for tensors estimator\.\* or in_mlps/],
  ['bomb-deflate', 'container', /compressed/],
  ['entry-claims-4gb', 'container', /more than the file holds/],
  ['storage-too-short', 'tensor', /storage 0 should have 4096 bytes and has 64/],
  ['stride-out-of-range', 'tensor', /reaches value \d+ of its storage, which has 16/],
  ['huge-shape-zero-stride', 'tensor', /has 360000000000000000 values, and its storage 16/],
  ['missing-storage', 'tensor', /storage 7 is missing/],
  ['storage-key-path', 'pickle', /storage whose key is not a number/],
  ['stack-underflow', 'pickle', /empty stack/],
  ['deep-nesting', 'pickle', /more lists and dictionaries/],
  ['memo-growth', 'not-a-model', /holds no model/],
  ['no-stop', 'pickle', /ends without STOP/],
  ['empty', 'empty', /the file is empty/],
  ['text', 'not-a-model', /web page/],
  ['lfs-pointer', 'not-a-model', /Git LFS pointer/],
  ['unrelated-mnist', 'not-a-model', /looked for tensors estimator\.\* or in_mlps\.\*, found layer_1\.\*/],
];

describe('hostile files', () => {
  it.each(expected)('%s', async (name, code, message) => {
    const file = foreignFile(`hostile/${name}.ckpt`);
    const error = await importModel(file).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(ImportError);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message.length).toBeLessThan(400);
    expect(error.message).not.toMatch(/\n/);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(existsSync('/tmp/PWNED_BY_PICKLE')).toBe(false);
  });
});

describe('other files', () => {
  const text = (content: string) => new TextEncoder().encode(content);
  const others: [string, Uint8Array, RegExp][] = [
    [
      'a TensorFlow Lite model',
      text('\x1c\0\0\0TFL3\x14\0\0\0'),
      /TensorFlow Lite model.*ddsp-vst of magenta/,
    ],
    [
      'a TensorFlow.js model',
      text('{"format": "graph-model", "modelTopology": {}}'),
      /TensorFlow\.js model.*magenta\.js/,
    ],
    ['JSON', text('{"a": 1}'), /JSON, not a model/],
    ['a model of this library', text('\x08\0\0\0\0\0\0\0{"a":1} '), /safetensors.*needs no import/],
    ['a gzipped file', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0), /gzip/],
    ['a bare pickle', Uint8Array.of(0x80, 2, 0x7d, 0x2e), /pickle of Python/],
    ['noise', Uint8Array.of(1, 2, 3), /begins with 01 02 03/],
    ['half a zip', foreignFile('realtime-ddsp/pl164-hpnir-h32.ckpt').subarray(0, 100_000), /truncated/],
    [
      'half a legacy file',
      foreignFile('realtime-ddsp/pl164-hpnir-h32-legacy.ckpt').subarray(0, 100_000),
      /ends inside storage/,
    ],
  ];
  it.each(others)('%s', async (_name, file, message) => {
    await expect(importModel(file)).rejects.toThrow(ImportError);
    await expect(importModel(file)).rejects.toThrow(message);
  });
});
