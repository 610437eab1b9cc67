/** Cuts an analysed recording into slices of one length. */

import type { Track } from '../../engine/analysis/track';

/** dB. About 69 dB below a full-scale sine of 1 kHz at the default window: below any note, above most rooms. */
export const DEFAULT_SILENCE = -40;

/** A stretch of a recording, sample by sample and frame by frame. */
export interface Slice {
  /** L = T * H samples at the model's rate */
  readonly audio: Float32Array;
  /** T values, Hz, > 0: unvoiced frames hold the last voiced one's */
  readonly f0: Float32Array;
  /** T values, dB */
  readonly loudness: Float32Array;
  /** the recording's name */
  readonly source: string;
  /** its first sample in the recording, at the model's rate; a multiple of H */
  readonly offset: number;
}

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
 * covered by one more that reaches back, a shorter one is left out.
 */
export function sliceStarts(totalFrames: number, frames: number): number[] {
  const starts = Array.from({ length: Math.floor(totalFrames / frames) }, (_, i) => i * frames);
  const rest = totalFrames % frames;
  if (starts.length > 0 && rest >= frames / 2) starts.push(totalFrames - frames);
  return starts;
}

/** The audio and features of frames `start` to `start + frames`, copied. */
export function cutSlice(
  audio: Float32Array,
  track: Track,
  source: string,
  start: number,
  { hop, frames }: SliceShape,
): Slice {
  return {
    audio: audio.slice(start * hop, (start + frames) * hop),
    f0: track.heldF0.slice(start, start + frames),
    loudness: track.loudness.slice(start, start + frames),
    source,
    offset: start * hop,
  };
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
