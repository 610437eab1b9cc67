/**
 * Finds notes outside the configured pitch range. The tracker hears such notes an octave off or not at all,
 * without an error. So a few frames per second are also analysed in a much wider range.
 */

import { type AnalysisSettings, analyseSignal } from '../../analysis/track';
import { median } from '../../dsp/quantile';
import type { AnalysisConfig } from '../../model/model';

/** Frames per second. */
const FRAME_RATE = 8;
/** The wide range in Hz: from below the lowest piano note up to a whistle. */
const LOWEST = 25;
const HIGHEST = 8000;
/** Notes less than a semitone outside are ignored. */
const TOLERANCE = 1.04;
/** Frames more than this many dB below the loudest one are ignored. */
const LOUD = 25;
/** Minimum confidence of a frame. */
const CONFIDENT = 0.9;
/** Seconds analysed at a time. */
const PIECE = 6;
/** Minimum number of frames: half a second. */
const FEWEST = 4;
/** Minimum share of the pitched frames that is reported. */
const WORTH_TELLING = 0.1;

/** Shares of the pitched frames. */
export interface OutOfRange {
  /** share below and above the range, 0..1 */
  readonly below: number;
  readonly above: number;
  /** median pitch of these frames, Hz; null if there are none */
  readonly low: number | null;
  readonly high: number | null;
}

export class RangeCheck {
  readonly #settings: AnalysisSettings;
  readonly #range: Pick<AnalysisConfig, 'pitchMin' | 'pitchMax'>;
  readonly #piece: Float32Array;
  readonly #frames: { readonly f0: number; readonly loudness: number }[] = [];
  #filled = 0;

  /** @param settings of the recording's own analysis */
  constructor({ sampleRate, analysis }: Pick<AnalysisSettings, 'sampleRate' | 'analysis'>) {
    const window = 2 ** Math.ceil(Math.log2((4 * sampleRate) / (3 * LOWEST)));
    this.#settings = {
      sampleRate,
      frameRate: FRAME_RATE,
      analysis: {
        window,
        pitchMin: LOWEST,
        pitchMax: Math.min(HIGHEST, sampleRate / 4),
        threshold: 1 - CONFIDENT,
        dip: 'first',
      },
    };
    this.#range = analysis;
    this.#piece = new Float32Array(Math.round(PIECE * sampleRate));
  }

  /** @param audio the next samples, at the model's rate */
  async add(audio: Float32Array): Promise<void> {
    for (let at = 0; at < audio.length; ) {
      const part = audio.subarray(at, at + this.#piece.length - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#piece.length) await this.#analyse();
    }
  }

  /** @returns null when too little lies outside */
  async finish(): Promise<OutOfRange | null> {
    if (this.#filled > 0) await this.#analyse();
    const loudest = this.#frames.reduce((most, { loudness }) => Math.max(most, loudness), -Infinity);
    const pitched = this.#frames.filter(({ loudness }) => loudness > loudest - LOUD).map(({ f0 }) => f0);
    if (pitched.length < FEWEST) return null;
    const { pitchMin, pitchMax } = this.#range;
    const low = pitched.filter((hz) => hz < pitchMin / TOLERANCE);
    const high = pitched.filter((hz) => hz > pitchMax * TOLERANCE);
    const [below, above] = [low.length / pitched.length, high.length / pitched.length];
    if (Math.max(below, above) < WORTH_TELLING) return null;
    return { below, above, low: middle(low), high: middle(high) };
  }

  async #analyse(): Promise<void> {
    const { f0, loudness } = await analyseSignal(this.#piece.slice(0, this.#filled), this.#settings);
    this.#filled = 0;
    f0.forEach((hz, i) => {
      if (hz > 0) this.#frames.push({ f0: hz, loudness: loudness[i] });
    });
  }
}

function middle(pitches: readonly number[]): number | null {
  return pitches.length === 0 ? null : median(pitches);
}

/** Describes the notes outside the range and the remedy. */
export function describeOutOfRange(
  { below, above, low, high }: OutOfRange,
  { sampleRate, analysis }: Pick<AnalysisSettings, 'sampleRate' | 'analysis'>,
): string[] {
  const percent = (share: number) => `${Math.round(100 * share)}%`;
  const notes: string[] = [];
  if (low !== null && below >= WORTH_TELLING) {
    const wanted = Math.floor(low / TOLERANCE ** 2);
    // the longest lag is 3/4 of the window
    const window = 2 * Math.ceil((4 * sampleRate) / (3 * wanted) / 2);
    const longer = window > analysis.window ? `, and model.analysis.window to ${window}` : '';
    notes.push(
      `${percent(below)} of its pitched sound is below ${analysis.pitchMin} Hz (about ${low.toFixed(0)} Hz): ` +
        `set data.pitchMin and model.analysis.pitchMin to ${wanted}${longer}`,
    );
  }
  if (high !== null && above >= WORTH_TELLING) {
    const wanted = Math.ceil(high * TOLERANCE ** 2);
    notes.push(
      `${percent(above)} of its pitched sound is above ${analysis.pitchMax} Hz (about ${high.toFixed(0)} Hz): ` +
        `set data.pitchMax and model.analysis.pitchMax to ${wanted}`,
    );
  }
  return notes;
}
