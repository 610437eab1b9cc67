/**
 * TFRecord framing of event files. Each record has its length (8 bytes, little-endian), a checksum of the
 * length, the data, and a checksum of the data. Checksums are CRC-32C, rotated and offset.
 * https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */

import { CHECKSUM_BYTES, checksum } from '../../../platform/checksum';

const LENGTH_BYTES = 8;
const HEADER_BYTES = LENGTH_BYTES + CHECKSUM_BYTES;

export function frameRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEADER_BYTES + data.length + CHECKSUM_BYTES);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(LENGTH_BYTES, masked(record.subarray(0, LENGTH_BYTES)), true);
  record.set(data, HEADER_BYTES);
  view.setUint32(HEADER_BYTES + data.length, masked(data), true);
  return record;
}

export interface Record {
  readonly data: Uint8Array;
  /** index of the first byte after the record */
  readonly end: number;
}

/** The records of a file, up to the first incomplete or damaged one. */
export function* readRecords(file: Uint8Array): Generator<Record> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at + HEADER_BYTES <= file.length; ) {
    const length = Number(view.getBigUint64(at, true));
    const start = at + HEADER_BYTES;
    const end = start + length + CHECKSUM_BYTES;
    if (view.getUint32(at + LENGTH_BYTES, true) !== masked(file.subarray(at, at + LENGTH_BYTES))) return;
    if (end > file.length) return;
    const data = file.subarray(start, start + length);
    if (view.getUint32(start + length, true) !== masked(data)) return;
    yield { data, end };
    at = end;
  }
}

function masked(bytes: Uint8Array): number {
  const crc = checksum(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
