/** What keeps a stream harmless, whatever is fed to it. */

/** 24 dB over full scale: no sample that comes in or goes out is larger. */
export const LOUDEST = 16;

/** Audio thread. A sample held to +-LOUDEST; silence where it is no number. */
export function held(sample: number): number {
  if (sample >= -LOUDEST && sample <= LOUDEST) return sample;
  return sample > LOUDEST ? LOUDEST : sample < -LOUDEST ? -LOUDEST : 0;
}
