/** Writes a model file. A model that could not be read back is refused. */

import { DEFAULT_INPUTS } from '../decoder/inputs';
import { ModelError } from './errors';
import { encodeHalves, HALF_MAX } from './float16';
import { FORMAT, LARGEST_VALUE, METADATA_FIELDS, OPTIONAL_FIELDS, VERSION } from './format';
import type { Model } from './model';
import type { ExpectedTensors } from './read';
import { BYTES_PER_VALUE, type Dtype, type TensorBytes, writeContainer } from './safetensors';
import { checkMetadata } from './schema';

export interface WriteOptions {
  /** writes half-precision values: half the size, 11 bits of mantissa; default true */
  readonly float16?: boolean;
}

/**
 * @param expectedTensors as for `parseModel`; they give the shapes
 * @throws ModelError naming the field or tensor that is wrong
 */
export function serialiseModel(
  model: Model,
  expectedTensors: ExpectedTensors,
  { float16 = true }: WriteOptions = {},
): Uint8Array<ArrayBuffer> {
  const { tensors, ...rest } = model;
  const metadata = checkMetadata(rest);
  const expected = expectedTensors(metadata);
  for (const name of Object.keys(tensors)) {
    if (!expected.has(name))
      throw new ModelError('unknown-tensor', `tensor ${name} belongs to no part of this model`);
  }
  const dtype = float16 ? 'F16' : 'F32';
  const encoded = new Map<string, TensorBytes>();
  for (const [name, shape] of expected) encoded.set(name, encode(name, tensors[name], shape, dtype));
  const { decoder } = metadata;
  const named = { ...metadata, decoder: { ...decoder, inputs: decoder.inputs ?? DEFAULT_INPUTS } };
  const given = OPTIONAL_FIELDS.filter(([, property]) => named[property] !== undefined);
  const sections = [...METADATA_FIELDS, ...given];
  const fields = sections.map(([field, property]) => [field, JSON.stringify(named[property])]);
  return writeContainer({ format: FORMAT, version: VERSION, ...Object.fromEntries(fields) }, encoded);
}

function encode(
  name: string,
  values: Float32Array | undefined,
  shape: readonly number[],
  dtype: Dtype,
): TensorBytes {
  if (!values) throw new ModelError('missing-tensor', `tensor ${name} of shape [${shape}] is missing`);
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (values.length !== count)
    throw new ModelError(
      'shape',
      `tensor ${name} has ${values.length} values, expected [${shape}] = ${count}`,
    );
  const limit = dtype === 'F16' ? HALF_MAX : LARGEST_VALUE;
  const wrong = values.findIndex((value) => !(Math.abs(value) <= limit));
  if (wrong >= 0)
    throw new ModelError(
      'value',
      `tensor ${name}: value ${wrong} is ${values[wrong]}` +
        (Math.abs(values[wrong]) <= LARGEST_VALUE
          ? `, float16 ends at ${HALF_MAX}: write it with float16 off`
          : `, expected at most ${LARGEST_VALUE} either way`),
    );
  const bytes = new Uint8Array(count * BYTES_PER_VALUE[dtype]);
  if (dtype === 'F16') encodeHalves(values, bytes);
  else new Float32Array(bytes.buffer).set(values);
  return { dtype, shape, bytes };
}
