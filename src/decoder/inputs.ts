/**
 * The inputs of decoders. A model names its inputs, in the order in which they enter
 * (`decoder.inputs`); the first two are always `f0` and `loudness`.
 */

import type { DecoderConfig, InputScale } from './config';

export interface DecoderInput {
  readonly unit: string;
  readonly meaning: string;
  /** value for frames that have none */
  readonly default: number;
  /** The value as the decoder takes it, roughly within -1 to 1. */
  scale(value: number, scale: InputScale): number;
}

const LOWEST = 32;
const HIGHEST = 2000;
const OCTAVES = Math.log2(HIGHEST / LOWEST);

/**
 * Pitch as the decoder takes it: 0 at 32 Hz and 1 at 2000 Hz on `linear` and `log`, and not limited beyond these.
 * One exception: `log` holds f0 at 8 Hz from below (-0.34), where a logarithm would have no limit.
 *
 * `linear` is the reference's. `log` gives each octave the same share, where `linear` leaves a quarter of the
 * range to the lowest four octaves (32 to 512 Hz). `hertz`, which ddsp_pytorch has, leaves f0 as it is.
 *
 * @param f0 Hz
 */
export function pitchInput(scale: InputScale, f0: number): number {
  if (scale === 'hertz') return f0;
  if (scale === 'linear') return (f0 - LOWEST) / (HIGHEST - LOWEST);
  return Math.log2(Math.max(f0, LOWEST / 4) / LOWEST) / OCTAVES;
}

/**
 * Loudness as the decoder takes it, the same on either scale: 0 at the floor of -80 dB, 1 at 0 dB.
 * @param loudness dB
 */
export function loudnessInput(loudness: number): number {
  return loudness / 80 + 1;
}

const inputs = new Map<string, DecoderInput>([
  ['f0', { unit: 'Hz', meaning: 'pitch', default: 440, scale: (hz, scale) => pitchInput(scale, hz) }],
  ['loudness', { unit: 'dB', meaning: 'A-weighted loudness', default: -80, scale: loudnessInput }],
]);

/** The inputs of a decoder that names none. */
export const DEFAULT_INPUTS: readonly string[] = ['f0', 'loudness'];

/** Makes a further input known, before the first model that names it is read. */
export function registerInput(name: string, input: DecoderInput): void {
  inputs.set(name, input);
}

/** @returns undefined where no input has this name */
export function decoderInput(name: string): DecoderInput | undefined {
  return inputs.get(name);
}

/** Names of all inputs that are known. */
export function inputNames(): readonly string[] {
  return [...inputs.keys()];
}

/** How a decoder takes the values of an input that it names. */
export function inputScaling(
  name: string,
  { inputScale, loudness }: Pick<DecoderConfig, 'inputScale' | 'loudness'>,
): (value: number) => number {
  if (name === 'loudness' && loudness) return (decibels) => (decibels - loudness.mean) / loudness.deviation;
  const input = decoderInput(name)!;
  return (value) => input.scale(value, inputScale);
}
