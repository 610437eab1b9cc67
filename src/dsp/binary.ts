/** Chooses the kernel binary that the host can run. For pages and Node: a worklet is handed its binary. */

/** The plain and the relaxed-SIMD build of the same kernels, as `build/kernels/*.ts` hold them. */
export interface KernelBinaries {
  /** base64: in turn a piece of each */
  readonly pieces: readonly string[];
}

/** The bytes of the relaxed-SIMD build where the host can run it, else of the plain one. */
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
