/**
 * The container: the length of the header (8 bytes, little-endian), a JSON header, then the bytes of the tensors
 * without gaps. The header maps the name of each tensor to its dtype, shape and byte range, and `__metadata__` to
 * strings. Format: https://huggingface.co/docs/safetensors
 *
 * Spaces at the end of the header align the data to 8 bytes. Tensors are not padded: other readers refuse gaps.
 */

import { ModelError } from './errors';
import { shorten, show } from './fields';

export type Dtype = 'F32' | 'F16';

export const BYTES_PER_VALUE: Readonly<Record<Dtype, number>> = { F32: 4, F16: 2 };

export interface Entry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** first byte, counted from the start of the data */
  readonly begin: number;
  readonly end: number;
}

/** A header as it was read; its tensors are not checked yet. */
export interface Header {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<Record<string, unknown>>;
  /** where the data starts in the file */
  readonly dataStart: number;
}

/** A tensor to write. */
export interface TensorBytes {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

const LENGTH_BYTES = 8;
const ALIGNMENT = 8;
const HEADER_LIMIT = 2 ** 20;
const LONGEST_NAME = 200;
const OPENING_BRACE = 0x7b;
const METADATA = '__metadata__';

/**
 * @param kind what the file should be, for error messages
 * @throws ModelError `truncated`, `too-large` or `not-a-model`
 */
export function readHeader(file: Uint8Array, kind = 'model file'): Header {
  if (file.length <= LENGTH_BYTES)
    throw new ModelError('truncated', `${kind} ends after ${file.length} bytes, before its header`);
  if (file[LENGTH_BYTES] !== OPENING_BRACE) throw new ModelError('not-a-model', notSafetensors(file, kind));
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > HEADER_LIMIT)
    throw new ModelError('too-large', `${kind}: header of ${length} bytes, expected at most ${HEADER_LIMIT}`);
  const dataStart = LENGTH_BYTES + length;
  if (dataStart > file.length)
    throw new ModelError(
      'truncated',
      `${kind} ends at byte ${file.length} inside its header, which ends at byte ${dataStart}`,
    );
  const header = parseJson(file.subarray(LENGTH_BYTES, dataStart), kind);
  const { [METADATA]: metadata = {}, ...tensors } = header;
  if (!isRecord(metadata)) throw new ModelError('not-a-model', `${kind}: ${METADATA} is not an object`);
  return { metadata, tensors, dataStart };
}

function parseJson(bytes: Uint8Array, kind: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ModelError('not-a-model', `${kind}: its header is not JSON`, { cause });
  }
  if (!isRecord(header)) throw new ModelError('not-a-model', `${kind}: its header is not an object`);
  return header;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Recognises the files that people often download by mistake. */
function notSafetensors(file: Uint8Array, kind: string): string {
  const start = String.fromCharCode(...file.subarray(0, 64)).trimStart();
  if (start.startsWith('<')) return `not a ${kind} but a web page (HTML or XML): check its address`;
  if (start.startsWith('version https://git-lfs'))
    return `not a ${kind} but a Git LFS pointer to one: fetch the file itself (git lfs pull)`;
  return `not a ${kind}: no safetensors header`;
}

/**
 * Checks the entry of every tensor, and that all tensors together cover the data exactly.
 * @param dataLength bytes after the header
 * @throws ModelError `truncated`, `too-large`, `dtype`, `shape` or `offsets`
 */
export function readEntries(tensors: Header['tensors'], dataLength: number): Map<string, Entry> {
  const entries = new Map(Object.entries(tensors).map(([name, entry]) => [name, readEntry(name, entry)]));
  let position = 0;
  let previous = 'the header';
  for (const [name, { begin, end }] of [...entries].sort(
    ([, a], [, b]) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin < position) throw new ModelError('offsets', `tensor ${name} overlaps ${previous}`);
    if (begin > position)
      throw new ModelError('offsets', `${begin - position} bytes before tensor ${name} belong to no tensor`);
    if (end > dataLength)
      throw new ModelError(
        'truncated',
        `tensor ${name} ends at byte ${end} of the data, but the file holds ${dataLength}: it is truncated`,
      );
    position = end;
    previous = name;
  }
  if (position < dataLength)
    throw new ModelError('too-large', `${dataLength - position} bytes too many after ${previous}`);
  return entries;
}

function readEntry(name: string, entry: unknown): Entry {
  if (name.length > LONGEST_NAME)
    throw new ModelError(
      'unknown-tensor',
      `tensor ${shorten(name)}: its name has ${name.length} characters, expected at most ${LONGEST_NAME}`,
    );
  if (!isRecord(entry)) throw new ModelError('not-a-model', `tensor ${name}: its entry is not an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (dtype !== 'F32' && dtype !== 'F16')
    throw new ModelError('dtype', `tensor ${name} is ${show(dtype)}, expected F32 or F16`);
  if (!isCounts(shape) || shape.includes(0))
    throw new ModelError('shape', `tensor ${name}: shape ${show(shape)}, expected positive integers`);
  if (!isCounts(offsets) || offsets.length !== 2)
    throw new ModelError(
      'offsets',
      `tensor ${name}: data_offsets ${show(offsets)}, expected two whole numbers`,
    );
  const [begin, end] = offsets;
  const size = shape.reduce((product, extent) => product * extent, BYTES_PER_VALUE[dtype]);
  if (end - begin !== size)
    throw new ModelError(
      'offsets',
      `tensor ${name}: ${dtype} of shape [${shape}] takes ${size} bytes, its data_offsets give ${end - begin}`,
    );
  return { dtype, shape, begin, end };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && entry >= 0);
}

/** @param metadata strings: the format allows nothing else */
export function writeContainer(
  metadata: Readonly<Record<string, string>>,
  tensors: ReadonlyMap<string, TensorBytes>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { [METADATA]: metadata };
  let size = 0;
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [size, size + bytes.length] };
    size += bytes.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(LENGTH_BYTES + headerLength + size).fill(0x20, 0, LENGTH_BYTES + headerLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(json, LENGTH_BYTES);
  let position = LENGTH_BYTES + headerLength;
  for (const { bytes } of tensors.values()) {
    file.set(bytes, position);
    position += bytes.length;
  }
  return file;
}
