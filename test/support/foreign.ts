/** Files of other projects, and their golden outputs. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Decoder, DecoderStream } from '../../src/decoder/decoder';
import type { Model } from '../../src/model/model';
import { renderFrames } from '../../src/play/render';
import { planSynth } from '../../src/synth/graph';
import { newHeap } from './kernels';

const folder = path.join(import.meta.dirname, '../fixtures/import');

/** The bytes of a file in test/fixtures/import; a gzipped one is unpacked. */
export function foreignFile(name: string): Uint8Array {
  const bytes = readFileSync(path.join(folder, name));
  return new Uint8Array(name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
}

export interface Golden {
  readonly metadata: Readonly<Record<string, string>>;
  get(name: string): Float64Array;
  shape(name: string): readonly number[];
}

/** Reads golden outputs, which are F32 and F64. */
export function golden(name: string): Golden {
  const bytes = foreignFile(`${name}.golden.safetensors`);
  const view = new DataView(bytes.buffer);
  const length = Number(view.getBigUint64(0, true));
  const { __metadata__: metadata, ...tensors } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, 8 + length)),
  );
  return {
    metadata,
    shape: (tensor) => tensors[tensor].shape,
    get(tensor) {
      const { dtype, data_offsets } = tensors[tensor];
      const [start, end]: number[] = data_offsets;
      const data = bytes.slice(8 + length + start, 8 + length + end).buffer;
      return dtype === 'F64' ? new Float64Array(data) : Float64Array.from(new Float32Array(data));
    },
  };
}

/** The decoder's outputs for frames of pitch and loudness, one row each. */
export function decoded(model: Model, f0: ArrayLike<number>, loudness: ArrayLike<number>): Float32Array[] {
  const heap = newHeap();
  const { outputs } = planSynth(model.synth);
  const weights = (name: string) => model.tensors[`estimator.${name}`];
  const decoder = new Decoder(heap, weights, { ...model.decoder, outputs });
  const stream = new DecoderStream(decoder);
  heap.seal();
  return Array.from(f0, (hz, i) => {
    stream.step(Float64Array.of(hz, loudness[i]));
    return heap.view(stream.output, outputs).slice();
  });
}

/** A hop of sound for each frame, without noise. */
export function sounded(
  model: Model,
  f0: ArrayLike<number>,
  loudness: ArrayLike<number>,
): Promise<Float32Array> {
  return renderFrames(model, { f0, loudness }, { noise: 0 });
}

/** The largest difference; infinite where lengths differ. */
export function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < expected.length; i++) most = Math.max(most, Math.abs(actual[i] - expected[i]));
  return most;
}
