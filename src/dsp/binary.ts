/** Chooses the kernel binary that the host can run, in pages and in Node. A worklet receives its binary. */

/** The plain and the relaxed-SIMD build of the same kernels, as `build/kernels/*.ts` hold them. */
export interface KernelBinaries {
  /** base64, with the pieces of both builds interleaved */
  readonly pieces: readonly string[];
}

/** The bytes of the relaxed-SIMD build if the host can run it, else of the plain build. */
export function chooseBinary(binaries: KernelBinaries): Uint8Array<ArrayBuffer> {
  const relaxed = relaxedBinary(binaries);
  return WebAssembly.validate(relaxed) ? relaxed : plainBinary(binaries);
}

export function plainBinary({ pieces }: KernelBinaries): Uint8Array<ArrayBuffer> {
  return fromBase64(pieces.filter((_, i) => i % 2 === 0).join(''));
}

export function relaxedBinary({ pieces }: KernelBinaries): Uint8Array<ArrayBuffer> {
  return fromBase64(pieces.filter((_, i) => i % 2 === 1).join(''));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
