/**
 * Recordings as training examples: decoded, mixed to mono, resampled to the model's rate, analysed by the
 * analysis that also listens live, and cut into slices.
 *
 * A dataset holds the slices and nothing else of the recordings: four bytes a sample (12 minutes at 48 kHz
 * take 140 MB), and for a while the recording in hand.
 */

import { analyseSignal } from '../../engine/analysis/track';
import type { AnalysisConfig, Statistics } from '../../model/model';
import { decodeAudio } from '../audio/decode';
import { AudioFileError } from '../audio/errors';
import { downmix, resample } from '../audio/resample';
import { cutSlice, DEFAULT_SILENCE, isSilent, type Slice, type SliceShape, sliceStarts } from './slices';
import { type AudioSource, DatasetError } from './source';
import { type Split, splitSlices } from './split';
import { FrameStatistics } from './statistics';

export type { AudioSource, Slice, Split };
export { DatasetError };

export interface DatasetProgress {
  readonly name: string;
  /** of the recording in hand, 0-based */
  readonly index: number;
  /** recordings in all */
  readonly count: number;
  readonly stage: 'decode' | 'resample' | 'analyse' | 'done';
}

export interface DatasetOptions {
  /** Hz, of the model */
  readonly sampleRate: number;
  /** frames a second */
  readonly frameRate: number;
  readonly analysis: AnalysisConfig;
  /** default 1 */
  readonly sliceSeconds?: number;
  /** dB of the analysis' loudness below which a frame is silent; default -40 */
  readonly silence?: number;
  /** rejects with the signal's reason when aborted */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DatasetProgress) => void;
}

/** What became of one recording. */
export interface RecordingSummary {
  readonly name: string;
  /** Hz, as found */
  readonly sampleRate: number;
  readonly channels: number;
  readonly seconds: number;
  readonly slices: number;
  readonly silentSlices: number;
}

export interface DatasetSummary {
  readonly recordings: readonly RecordingSummary[];
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  /** of all recordings that could be read */
  readonly seconds: number;
  /** in slices; those that overlap count twice */
  readonly secondsKept: number;
  /** in silent slices */
  readonly secondsSilent: number;
  /** share of the kept frames that have a pitch, 0..1 */
  readonly voicedShare: number;
}

interface Found {
  readonly recording: RecordingSummary;
  readonly slices: readonly Slice[];
}

export class Dataset {
  /** H */
  readonly hop: number;
  /** T */
  readonly framesPerSlice: number;
  /** T * H */
  readonly samplesPerSlice: number;

  private constructor(
    readonly sampleRate: number,
    { hop, frames }: SliceShape,
    /** in the order of the recordings and of time */
    readonly slices: readonly Slice[],
    /** of the kept slices; f0 is 440 thrice where nothing has a pitch */
    readonly statistics: Statistics,
    readonly summary: DatasetSummary,
    /** hexadecimal; other slices, or features, have another */
    readonly fingerprint: string,
  ) {
    this.hop = hop;
    this.framesPerSlice = frames;
    this.samplesPerSlice = frames * hop;
  }

  /**
   * A recording that cannot be used is refused and listed in the summary; the others go on. Slices in
   * which nine frames of ten are silent are dropped. A recording shorter than a slice, but not than half
   * of one, is filled up with silence.
   * @throws DatasetError when nothing is left
   */
  static async fromFiles(sources: readonly AudioSource[], options: DatasetOptions): Promise<Dataset> {
    const {
      sampleRate,
      frameRate,
      sliceSeconds = 1,
      silence = DEFAULT_SILENCE,
      signal,
      onProgress,
    } = options;
    const hop = Math.round(sampleRate / frameRate);
    const shape = { hop, frames: Math.max(1, Math.round((sliceSeconds * sampleRate) / hop)), silence };
    const statistics = new FrameStatistics();
    const found: Found[] = [];
    const refused: { name: string; reason: string }[] = [];
    for (const [index, source] of sources.entries()) {
      const report = (stage: DatasetProgress['stage']) => {
        signal?.throwIfAborted();
        onProgress?.({ name: source.name, index, count: sources.length, stage });
      };
      try {
        found.push(await readRecording(source, options, shape, statistics, report));
      } catch (error) {
        if (!(error instanceof AudioFileError)) throw error;
        refused.push({ name: source.name, reason: `${error.problem}; ${error.remedy}` });
      }
      report('done');
    }
    const slices = found.flatMap((recording) => recording.slices);
    const recordings = found.map(({ recording }) => recording);
    if (slices.length === 0) throw new DatasetError(whyEmpty(sources, refused, recordings, silence));
    const seconds = (count: number) => (count * shape.frames * hop) / sampleRate;
    const summary = {
      recordings,
      refused,
      seconds: sum(recordings, (recording) => recording.seconds),
      secondsKept: seconds(slices.length),
      secondsSilent: seconds(sum(recordings, (recording) => recording.silentSlices)),
      voicedShare: statistics.voicedShare,
    };
    return new Dataset(
      sampleRate,
      shape,
      slices,
      statistics.summarise(),
      summary,
      await fingerprint(sampleRate, shape, slices),
    );
  }

