/**
 * The step response of a low-pass filter, minus an ideal step. Added to the jumps of a sawtooth it removes their
 * aliases (see `sawWave` in src/kernels/synth/wave.ts).
 *
 * The filter is a Kaiser-windowed sinc of 2 REACH samples. Its gain is within 0.01 dB of 1 up to 0.42 of its
 * sample rate (20.2 kHz at 48 kHz) and below -81 dB from half of it on.
 */

import { kaiser } from './window';

/** samples from the middle of the step to its end */
export const STEP_REACH = 32;
/** table entries per sample; the error of linear interpolation is then at most 5e-6 */
export const STEP_RESOLUTION = 256;
/** -6 dB point, in cycles per sample */
const CUTOFF = 0.46;
/** Kaiser's shape parameter for 80 dB */
const BETA = 8;

function impulseResponse(t: number): number {
  const angle = 2 * Math.PI * CUTOFF * t;
  return kaiser(Math.min(1, t / STEP_REACH), BETA) * (angle === 0 ? 1 : Math.sin(angle) / angle);
}

/**
 * The filtered step minus the ideal step, both from -1 to 1, at times 0..STEP_REACH after the middle. Before the
 * middle the values have the opposite sign. The first value is -1, the last two are 0.
 */
export function* bandLimitedStep(): Generator<void, Float32Array> {
  const count = STEP_REACH * STEP_RESOLUTION;
  const width = 1 / STEP_RESOLUTION;
  const integral = new Float64Array(count + 1);
  for (let i = 0; i < count; i++) {
    if (i % STEP_RESOLUTION === 0) yield;
    // Simpson's rule
    const left = impulseResponse(i * width);
    const middle = impulseResponse((i + 0.5) * width);
    const right = impulseResponse((i + 1) * width);
    integral[i + 1] = integral[i] + (left + 4 * middle + right) / 6;
  }
  const table = new Float32Array(count + 2);
  for (let i = 0; i < count; i++) table[i] = integral[i] / integral[count] - 1;
  return table;
}
