/**
 * Analyses a recording of any length in pieces. Each piece includes enough of its neighbours to give the same
 * frames as the whole.
 */

import type { AnalyseOptions, Track } from '../../analysis/track';
import type { FeatureSettings } from './database';
import { furtherInputs, type MeasuredTrack, measuredInput } from './inputs';

/** Seconds per piece; shorter recordings are analysed as a whole. */
const PIECE = 120;
/** Seconds of audio before and after a piece that the analysis also sees. */
const MARGIN = 2;

/** Analyses a stretch of audio as if it were a whole recording. */
export type Analyse = (audio: Float32Array, options: AnalyseOptions) => Promise<MeasuredTrack>;

export interface PieceOptions {
  /** called now and then with the number of seconds analysed so far */
  readonly onSeconds?: (seconds: number) => void;
  /** frames per piece, and frames of context on either side */
  readonly piece?: number;
  readonly margin?: number;
}

/**
 * Yields the frames that `analyse` gives for the whole recording, plus the frames after its end whose window
 * still overlaps it: ceil((n + W/2) / H) in total.
 * @param blocks mono, at the model's rate
 */
export async function* analysePieces(
  blocks: AsyncIterable<Float32Array>,
  analyse: Analyse,
  settings: FeatureSettings,
  options: PieceOptions = {},
): AsyncGenerator<MeasuredTrack, void, void> {
  const { sampleRate, frameRate, analysis } = settings;
  const hop = Math.round(sampleRate / frameRate);
  const piece = options.piece ?? Math.ceil(PIECE * frameRate);
  const margin = options.margin ?? Math.ceil(MARGIN * frameRate);
  const audio = new SampleQueue();
  let done = 0;
  let held = 0;

  async function next(count: number, seen: number): Promise<MeasuredTrack> {
    const before = Math.min(done, margin);
    const stretch = audio.first((before + seen) * hop);
    const track = await analyse(stretch, {
      onProgress: (share) => {
        const frames = Math.min(count, Math.max(0, share * (before + seen) - before));
        options.onSeconds?.(((done + frames) * hop) / sampleRate);
      },
    });
    const inputs = await measure(stretch, settings, track);
    const part = cut({ ...track, ...inputs }, before, before + count, done > 0 ? held : null);
    held = part.heldF0[count - 1];
    done += count;
    audio.drop((before + count - Math.min(done, margin)) * hop);
    return part;
  }

  for await (const block of blocks) {
    audio.push(block);
    while (audio.pushed >= (done + piece + margin) * hop) yield await next(piece, piece + margin);
  }
  const total = Math.ceil((audio.pushed + analysis.window / 2) / hop);
  audio.push(new Float32Array(total * hop - audio.pushed));
  while (done < total) {
    yield await next(Math.min(piece, total - done), Math.min(piece + margin, total - done));
  }
}

/** The further inputs of the settings, if there are any. */
async function measure(
  audio: Float32Array,
  settings: FeatureSettings,
  track: Track,
): Promise<Pick<MeasuredTrack, 'inputs'>> {
  const names = furtherInputs(settings.inputs);
  if (names.length === 0) return {};
  const inputs: Record<string, Float32Array> = {};
  for (const name of names) {
    const input = measuredInput(name);
    if (!input) throw new RangeError(`recordings do not provide the decoder input ${name}`);
    inputs[name] = await input.measure(audio, settings, track);
  }
  return { inputs };
}

/**
 * Frames `from` to `to`.
 * @param held last held pitch of earlier pieces, for unvoiced frames before the first voiced frame
 */
function cut(track: MeasuredTrack, from: number, to: number, held: number | null): MeasuredTrack {
  const heldF0 = track.heldF0.slice(from, to);
  const voiced = track.f0.findIndex((hertz) => hertz > 0);
  if (held !== null) heldF0.fill(held, 0, voiced < 0 ? to - from : Math.max(0, voiced - from));
  return {
    f0: track.f0.slice(from, to),
    heldF0,
    confidence: track.confidence.slice(from, to),
    loudness: track.loudness.slice(from, to),
    ...(track.inputs && {
      inputs: Object.fromEntries(
        Object.entries(track.inputs).map(([name, values]) => [name, values.slice(from, to)]),
      ),
    }),
  };
}

/** A queue of samples. */
class SampleQueue {
  /** total */
  pushed = 0;
  #buffer = new Float32Array(2 ** 16);
  #length = 0;

  push(samples: Float32Array): void {
    const needed = this.#length + samples.length;
    if (needed > this.#buffer.length) {
      const larger = new Float32Array(Math.max(needed, 2 * this.#buffer.length));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(samples, this.#length);
    this.#length = needed;
    this.pushed += samples.length;
  }

  /** Valid until the next call. */
  first(count: number): Float32Array {
    return this.#buffer.subarray(0, Math.min(count, this.#length));
  }

  drop(count: number): void {
    this.#buffer.copyWithin(0, count, this.#length);
    this.#length -= count;
  }
}
