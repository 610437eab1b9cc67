/** What enters a decoder in a frame: the last good value of each input, scaled. */

import type { DecoderConfig } from './config';
import { DEFAULT_INPUTS, type DecoderInput, decoderInput, inputScaling } from './inputs';

/** How a decoder takes its inputs. */
export class InputScaling {
  readonly inputs: readonly DecoderInput[];
  readonly #scalings: readonly ((value: number) => number)[];

  constructor(config: Pick<DecoderConfig, 'inputs' | 'inputScale' | 'loudness'>) {
    const { inputs = DEFAULT_INPUTS } = config;
    this.inputs = inputs.map((name) => decoderInput(name)!);
    this.#scalings = inputs.map((name) => inputScaling(name, config));
  }

  /** @param index of the input, @param value in its unit */
  scale(index: number, value: number): number {
    return this.#scalings[index](value);
  }
}

/**
 * Values that are not finite never reach a recurrent state, from which they would not leave again: such a value repeats
 * the last good one.
 */
export class FrameInputs {
  readonly #scaling: InputScaling;
  /** the last good values, in the inputs' order */
  readonly #values: Float64Array;

  constructor(scaling: InputScaling) {
    this.#scaling = scaling;
    this.#values = Float64Array.from(scaling.inputs, (input) => input.default);
  }

  get count(): number {
    return this.#values.length;
  }

  /** Audio thread. @returns whether any value is another than before */
  take(values: Float64Array): boolean {
    const kept = this.#values;
    let isNews = false;
    for (let i = 0; i < kept.length; i++) {
      const value = values[i];
      if (!Number.isFinite(value) || value === kept[i]) continue;
      kept[i] = value;
      isNews = true;
    }
    return isNews;
  }

  /** Audio thread. As the decoder takes it. */
  scaled(index: number): number {
    return this.#scaling.scale(index, this.#values[index]);
  }

  /** Audio thread. Back to the defaults. */
  reset(): void {
    const { inputs } = this.#scaling;
    for (let i = 0; i < inputs.length; i++) this.#values[i] = inputs[i].default;
  }
}
