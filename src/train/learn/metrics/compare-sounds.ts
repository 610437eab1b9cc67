/** All figures and yardsticks of what a model makes of recordings, as a listener would hear both. */

import type { AnalysisSettings } from '../../../analysis/track';
import { FftPlans } from '../../../dsp/fft';
import { Heap, type TrainKernels } from '../../../dsp/heap';
import { trainModule } from '../../../dsp/train-module';
import type { PitchNetwork } from '../../data/pitch/neural/network';
import { trackPath } from '../../data/pitch/path-track';
import type { Sums } from './compared-spectra';
import type { Distances } from './figures';
import { PitchError } from './pitch-error';
import { SpectralComparison } from './spectral-comparison';
import { addSums, YardstickMeter, yardsticksOf } from './yardstick-meter';
import type { Yardsticks } from './yardsticks';

const DISTANCES = ['logSpectralDistance', 'spectralConvergence', 'loudnessError', 'mfccDistance'] as const;

/** Two sounds of equal length, mono, at the settings' rate. */
export interface SoundPair {
  readonly model: Float32Array;
  readonly recording: Float32Array;
}

export interface Comparison {
  /** means over the sounds, by their lengths; NaN without sounds */
  readonly distances: Distances;
  readonly yardsticks: Yardsticks;
}

/**
 * @param pairs sounds shorter than 2048 samples are left out
 * @param settings analysis of the recordings' pitch
 * @param network tracks the pitch of both sounds; null: pYIN
 */
export async function compareSounds(
  pairs: Iterable<SoundPair> | AsyncIterable<SoundPair>,
  settings: AnalysisSettings,
  network: PitchNetwork | null,
): Promise<Comparison> {
  const module = await trainModule();
  const pitch = new PitchError(settings, network);
  const weighed = distances(() => 0);
  let samples = 0;
  let sums: Sums | null = null;
  for await (const { model, recording } of pairs) {
    const length = recording.length;
    if (length < SpectralComparison.shortest) continue;
    const heap = new Heap<TrainKernels>(module);
    const plans = FftPlans.of(heap);
    const { sampleRate, frameRate } = settings;
    const pitchHop = Math.round(sampleRate / frameRate);
    const comparison = new SpectralComparison(heap, plans, length, sampleRate);
    const meter = new YardstickMeter(heap, plans, { length, sampleRate, pitchHop });
    const [modelAt, recordingAt] = [heap.put(model), heap.put(recording)];
    const between = comparison.between(modelAt, recordingAt);
    samples += length;
    for (const name of DISTANCES) weighed[name] += length * between[name];
    const own = meter.newSums();
    meter.add(own, modelAt, recordingAt, (await trackPath(recording, settings)).f0);
    sums = sums ? addSums(sums, own) : own;
    await pitch.add(model, recording);
  }
  return {
    distances: distances((name) => weighed[name] / samples),
    yardsticks: { ...(sums && yardsticksOf(sums, settings.sampleRate)), ...pitch.result },
  };
}

function distances(value: (name: keyof Distances) => number): Record<keyof Distances, number> {
  return Object.fromEntries(DISTANCES.map((name) => [name, value(name)])) as Record<keyof Distances, number>;
}
