/** Files of other projects, and their golden outputs. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Decoder, DecoderStream } from '../../src/decoder/decoder';
import type { Model } from '../../src/model/model';
import { planSynth } from '../../src/synth/graph';
import { synthLookahead } from '../../src/synth/stream';
import { newHeap } from './kernels';
import { WholeSynth } from './whole-synth';

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

export interface Driven {
  /** decoder outputs, T rows */
  readonly outputs: readonly Float32Array[];
  /** T hops of sound, without noise */
  readonly audio: Float32Array;
}

/** Plays frames of pitch and loudness through a model, with its noise silent. */
export function drive(model: Model, f0: ArrayLike<number>, loudness: ArrayLike<number>): Driven {
  const heap = newHeap();
  const plan = planSynth(model.synth);
  const hop = Math.round(model.sampleRate / model.frameRate);
  const { hidden, inputScale } = model.decoder;
  const decoder = new DecoderStream(
    new Decoder(heap, (name) => model.tensors[`estimator.${name}`], {
      hidden,
      inputScale,
      outputs: plan.outputs,
    }),
  );
  const context = {
    heap,
    sampleRate: model.sampleRate,
    modelRate: model.sampleRate,
    hop,
    seed: 1,
    tensor: (name: string) => model.tensors[name],
  };
  const synth = new WholeSynth(plan, context);
  heap.seal();
  synth.turn('noise', 0);
  const outputs: Float32Array[] = [];
  const half = hop >> 1;
  const audio = new Float32Array((f0.length + 1) * hop);
  for (let i = 0; i <= f0.length; i++) {
    // after the last frame its controls are held
    const frame = Math.min(i, f0.length - 1);
    if (i < f0.length) {
      decoder.step(Float64Array.of(f0[i], loudness[i]));
      outputs.push(heap.view(decoder.output, plan.outputs).slice());
    }
    synth.step(decoder.output, f0[frame], i === 0, i === 0 ? hop - half : 0);
    audio.set(heap.view(synth.output, hop), i * hop);
  }
  const late = hop - half + synthLookahead(plan, context);
  return { outputs, audio: audio.slice(late, late + f0.length * hop) };
}

/** The largest difference, and 1 where lengths differ. */
export function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < expected.length; i++) most = Math.max(most, Math.abs(actual[i] - expected[i]));
  return most;
}
