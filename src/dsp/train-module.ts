/** The training kernels, compiled once for a process. */

import * as train from '../../build/kernels/train';
import { chooseBinary } from './binary';

let compiled: Promise<WebAssembly.Module> | undefined;

export function trainModule(): Promise<WebAssembly.Module> {
  compiled ??= WebAssembly.compile(chooseBinary(train));
  return compiled;
}