  /** Holds out stretches of neighbouring slices; see `splitSlices`. The same seed gives the same split. */
  split(validationFraction: number, seed: number): Split {
    return splitSlices(this.slices, validationFraction, seed);
  }
}

/** @throws AudioFileError when the recording cannot be used */
async function readRecording(
  source: AudioSource,
  { sampleRate, frameRate, analysis, signal }: DatasetOptions,
  shape: SliceShape,
  statistics: FrameStatistics,
  report: (stage: DatasetProgress['stage']) => void,
): Promise<Found> {
  const { name } = source;
  report('decode');
  const decoded = await decodeAudio(await readBytes(source), name);
  report('resample');
  const resampled = await resample(downmix(decoded.channels), decoded.sampleRate, sampleRate, signal);
  const audio = fillUp(resampled, shape, name);
  report('analyse');
  const track = await analyseSignal(audio, { sampleRate, frameRate, analysis }, { signal });
  const starts = sliceStarts(Math.floor(audio.length / shape.hop), shape.frames);
  const kept = starts.filter((start) => !isSilent(track, start, shape));
  for (const start of kept) statistics.add(track, start, shape.frames);
  return {
    slices: kept.map((start) => cutSlice(audio, track, name, start, shape)),
    recording: {
      name,
      sampleRate: decoded.sampleRate,
      channels: decoded.channels.length,
      seconds: resampled.length / sampleRate,
      slices: kept.length,
      silentSlices: starts.length - kept.length,
    },
  };
}

async function readBytes({ name, bytes }: AudioSource): Promise<Uint8Array> {
  try {
    return await bytes();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AudioFileError(
      name,
      `it cannot be read (${reason})`,
      'check that it is there and may be read',
      {
        cause,
      },
    );
  }
}

/** Of everything that a training sees of its data, but for the samples, of which the features tell. */
async function fingerprint(
  sampleRate: number,
  { hop, frames }: SliceShape,
  slices: readonly Slice[],
): Promise<string> {
  const where = JSON.stringify([
    sampleRate,
    hop,
    frames,
    slices.map(({ source, offset }) => [source, offset]),
  ]);
  const parts = [
    where,
    ...slices.flatMap(({ f0, loudness }) => [f0, loudness] as Float32Array<ArrayBuffer>[]),
  ];
  const digest = await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Silence after a recording that is a little shorter than a slice. */
function fillUp(audio: Float32Array, { hop, frames }: SliceShape, name: string): Float32Array {
  const length = frames * hop;
  if (audio.length >= length) return audio;
  if (audio.length < length / 2)
    throw new AudioFileError(
      name,
      `it is ${audio.length} samples long at the model's rate, less than half a slice of ${length}`,
      'join short notes into longer files',
    );
  const filled = new Float32Array(length);
  filled.set(audio);
  return filled;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function whyEmpty(
  sources: readonly AudioSource[],
  refused: DatasetSummary['refused'],
  recordings: readonly RecordingSummary[],
  silence: number,
): string {
  if (sources.length === 0)
    return 'there are no recordings to train on: add WAV, FLAC, MP3, Ogg or Opus files';
  const reasons = refused.map(({ name, reason }) => `${name}: ${reason}`);
  if (recordings.length > 0)
    reasons.unshift(
      `${recordings.length} recordings are silent throughout (below ${silence} dB): record louder, or lower the threshold`,
    );
  return `nothing to train on: ${reasons.slice(0, 5).join(' | ')}${reasons.length > 5 ? ' | ...' : ''}`;
}
