/** Analyses a whole recording frame by frame, with the same code as the live analysis. */

import { Heap } from '../dsp/heap';
import { playModule } from '../dsp/play-module';
import { Analyser } from './analyser';
import type { AnalysisConfig } from './config';
import { Follower } from './follower';

/** Frames between two points where the event loop can run and the caller can abort: about 50 ms of work. */
const TURN = 2000;

/** The part of a model's configuration that analysis needs. */
export interface AnalysisSettings {
  /** Hz */
  readonly sampleRate: number;
  /** frames per second */
  readonly frameRate: number;
  readonly analysis: AnalysisConfig;
}

export interface AnalyseOptions {
  /** sample rate of the audio, Hz; default: the model's */
  readonly sampleRate?: number;
  /** called now and then with the share that is done, 0..1 */
  readonly onProgress?: (share: number) => void;
  /** rejects with the signal's reason when aborted */
  readonly signal?: AbortSignal;
}

/** One value per frame. Frame i covers samples [iH, (i + 1)H). */
export interface Track {
  /** Hz, 0 = unvoiced */
  readonly f0: Float32Array;
  /** Hz: the pitch that is played, also in unvoiced frames (see follower.ts); 440 before the first voiced frame */
  readonly heldF0: Float32Array;
  /** 0..1 */
  readonly confidence: Float32Array;
  /** dB, -80 and up */
  readonly loudness: Float32Array;
}

/**
 * Runs an analyser over ceil(n / H) frames, H = round(sampleRate / frameRate). After each frame it calls `visit` with
 * the analyser and the heap that holds its results. The window of frame i is centred on sample iH + floor(H/2). Samples
 * outside the recording are zeros. The event loop gets a turn now and then.
 * @param audio mono
 * @throws the signal's reason, if it aborts
 */
export async function analyseFrames(
  audio: Float32Array,
  { sampleRate: modelRate, frameRate, analysis }: AnalysisSettings,
  { sampleRate = modelRate, onProgress, signal }: AnalyseOptions,
  visit: (analyser: Analyser, frame: number, heap: Heap) => void,
): Promise<void> {
  const hop = Math.round(sampleRate / frameRate);
  const heap = new Heap(await playModule());
  const analyser = new Analyser({ heap, sampleRate, modelRate, config: analysis });
  heap.seal();
  const window = heap.view(analyser.input, analyser.window);
  const count = Math.ceil(audio.length / hop);
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
    visit(analyser, i, heap);
  }
  onProgress?.(1);
}

/** A track of silence, as long as the audio. */
export function emptyTrack(samples: number, sampleRate: number, frameRate: number): Track {
  const count = Math.ceil(samples / Math.round(sampleRate / frameRate));
  return {
    f0: new Float32Array(count),
    heldF0: new Float32Array(count),
    confidence: new Float32Array(count),
    loudness: new Float32Array(count),
  };
}

/**
 * Analyses a recording frame by frame, as the live analysis does (see `analyseFrames`).
 * @param audio mono
 * @throws the signal's reason, if it aborts
 */
export async function analyseSignal(
  audio: Float32Array,
  settings: AnalysisSettings,
  options: AnalyseOptions = {},
): Promise<Track> {
  const sampleRate = options.sampleRate ?? settings.sampleRate;
  const hop = Math.round(sampleRate / settings.frameRate);
  const track = emptyTrack(audio.length, sampleRate, settings.frameRate);
  let follower: Follower | undefined;
  await analyseFrames(audio, settings, options, (analyser, i) => {
    follower ??= new Follower({ window: analyser.window, hop, sampleRate });
    follower.next(analyser);
    track.f0[i] = follower.voiced ? follower.f0 : 0;
    track.heldF0[i] = follower.f0;
    track.confidence[i] = analyser.confidence;
    track.loudness[i] = analyser.loudness;
  });
  return track;
}
