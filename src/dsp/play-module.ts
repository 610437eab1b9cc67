/** The play kernels, compiled once for a page or process. */

import * as play from '../../build/kernels/play';
import { chooseBinary } from './binary';

let binary: Uint8Array<ArrayBuffer> | undefined;
let compiled: Promise<WebAssembly.Module> | undefined;

/** The bytes of the build that this host runs. */
export function playBinary(): Uint8Array<ArrayBuffer> {
  binary ??= chooseBinary(play);
  return binary;
}

export function playModule(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(playBinary());
  return compiled;
}
