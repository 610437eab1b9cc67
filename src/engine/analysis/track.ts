/** Analysis of a whole recording, frame by frame, by the code that listens live. */

import type { ModelConfig } from '../../model/model';
import { Heap } from '../kernels';
import { playModule } from '../play-module';
import { Analyser, FIRST_F0 } from './analyser';

/** Frames between chances for others to run and for the caller to abort: about 50 ms of work. */
const TURN = 2000;

/** The part of a model's configuration that analysis needs. */
export type AnalysisSettings = Pick<ModelConfig, 'sampleRate' | 'frameRate' | 'analysis'>;

export interface AnalyseOptions {
  /** of the audio, Hz; default: the model's */
  readonly sampleRate?: number;
  /** called now and then with the share done, 0..1 */
  readonly onProgress?: (share: number) => void;
  /** rejects with the signal's reason when aborted */
  readonly signal?: AbortSignal;
}

/** One value a frame; frame i belongs to samples [iH, (i + 1)H). */
export interface Track {
  /** Hz, 0 = unvoiced */
  readonly f0: Float32Array;
  /** Hz: the last voiced value; 440 before any */
  readonly heldF0: Float32Array;
  /** 0..1 */
  readonly confidence: Float32Array;
  /** dB, -80 and up */
  readonly loudness: Float32Array;
}

/**
 * Analyses ceil(n / H) frames, H = round(sampleRate / frameRate). Frame i looks at the window around
 * sample iH + floor(H/2), zeros outside the recording. Lets the event loop turn now and then.
 * @param audio mono
 * @throws the signal's reason, if it aborts
 */
export async function analyseSignal(
  audio: Float32Array,
  { sampleRate: modelRate, frameRate, analysis }: AnalysisSettings,
  { sampleRate = modelRate, onProgress, signal }: AnalyseOptions = {},
): Promise<Track> {
  const hop = Math.round(sampleRate / frameRate);
  const heap = new Heap(await playModule());
  const analyser = new Analyser({ heap, sampleRate, modelRate, config: analysis });
  heap.seal();
  const window = heap.view(analyser.input, analyser.window);
  const count = Math.ceil(audio.length / hop);
  const track = {
    f0: new Float32Array(count),
    heldF0: new Float32Array(count),
    confidence: new Float32Array(count),
    loudness: new Float32Array(count),
  };
  let held = FIRST_F0;
  for (let i = 0; i < count; i++) {
    if (i % TURN === 0) {
      onProgress?.(i / count);
      if (i > 0) await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
    }
    const start = i * hop + Math.floor(hop / 2) - analyser.window / 2;
    const from = Math.max(start, 0);
    const piece = audio.subarray(from, Math.max(start + analyser.window, from));
    window.fill(0, 0, from - start);
    window.set(piece, from - start);
    window.fill(0, from - start + piece.length);
    analyser.run();
    if (analyser.f0 > 0) held = analyser.f0;
    track.f0[i] = analyser.f0;
    track.heldF0[i] = held;
    track.confidence[i] = analyser.confidence;
    track.loudness[i] = analyser.loudness;
  }
  onProgress?.(1);
  return track;
}
