/**
 * A pitch network supplied by the user: an ONNX file with the shapes of CREPE (Kim et al. 2018), run by
 * onnxruntime-web. That package is only needed and loaded for such networks.
 *
 * Input: (n, 1024) samples at 16 kHz, each frame with mean 0 and standard deviation 1. Output: (n, 360) activations,
 * 0..1, of pitches 20 cents apart.
 */

import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { packages } from '#lazy-packages';
import { messageOf } from '../../../../errors';
import { type OnnxRuntime, openSession } from '../../../../platform/onnx-session';
import { PitchNetworkError } from './errors';

export const NETWORK_RATE = 16_000;
export const NETWORK_FRAME = 1024;
export const NETWORK_BINS = 360;

export interface PitchNetworkFile {
  /** name for error messages */
  readonly name: string;
  readonly bytes: Uint8Array;
  /**
   * Location of onnxruntime-web: the address of its `ort.wasm.bundle.min.mjs`, with `ort-wasm-simd-threaded.wasm` in
   * the same folder. Required in pages. In Node the default is the installed package.
   */
  readonly runtime?: string;
}

const SHAPE = `bring one that takes [n, ${NETWORK_FRAME}] and answers [n, ${NETWORK_BINS}], as CREPE does`;

export class PitchNetwork {
  /** frames per run; 0 = any number */
  readonly #batch: number;

  private constructor(
    readonly file: string,
    private readonly session: InferenceSession,
    private readonly runtime: OnnxRuntime,
    batch: number,
  ) {
    this.#batch = batch;
  }

  /** @throws PitchNetworkError when onnxruntime-web is missing, or the file is not such a network */
  static async load({ name, bytes, runtime: place }: PitchNetworkFile): Promise<PitchNetwork> {
    const runtime: OnnxRuntime = await packages.onnxruntime(place).catch((cause) => {
      const reason = messageOf(cause);
      const problem = `pitch networks need the package onnxruntime-web, which cannot be loaded (${reason})`;
      throw new PitchNetworkError(name, problem, 'npm install onnxruntime-web', { cause });
    });
    const session = await openSession(runtime, bytes).catch((cause) => {
      const reason = messageOf(cause).split('\n')[0];
      throw new PitchNetworkError(name, `it cannot be read as an ONNX model (${reason})`, SHAPE, { cause });
    });
    try {
      return new PitchNetwork(name, session, runtime, checkShape(name, session));
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /**
   * @param frames of `NETWORK_FRAME` samples, one after the other
   * @returns `NETWORK_BINS` activations per frame
   */
  async run(frames: Float32Array): Promise<Float32Array> {
    const count = frames.length / NETWORK_FRAME;
    const batch = this.#batch || count;
    const activations = new Float32Array(count * NETWORK_BINS);
    for (let at = 0; at < count; at += batch) {
      const input = new Float32Array(batch * NETWORK_FRAME);
      input.set(frames.subarray(at * NETWORK_FRAME, (at + batch) * NETWORK_FRAME));
      const output = await this.#infer(input, batch);
      activations.set(output.subarray(0, (count - at) * NETWORK_BINS), at * NETWORK_BINS);
    }
    return activations;
  }

  async #infer(input: Float32Array, batch: number): Promise<Float32Array> {
    const { inputNames, outputNames } = this.session;
    const tensor = new this.runtime.Tensor('float32', input, [batch, NETWORK_FRAME]);
    const { [outputNames[0]]: output } = await this.session.run({ [inputNames[0]]: tensor });
    // a dynamic output shape is only known now
    checkDimensions(this.file, 'answers', output.dims, NETWORK_BINS);
    return (await (output as Tensor).getData()) as Float32Array;
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

/** @returns frames per run; 0 = any number */
function checkShape(name: string, { inputMetadata, outputMetadata }: InferenceSession): number {
  for (const [what, values] of [
    ['inputs', inputMetadata],
    ['outputs', outputMetadata],
  ] as const) {
    if (values.length !== 1)
      throw new PitchNetworkError(name, `it has ${values.length} ${what}, and 1 is wanted`, SHAPE);
    const [value] = values;
    if (!value.isTensor || value.type !== 'float32')
      throw new PitchNetworkError(name, `its ${what.slice(0, -1)} ${value.name} is no float32 tensor`, SHAPE);
  }
  const [input, output] = [inputMetadata[0], outputMetadata[0]];
  if (!input.isTensor || !output.isTensor) return 0;
  const batch = checkDimensions(name, 'takes', input.shape, NETWORK_FRAME);
  if (output.shape.length > 0) checkDimensions(name, 'answers', output.shape, NETWORK_BINS);
  return batch;
}

/** @returns the first dimension; 0 when it is dynamic */
function checkDimensions(
  name: string,
  verb: string,
  shape: readonly (number | string)[],
  last: number,
): number {
  const open = (size: number | string) => typeof size === 'string' || size <= 0;
  const fits = shape.length === 2 && (open(shape[1]) || shape[1] === last);
  if (!fits) throw new PitchNetworkError(name, `it ${verb} [${shape.join(', ')}]`, SHAPE);
  return open(shape[0]) ? 0 : Number(shape[0]);
}
