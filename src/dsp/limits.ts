/** Limits on samples, so that no input can harm a stream. */

/** 24 dB over full scale: no sample that comes in or goes out is larger. */
export const LOUDEST = 16;

/** Audio thread. Limits a sample to +-LOUDEST; a NaN sample becomes silence. */
export function held(sample: number): number {
  if (sample >= -LOUDEST && sample <= LOUDEST) return sample;
  return sample > LOUDEST ? LOUDEST : sample < -LOUDEST ? -LOUDEST : 0;
}
