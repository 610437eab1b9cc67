/** Frames for a pitch network, at its own sample rate, centred like the frames of the model. */

import { NETWORK_FRAME, NETWORK_RATE } from './network';

/** Frames with a smaller standard deviation are silent and are not normalised. */
const SILENCE = 1e-8;

/**
 * Frames `first` to `first + count`, normalised to mean 0 and standard deviation 1, as in the training of CREPE.
 * @param audio mono, at `NETWORK_RATE`; zero outside
 * @param step seconds between frames; frame i is centred on (i + 1/2) steps
 * @returns `NETWORK_FRAME` samples per frame, one frame after the other
 */
export function networkFrames(audio: Float32Array, step: number, first: number, count: number): Float32Array {
  const frames = new Float32Array(count * NETWORK_FRAME);
  for (let i = 0; i < count; i++) {
    const start = Math.round((first + i + 0.5) * step * NETWORK_RATE) - NETWORK_FRAME / 2;
    const frame = frames.subarray(i * NETWORK_FRAME, (i + 1) * NETWORK_FRAME);
    const from = Math.max(start, 0);
    frame.set(audio.subarray(from, Math.max(start + NETWORK_FRAME, from)), from - start);
    normalise(frame);
  }
  return frames;
}

function normalise(frame: Float32Array): void {
  const mean = frame.reduce((sum, v) => sum + v, 0) / frame.length;
  const power = frame.reduce((sum, v) => sum + (v - mean) ** 2, 0) / frame.length;
  const scale = 1 / Math.max(Math.sqrt(power), SILENCE);
  for (let n = 0; n < frame.length; n++) frame[n] = (frame[n] - mean) * scale;
}
