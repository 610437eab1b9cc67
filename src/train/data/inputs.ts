/**
 * How recordings provide the inputs of a decoder. decoder/inputs.ts declares them for playing. `f0` and `loudness`
 * come from the analysis; any further input needs a measurement here, by the same name. Databases, batches and the
 * replicas follow these two lists.
 */

import type { AnalysisSettings, Track } from '../../analysis/track';
import { DEFAULT_INPUTS } from '../../decoder/inputs';

/** Frames of a recording, with the further inputs that were measured. */
export interface MeasuredTrack extends Track {
  /** T values for each further input; omitted if there is none */
  readonly inputs?: Readonly<Record<string, Float32Array>>;
}

export interface MeasuredInput {
  /**
   * Measures a stretch of a recording.
   * @param audio mono, at the model's rate: samples [iH, (i + 1)H) belong to frame i
   * @param track what the analysis found in it, T frames
   * @returns T values, in the input's unit
   */
  measure(
    audio: Float32Array,
    settings: AnalysisSettings,
    track: Track,
  ): Float32Array | Promise<Float32Array>;
  /** The value of a frame that is played `decibels` louder; omitted if level does not change it. */
  amplify?(value: number, decibels: number): number;
}

const measured = new Map<string, MeasuredInput>();

/**
 * Makes an input trainable in the thread that calls this. It must be known to the decoder too (`registerInput`).
 * @param name as in `decoder.inputs`
 */
export function registerMeasuredInput(name: string, input: MeasuredInput): void {
  measured.set(name, input);
}

/** @returns undefined if recordings do not provide this input */
export function measuredInput(name: string): MeasuredInput | undefined {
  return measured.get(name);
}

/** The inputs that are measured, in order: all but f0 and loudness. */
export function furtherInputs(names: readonly string[] = DEFAULT_INPUTS): readonly string[] {
  return names.filter((name) => !DEFAULT_INPUTS.includes(name));
}
