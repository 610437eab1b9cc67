/** The centre of a sound's spectrum, and how it rises with loudness. */

import { FftPlans } from '../../../src/dsp/fft';
import { Heap, type TrainKernels } from '../../../src/dsp/heap';
import { median } from '../../../src/dsp/quantile';
import { trainModule } from '../../../src/dsp/train-module';
import { PowerSpectrogram } from '../../../src/train/learn/metrics/power-spectrogram';

const SIZE = 2048;
/** Samples that are looked at. */
export const CENTROID_SAMPLES = 2 * SIZE;

/**
 * @returns a function from CENTROID_SAMPLES samples to Hz: the median over frames of the powers' centre. Magnitudes would
 * weigh the noise of recordings more than their notes.
 */
export async function centroidMeter(sampleRate: number): Promise<(audio: Float32Array) => number> {
  const heap = new Heap<TrainKernels>(await trainModule());
  const spectrogram = new PowerSpectrogram(heap, FftPlans.of(heap), {
    length: CENTROID_SAMPLES,
    size: SIZE,
    hop: SIZE / 2,
  });
  const input = heap.alloc(CENTROID_SAMPLES);
  const output = heap.alloc(spectrogram.frames * spectrogram.stride);
  heap.seal();
  return (audio) => {
    heap.view(input, CENTROID_SAMPLES).set(audio);
    spectrogram.compute(output, input);
    const powers = heap.view(output, spectrogram.frames * spectrogram.stride);
    return median(
      Array.from({ length: spectrogram.frames }, (_, frame) => {
        let [sum, total] = [0, 0];
        for (let bin = 1; bin < spectrogram.bins; bin++) {
          const power = powers[frame * spectrogram.stride + bin];
          sum += power * bin;
          total += power;
        }
        return ((sum / total) * sampleRate) / SIZE;
      }),
    );
  };
}

export interface Coloured {
  /** MIDI note number */
  readonly pitch: number;
  /** dB */
  readonly loudness: number;
  /** Hz */
  readonly centroid: number;
}

/** Octaves that the centroid rises by in 10 dB, and its standard error: least squares among notes of one semitone. */
export function centroidSlope(notes: readonly Coloured[]): { slope: number; error: number } {
  const semitones = new Map<number, Coloured[]>();
  for (const note of notes) {
    const semitone = Math.round(note.pitch);
    semitones.set(semitone, [...(semitones.get(semitone) ?? []), note]);
  }
  let [xx, xy, yy, freedom] = [0, 0, 0, -1];
  for (const group of semitones.values()) {
    const mean = (value: (note: Coloured) => number) =>
      group.reduce((sum, note) => sum + value(note), 0) / group.length;
    const octaves = ({ centroid }: Coloured) => Math.log2(centroid);
    const [loudness, colour] = [mean((note) => note.loudness), mean(octaves)];
    for (const note of group) {
      const [x, y] = [(note.loudness - loudness) / 10, octaves(note) - colour];
      xx += x * x;
      xy += x * y;
      yy += y * y;
    }
    freedom += group.length - 1;
  }
  const slope = xy / xx;
  return { slope, error: Math.sqrt((yy - slope * xy) / freedom / xx) };
}
