/** Chooses the kernel binary that the host can run, in pages and in Node. A worklet receives its binary. */

/** The plain and the relaxed-SIMD build of the same kernels, as `build/kernels/*.ts` hold them. */
export interface KernelBinaries {
  /** text, with the pieces of both builds interleaved */
  readonly pieces: readonly string[];
}

/** The bytes of the relaxed-SIMD build if the host can run it, else of the plain build. */
export function chooseBinary(binaries: KernelBinaries): Uint8Array<ArrayBuffer> {
  const relaxed = relaxedBinary(binaries);
  return WebAssembly.validate(relaxed) ? relaxed : plainBinary(binaries);
}

export function plainBinary({ pieces }: KernelBinaries): Uint8Array<ArrayBuffer> {
  return fromText(pieces.filter((_, i) => i % 2 === 0).join(''));
}

export function relaxedBinary({ pieces }: KernelBinaries): Uint8Array<ArrayBuffer> {
  return fromText(pieces.filter((_, i) => i % 2 === 1).join(''));
}

/**
 * Reads what src/kernels/build.mjs writes: bytes plus 3, as characters from # to }, the last two of which add 88 and 176
 * to the next.
 */
function fromText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let added = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = code < 92 ? code - 35 : code - 36;
    if (value < 88) {
      bytes[length++] = value + added - 3;
      added = 0;
    } else {
      added = 88 * (value - 87);
    }
  }
  return bytes.slice(0, length);
}
