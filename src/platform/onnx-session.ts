/** Sessions of onnxruntime-web, as decoders and pitch networks use them. */

import type { InferenceSession } from 'onnxruntime-web';

/** What is used of the package. */
export type OnnxRuntime = Pick<typeof import('onnxruntime-web'), 'env' | 'InferenceSession' | 'Tensor'>;

/** @throws (rejects with) what onnxruntime-web says of a file that it cannot run */
export function openSession(runtime: OnnxRuntime, bytes: Uint8Array): Promise<InferenceSession> {
  // more threads would need cross-origin isolation in pages
  runtime.env.wasm.numThreads = 1;
  runtime.env.logLevel = 'error';
  return runtime.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
}
