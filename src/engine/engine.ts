/** The streaming engine: one model at one sample rate. (Interface first; passes its input through for now.) */

import type { Model } from '../model/model';

/** What a player can turn while it sounds. Values are taken at every frame and moved to without a jump. */
export interface Controls {
  /** semitones, -24..24 */
  pitchShift: number;
  /** 0..2, 1 as trained */
  harmonics: number;
  /** 0..2, 1 as trained */
  noise: number;
  /** mix 0..1, 0.5 as trained */
  reverb: number;
  /** linear output gain */
  gain: number;
}

export class Engine {
  /** samples between the input and its output: W/2 + H (more only for a noise filter longer than a hop) */
  readonly latency: number = 0;
  /** samples that sound after the input has ended, latency not counted */
  readonly tail: number = 0;
  readonly controls: Controls = { pitchShift: 0, harmonics: 1, noise: 1, reverb: 0.5, gain: 1 };
  /** frames analysed so far; the three values below are the last one's */
  frames = 0;
  /** Hz, 0 = unvoiced; before the pitch shift */
  f0 = 0;
  /** 0..1 */
  confidence = 0;
  /** dB, -80 and up */
  loudness = -80;

  /**
   * Allocates everything. Not for the audio callback itself.
   * @param _module compiled play kernels
   * @param _model a valid model
   * @param sampleRate the context's, Hz
   */
  constructor(
    _module: WebAssembly.Module,
    _model: Model,
    readonly sampleRate: number,
  ) {}

  /**
   * Audio thread. Takes `count` samples from `input` at `offset` (null: silence), writes `count` to
   * `output` at `offset`. Any count; the result does not depend on how a stream is cut.
   */
  process(input: Float32Array | null, output: Float32Array, offset: number, count: number): void {
    if (input) output.set(input.subarray(offset, offset + count), offset);
  }

  /** Forgets the stream: phase, history, tails, recurrent state. */
  reset(): void {}
}
