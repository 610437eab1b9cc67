/** Computes the slices of a recording, and which are silent. */

import type { Track } from '../../analysis/track';

/** dB. About 69 dB below a full-scale sine of 1 kHz at the default window: below notes, above the noise of most rooms. */
export const DEFAULT_SILENCE = -40;

export interface SliceShape {
  /** H */
  readonly hop: number;
  /** T, frames of a slice */
  readonly frames: number;
  /** dB: frames below it are silent */
  readonly silence: number;
}

/** A slice is silent when fewer than this share of its frames sound. */
const SOUNDING_SHARE = 0.1;

/**
 * The first frame of each slice of a recording. Slices are adjacent. A remainder of at least half a slice is
 * covered by a last slice that overlaps the one before; a shorter remainder is dropped. A recording between
 * half a slice and one slice long becomes one slice, padded with silence.
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
