/** What a file's content is known by. */

import { type ByteSource, blocks } from '../platform/bytes';

const BLOCK = 2 ** 22;

/**
 * SHA-256 of the SHA-256s of all blocks of 4 MiB: the platform's own, which only takes what lies in memory.
 * @returns 64 hexadecimal digits
 */
export async function contentHash(source: ByteSource): Promise<string> {
  const digests: Uint8Array[] = [];
  for await (const block of blocks(source, BLOCK)) digests.push(await sha256(block));
  const all = new Uint8Array(digests.length * 32);
  digests.forEach((digest, i) => {
    all.set(digest, i * 32);
  });
  return hex(await sha256(all));
}

/** @returns 64 hexadecimal digits */
export async function textHash(text: string): Promise<string> {
  return hex(await sha256(new TextEncoder().encode(text)));
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  if (!globalThis.crypto?.subtle)
    throw new Error('files cannot be hashed here: serve the page by https, or from localhost');
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
