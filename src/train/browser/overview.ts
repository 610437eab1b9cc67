/** A recording as it is drawn: wave, pitch and loudness in a fixed number of columns. */

import { LOUDNESS_FLOOR } from '../../engine/analysis/analyser';
import type { Dataset } from '../dataset/dataset';
import type { SliceRef } from '../dataset/split';

export const OVERVIEW_COLUMNS = 600;

/** One value a column. Where nothing is trained on (silence), wave and pitch are 0. */
export interface Overview {
  /** lowest and highest sample, -1..1 */
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Hz of the loudest frame */
  readonly f0: Float32Array;
  /** dB of the loudest frame */
  readonly loudness: Float32Array;
}

/**
 * @param slices of one recording
 * @param length samples of the recording
 */
export async function overview(
  dataset: Dataset,
  slices: readonly SliceRef[],
  length: number,
): Promise<Overview> {
  const { hop } = dataset;
  const low = new Float32Array(OVERVIEW_COLUMNS);
  const high = new Float32Array(OVERVIEW_COLUMNS);
  const f0 = new Float32Array(OVERVIEW_COLUMNS);
  const loudness = new Float32Array(OVERVIEW_COLUMNS).fill(LOUDNESS_FLOOR);
  const column = (sample: number) =>
    Math.min(OVERVIEW_COLUMNS - 1, Math.floor((sample * OVERVIEW_COLUMNS) / length));
  for (const place of slices) {
    const slice = await dataset.read(place);
    slice.f0.forEach((pitch, frame) => {
      const start = frame * hop;
      for (let n = start; n < start + hop; n++) {
        const value = slice.audio[n];
        const at = column(place.offset + n);
        if (value < low[at]) low[at] = value;
        else if (value > high[at]) high[at] = value;
      }
      const at = column(place.offset + start + hop / 2);
      if (slice.loudness[frame] <= loudness[at]) return;
      loudness[at] = slice.loudness[frame];
      f0[at] = pitch;
    });
  }
  return { low, high, f0, loudness };
}
