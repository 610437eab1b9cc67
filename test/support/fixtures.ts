/** Reads the reference's golden vectors: test/fixtures/reference, or the folder DDSP_REFERENCE_DIR names. */

import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Fixture {
  readonly metadata: Readonly<Record<string, string>>;
  /** values of a tensor, row-major */
  get(name: string): Float32Array;
  shape(name: string): readonly number[];
  readonly names: readonly string[];
}

export function reference(name: string): Fixture {
  const folder = process.env.DDSP_REFERENCE_DIR ?? path.join(import.meta.dirname, '../fixtures/reference');
  const bytes = readFileSync(path.join(folder, `${name}.safetensors`));
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const { __metadata__: metadata = {}, ...tensors } = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength));
  const find = (tensor: string): { shape: number[]; data_offsets: [number, number]; dtype: string } => {
    const entry = tensors[tensor];
    if (!entry) throw new Error(`${name}.safetensors has no tensor ${tensor}`);
    if (entry.dtype !== 'F32')
      throw new Error(`${name}.safetensors: ${tensor} is ${entry.dtype}, expected F32`);
    return entry;
  };
  return {
    metadata,
    names: Object.keys(tensors),
    shape: (tensor) => find(tensor).shape,
    get(tensor) {
      const [start, end] = find(tensor).data_offsets;
      const copy = bytes.subarray(8 + headerLength + start, 8 + headerLength + end).slice();
      return new Float32Array(copy.buffer, copy.byteOffset, copy.byteLength / 4);
    },
  };
}
