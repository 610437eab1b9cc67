/** Reads a model file. Everything is checked before the model is returned. */

import { ModelError } from './errors';
import { show } from './fields';
import { decodeHalves } from './float16';
import {
  FILE_LIMIT,
  FORMAT,
  LARGEST_VALUE,
  METADATA_FIELDS,
  OPTIONAL_FIELDS,
  READABLE_VERSIONS,
} from './format';
import type { Model, ModelConfig } from './model';
import { type Entry, readEntries, readHeader } from './safetensors';
import { checkMetadata, type Metadata } from './schema';

/**
 * The tensors that a model must hold: shapes by name. May throw a ModelError `graph` if the graph names a processor or
 * an option that does not exist.
 */
export type ExpectedTensors = (config: ModelConfig) => ReadonlyMap<string, readonly number[]>;

/**
 * @param bytes the whole file; the model keeps no reference to it
 * @throws ModelError naming the field or tensor that is wrong; see its codes
 */
export function parseModel(bytes: ArrayBuffer | Uint8Array, expectedTensors: ExpectedTensors): Model {
  // a plain view: the slices of Node's Buffers share memory
  const file =
    bytes instanceof Uint8Array
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
      : new Uint8Array(bytes);
  if (file.length > FILE_LIMIT)
    throw new ModelError('too-large', `model file of ${file.length} bytes, expected at most ${FILE_LIMIT}`);
  const header = readHeader(file);
  checkKind(header.metadata);
  const data = file.subarray(header.dataStart);
  const entries = readEntries(header.tensors, data.length);
  const metadata = readMetadata(header.metadata);
  checkTensors(entries, expectedTensors(metadata));
  const tensors = Object.fromEntries(
    [...entries].map(([name, entry]) => [name, readValues(name, entry, data)]),
  );
  return { ...metadata, tensors };
}

function checkKind({ format, version }: Readonly<Record<string, unknown>>): void {
  if (format !== FORMAT)
    throw new ModelError(
      'not-a-model',
      `safetensors file, but not a model: its metadata's format is ${show(format)}, expected "${FORMAT}"`,
    );
  if (!READABLE_VERSIONS.includes(version))
    throw new ModelError(
      'version',
      `model file of version ${show(version)}, this library reads versions ${READABLE_VERSIONS.join(' and ')}; update the library`,
    );
}

function readMetadata(fields: Readonly<Record<string, unknown>>): Metadata {
  const metadata: Record<string, unknown> = {};
  const given = OPTIONAL_FIELDS.filter(([field]) => field in fields);
  for (const [field, property] of [...METADATA_FIELDS, ...given]) {
    const json = fields[field];
    if (typeof json !== 'string')
      throw new ModelError('metadata', `metadata: ${field} is missing or not a string of JSON`);
    try {
      metadata[property] = JSON.parse(json);
    } catch (cause) {
      throw new ModelError('metadata', `metadata: ${field} is not JSON`, { cause });
    }
  }
  return checkMetadata(metadata);
}

function checkTensors(
  entries: ReadonlyMap<string, Entry>,
  expected: ReadonlyMap<string, readonly number[]>,
): void {
  for (const [name, shape] of expected) {
    const entry = entries.get(name);
    if (!entry) throw new ModelError('missing-tensor', `tensor ${name} of shape [${shape}] is missing`);
    if (entry.shape.join() !== shape.join())
      throw new ModelError('shape', `tensor ${name} has shape [${entry.shape}], expected [${shape}]`);
  }
  for (const name of entries.keys()) {
    if (!expected.has(name))
      throw new ModelError('unknown-tensor', `tensor ${name} belongs to no part of this model`);
  }
}

function readValues(name: string, { dtype, begin, end }: Entry, data: Uint8Array): Float32Array {
  const bytes = data.subarray(begin, end);
  const values =
    dtype === 'F16' ? decodeHalves(bytes, bytes.length / 2) : new Float32Array(bytes.slice().buffer);
  const wrong = values.findIndex((value) => !(Math.abs(value) <= LARGEST_VALUE));
  if (wrong >= 0)
    throw new ModelError(
      'value',
      `tensor ${name}: value ${wrong} is ${values[wrong]}, expected at most ${LARGEST_VALUE} either way: the file is damaged, or training diverged`,
    );
  return values;
}
