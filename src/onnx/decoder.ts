/** The ONNX file that a model names as its decoder. */

import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { DEFAULT_INPUTS } from '../decoder/inputs';
import { type NetworkShape, type NetworkValue, networkShape } from '../decoder/network';
import { messageOf } from '../errors';
import { ModelError } from '../model/errors';
import type { Model } from '../model/model';
import { type OnnxRuntime, openSession } from '../platform/onnx-session';
import type { NetworkDecoder } from '../play/network-decoder';
import { planSynth } from '../synth/graph';

export interface OnnxFile {
  /** the whole file, at most 64 MiB, its weights included */
  readonly bytes: Uint8Array;
  /**
   * Where onnxruntime-web is: the address of its `ort.wasm.bundle.min.mjs`, with `ort-wasm-simd-threaded.wasm` beside it.
   * Default: the package `onnxruntime-web`, which Node and import maps find.
   */
  readonly runtime?: string | URL;
}

const LARGEST_FILE = 64 * 2 ** 20;

/**
 * Runs an ONNX network as the decoder of a model. The network takes `features` of shape [1, inputs], scaled as the model
 * says, and `state` of [1, decoder.hidden], zeros at first. It gives `controls` of [1, controls of the graph], 0..1, and
 * `next_state`, shaped as `state`. All are float32.
 */
export class OnnxDecoder implements NetworkDecoder {
  readonly #name: string;
  readonly #session: InferenceSession;
  readonly #runtime: OnnxRuntime;
  readonly #shape: NetworkShape;

  private constructor(name: string, session: InferenceSession, runtime: OnnxRuntime, shape: NetworkShape) {
    this.#name = name;
    this.#session = session;
    this.#runtime = runtime;
    this.#shape = shape;
  }

  /**
   * @param model one that names its decoder's file (`decoder.network`)
   * @throws (rejects with) ModelError `network` when onnxruntime-web cannot be loaded, or the file is not such a network
   */
  static async load(
    model: Omit<Model, 'tensors'>,
    { bytes, runtime: place }: OnnxFile,
  ): Promise<OnnxDecoder> {
    const { network, hidden, inputs = DEFAULT_INPUTS } = model.decoder;
    if (network === undefined)
      throw new ModelError('network', 'this model has a decoder of its own, and names no network');
    if (bytes.length > LARGEST_FILE)
      throw failure(network, `has ${bytes.length} bytes, at most ${LARGEST_FILE} are allowed`);
    const shape = networkShape(inputs.length, hidden, planSynth(model.synth).outputs);
    const runtime = await loadRuntime(place);
    const session = await openSession(runtime, bytes).catch((cause) => {
      const reason = messageOf(cause).split('\n')[0];
      throw failure(network, `cannot be run (${reason}). Its weights must be in the file itself`, { cause });
    });
    try {
      checkValues(network, 'input', session.inputMetadata, [shape.features, shape.state], true);
      checkValues(network, 'output', session.outputMetadata, [shape.controls, shape.nextState], false);
    } catch (error) {
      await session.release();
      throw error;
    }
    return new OnnxDecoder(network, session, runtime, shape);
  }

  async decode(features: Float32Array, signal?: AbortSignal): Promise<Float32Array> {
    const [, inputs] = this.#shape.features.shape;
    const [, outputs] = this.#shape.controls.shape;
    const frames = features.length / inputs;
    const controls = new Float32Array(frames * outputs);
    let state = new Float32Array(this.#shape.state.shape[1]);
    for (let frame = 0; frame < frames; frame++) {
      signal?.throwIfAborted();
      const next = await this.#frame(features.subarray(frame * inputs, (frame + 1) * inputs), state, frame);
      controls.set(next.controls, frame * outputs);
      state = next.state;
    }
    return controls;
  }

  /** Frees the network's memory. It cannot be used again. */
  async close(): Promise<void> {
    await this.#session.release();
  }

  async #frame(features: Float32Array, state: Float32Array, frame: number) {
    const { Tensor } = this.#runtime;
    const shape = this.#shape;
    const tensor = (value: NetworkValue, values: Float32Array) => new Tensor('float32', values, value.shape);
    const given = await this.#session
      .run(
        {
          [shape.features.name]: tensor(shape.features, features),
          [shape.state.name]: tensor(shape.state, state),
        },
        [shape.controls.name, shape.nextState.name],
      )
      .catch((cause) => {
        throw failure(this.#name, `fails in frame ${frame} (${messageOf(cause).split('\n')[0]})`, { cause });
      });
    const values = async (value: NetworkValue) => {
      const answer: Tensor = given[value.name];
      // a size that the file leaves open is only known now
      if (answer.dims.join() !== value.shape.join())
        throw failure(this.#name, `gives ${value.name} of shape [${answer.dims}], expected [${value.shape}]`);
      const data = (await answer.getData()) as Float32Array<ArrayBuffer>;
      if (!data.every(Number.isFinite))
        throw failure(
          this.#name,
          `gives a value of ${value.name} in frame ${frame} that is no finite number`,
        );
      return data;
    };
    const controls = await values(shape.controls);
    return {
      controls: controls.map((value) => Math.min(1, Math.max(0, value))),
      state: await values(shape.nextState),
    };
  }
}

async function loadRuntime(place: string | URL = 'onnxruntime-web'): Promise<OnnxRuntime> {
  try {
    const loaded = await import(/* @vite-ignore */ /* webpackIgnore: true */ String(place));
    // CommonJS packages have their exports on `default` in Node
    return { ...loaded.default, ...loaded };
  } catch (cause) {
    throw new ModelError('network', `onnxruntime-web cannot be loaded from ${place} (${messageOf(cause)})`, {
      remedy: 'npm install onnxruntime-web; in a page pass its address as `runtime`',
      cause,
    });
  }
}

function failure(name: string, problem: string, options: { cause?: unknown } = {}): ModelError {
  return new ModelError('network', `${name}: it ${problem}`, {
    remedy: 'docs/models.md says what a decoder takes and gives',
    ...options,
  });
}

/** @param only no others may be there */
function checkValues(
  file: string,
  what: string,
  found: readonly InferenceSession.ValueMetadata[],
  wanted: readonly NetworkValue[],
  only: boolean,
): void {
  const names = found.map(({ name }) => name).join(', ');
  for (const { name, shape } of wanted) {
    const value = found.find((each) => each.name === name);
    if (!value) throw failure(file, `has no ${what} ${name} (it has: ${names})`);
    if (!value.isTensor || value.type !== 'float32')
      throw failure(file, `has an ${what} ${name} that is no float32 tensor`);
    // sizes that the file leaves open are names, or not above 0
    const fits = value.shape.every((size, i) => typeof size === 'string' || size <= 0 || size === shape[i]);
    if (!fits || (value.shape.length !== shape.length && value.shape.length > 0))
      throw failure(file, `has an ${what} ${name} of shape [${value.shape}], expected [${shape}]`);
  }
  if (only && found.length > wanted.length)
    throw failure(file, `has ${found.length} ${what}s (${names}), expected ${wanted.length}`);
}
