/** Waveform, pitch and loudness of a recording in a fixed number of columns, for drawing. */

import { LOUDNESS_FLOOR } from '../analysis/config';
import type { Dataset } from '../train/data/dataset';
import { readSamples } from '../train/data/slice-reader';

const COLUMNS = 600;
/** Number of samples read at a time. */
const SAMPLES = 2 ** 20;

/** One value per column. In short recordings several columns share a frame. */
export interface Overview {
  /** lowest and highest sample, -1..1 */
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Hz of the loudest frame, 0 = unvoiced */
  readonly f0: Float32Array;
  /** dB of the loudest frame */
  readonly loudness: Float32Array;
}

/** @param name of a recording in the dataset */
export async function overview(dataset: Dataset, name: string): Promise<Overview> {
  const low = new Float32Array(COLUMNS);
  const high = new Float32Array(COLUMNS);
  const f0 = new Float32Array(COLUMNS);
  const loudness = new Float32Array(COLUMNS).fill(LOUDNESS_FLOOR);
  const recording = dataset.index.recordings.find((candidate) => candidate.name === name)!;
  for (let from = 0; from < recording.samples; from += SAMPLES) {
    const to = Math.min(from + SAMPLES, recording.samples);
    const samples = await readSamples(dataset.store, recording, from, to);
    for (let n = 0; n < samples.length; n++) {
      const at = Math.floor(((from + n) * COLUMNS) / recording.samples);
      if (samples[n] < low[at]) low[at] = samples[n];
      else if (samples[n] > high[at]) high[at] = samples[n];
    }
  }
  const track = await dataset.track(name);
  for (let at = 0; at < COLUMNS; at++) {
    const first = Math.floor((at * recording.frames) / COLUMNS);
    const end = Math.max(first + 1, Math.floor(((at + 1) * recording.frames) / COLUMNS));
    for (let i = first; i < end; i++) {
      if (track.loudness[i] <= loudness[at]) continue;
      loudness[at] = track.loudness[i];
      f0[at] = track.f0[i];
    }
  }
  return { low, high, f0, loudness };
}
