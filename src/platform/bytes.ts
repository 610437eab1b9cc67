/** Bytes that are read a range at a time, so that a recording of hours never lies in memory as a whole. */

export interface ByteSource {
  /** bytes in all */
  readonly size: number;
  /**
   * Bytes `from` to `to`, fewer where the source ends. May share memory with the source: not to be changed.
   * @throws when not all of them can be read
   */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** A source that has to be closed. */
export interface OpenContent extends ByteSource {
  close(): Promise<void>;
}

export function bytesInMemory(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: async (from, to) => bytes.subarray(from, to) };
}

/** @param blob a file that was picked or dropped, too: its content is read when it is asked for */
export function bytesOfBlob(blob: Blob): ByteSource {
  return {
    size: blob.size,
    read: async (from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer()),
  };
}

/** The bytes `from` to `to` of a source, as a source of their own. */
export function part(source: ByteSource, from: number, to: number): ByteSource {
  return {
    size: to - from,
    read: (start, end) => source.read(from + start, Math.min(to, from + end)),
  };
}

/** All of it from `from` on, `step` bytes at a time. */
export async function* blocks(
  source: ByteSource,
  step: number,
  from = 0,
): AsyncGenerator<Uint8Array, void, void> {
  for (let at = from; at < source.size; at += step) {
    yield await source.read(at, Math.min(source.size, at + step));
  }
}
