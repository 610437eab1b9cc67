/**
 * Shared by the reverbs in playing: a fixed response at the context's rate, and the stream that convolves with it.
 * The response begins one sample after the direct sound and adds no delay: its first partitions are as short as a
 * segment (see dsp/convolver.ts).
 */

import { Convolver, convolverCost } from '../dsp/convolver';
import { addCosts, type Cost, floats } from '../dsp/cost';
import type { Heap, Pointer } from '../dsp/heap';
import { RESPONSE_SPREAD, resampleResponse, resampleSeconds } from '../dsp/resample-response';
import type { Options, ProcessorStream, Rates, StreamContext } from './processor';

/** the end of a response is cut where the absolute values of its taps sum to less than this */
const INAUDIBLE = 1e-7;
/** mix that leaves dry and wet as trained */
export const TRAINED_MIX = 0.5;

/** Allowed number of taps of a response. */
export const RESPONSE_LENGTH = { min: 1, max: 1_000_000, integer: true } as const;

/** Length at the context's rate of a response of `length` taps. */
export function responseTail({ length }: Options, { sampleRate, modelRate }: Rates): number {
  if (sampleRate === modelRate) return length;
  return Math.ceil((length * sampleRate) / modelRate + RESPONSE_SPREAD * Math.max(1, sampleRate / modelRate));
}

/** What a reverb with a learned response of `length` taps costs. */
export function responseCost(options: Options, rates: Rates): Cost {
  const { sampleRate, modelRate, hop } = rates;
  const taps = responseTail(options, rates) + 1;
  return addCosts([
    convolverCost(taps, hop, sampleRate / hop),
    {
      setUp: taps * resampleSeconds(modelRate, sampleRate),
      memory: floats(6 * hop),
      playing: 2e-9 * sampleRate,
    },
  ]);
}

/**
 * The response [0, taps] at the context's rate, without its inaudible end.
 * @param taps at the model's rate; the first lies one sample after the direct sound
 */
function* heardResponse(
  taps: Float32Array,
  modelRate: number,
  sampleRate: number,
): Generator<void, Float32Array> {
  const delayed = new Float32Array(taps.length + 1);
  delayed.set(taps, 1);
  const response = yield* resampleResponse(delayed, modelRate, sampleRate);
  let end = response.length;
  for (
    let rest = Math.abs(response[end - 1]);
    end > 1 && rest < INAUDIBLE;
    rest += Math.abs(response[end - 1])
  ) {
    end--;
  }
  return response.subarray(0, end);
}

/** A convolver with a learned response. `taps` is called only if no table holds the response yet. */
export function newConvolver(
  { heap, name, hop, sampleRate, modelRate }: StreamContext,
  taps: () => Float32Array,
): Convolver {
  const response = heap.computed(`${name}/response`, () => heardResponse(taps(), modelRate, sampleRate));
  return new Convolver(heap, `${name}/spectra`, response, hop);
}

/** output = 2 (1 - k) dry + 2 k wet, where k is the knob. */
export class ReverbStream implements ProcessorStream {
  readonly output: Pointer;
  knob = TRAINED_MIX;
  readonly #heap: Heap;
  readonly #hop: number;
  readonly #audio: Pointer;
  readonly #convolver: Convolver;
  #lastKnob = TRAINED_MIX;

  /** @param taps the learned response at the model's rate */
  constructor(context: StreamContext, audio: Pointer, taps: () => Float32Array) {
    this.#heap = context.heap;
    this.#hop = context.hop;
    this.#audio = audio;
    this.#convolver = newConvolver(context, taps);
    this.output = this.#heap.alloc(this.#hop);
  }

  control(_u: Pointer, _f0: number, first: boolean): void {
    if (first) this.#lastKnob = this.knob;
  }

  render(): void {
    const wet = this.#convolver.process(this.#audio);
    this.#heap.kernels.mix(this.output, this.#audio, wet, this.#lastKnob, this.knob, this.#hop);
    this.#lastKnob = this.knob;
  }

  reset(): void {
    this.#convolver.reset();
    this.#heap.kernels.silence(this.output, this.#hop);
    this.#lastKnob = this.knob;
  }
}
