/** Chooses the kernel binary that the host can run. For pages and Node: a worklet is handed its binary. */

/** The two builds of the same kernels, in base64, as `build/kernels/*.ts` hold them. */
export interface KernelBinaries {
  readonly simd: string;
  readonly relaxed: string;
}

/** The bytes of the relaxed-SIMD build where the host can run it, else of the plain one. */
export function chooseBinary(binaries: KernelBinaries): Uint8Array<ArrayBuffer> {
  const relaxed = fromBase64(binaries.relaxed);
  return WebAssembly.validate(relaxed) ? relaxed : fromBase64(binaries.simd);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
