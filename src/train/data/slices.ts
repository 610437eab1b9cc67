/** Where the slices of a recording lie, and which of them are silent. */

import type { Track } from '../../analysis/track';

/** dB. About 69 dB below a full-scale sine of 1 kHz at the default window: below any note, above most rooms. */
export const DEFAULT_SILENCE = -40;

export interface SliceShape {
  /** H */
  readonly hop: number;
  /** T, frames of a slice */
  readonly frames: number;
  /** dB: frames below it are silent */
  readonly silence: number;
}

/** A slice is silent when less than this share of its frames is not. */
const SOUNDING_SHARE = 0.1;

/**
 * First frames of the slices of a recording. They lie end to end; a rest of at least half a slice is
 * covered by one more that reaches back, a shorter one is left out. A recording a little shorter than a
 * slice is one, silent at its end.
 * @param samples of the recording
 */
export function sliceStarts(samples: number, { hop, frames }: Pick<SliceShape, 'hop' | 'frames'>): number[] {
  if (samples < frames * hop) return 2 * samples < frames * hop ? [] : [0];
  const totalFrames = Math.floor(samples / hop);
  const starts = Array.from({ length: Math.floor(totalFrames / frames) }, (_, i) => i * frames);
  const rest = totalFrames % frames;
  if (rest >= frames / 2) starts.push(totalFrames - frames);
  return starts;
}

export function isSilent(
  { loudness }: Pick<Track, 'loudness'>,
  start: number,
  { frames, silence }: SliceShape,
): boolean {
  let sounding = 0;
  for (let i = start; i < start + frames; i++) if (loudness[i] >= silence) sounding++;
  return sounding < SOUNDING_SHARE * frames;
}
