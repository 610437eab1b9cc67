/**
 * Statistics of the data that a model was trained on, guessed from its decoder.
 *
 * Within that data's range a trained model sounds about as loud as it is told to; beyond, it does not follow. So a
 * sweep of loudness finds where the level stops rising, and a sweep of pitch finds where the level leaves its usual
 * course. How well this does on models whose statistics are known: docs/models.md.
 */

import { inputScaling } from '../../../decoder/inputs';
import { quantile } from '../../../dsp/quantile';
import type { Model, Statistics } from '../../model';
import { PlainDecoder } from './decoder';
import { LevelMeter } from './level';

/** Frames that the decoder is given to settle. */
const STEPS = 4;
/** dB */
const LOUDNESS = { first: -60, last: 32, step: 4 } as const;
/** Hz, where most instruments can play */
const COMMON_PITCHES = [147, 247, 415, 698];
const LOWEST_PITCH = 40;
const HIGHEST_PITCH = 2700;
const PITCHES_PER_OCTAVE = 4;
/** dB below the loudest, where pitches are compared */
const COMPARED = [4, 14];
/** The usual level is that of this quantile of all pitches: those out of range are mostly too soft. */
const USUAL = 0.65;
/** dB from it */
const TOLERANCE = 3.5;
/** Medians of training data lie so many dB below its loudest, fifth percentiles so many. */
const MEDIAN_BELOW = 9;
const SOFTEST_BELOW = 22;
/** The range of pitch reaches somewhat beyond percentiles. */
const MARGIN = 1.1;

/** For models that follow nothing: a voice between speech and song. */
const FALLBACK: Statistics = { f0: [110, 262, 880], loudness: [-35, -15, 0] };

/**
 * @param known is kept; the rest is estimated
 * @throws what `signal` was aborted with
 */
export async function estimateStatistics(
  model: Omit<Model, 'about' | 'statistics'>,
  known: Partial<Statistics> = {},
  signal?: AbortSignal,
): Promise<Statistics> {
  if (known.f0 && known.loudness) return { f0: known.f0, loudness: known.loudness };
  const sweep = new Sweep(model, signal);
  const loudest = known.loudness?.[2] ?? (await findLoudest(sweep));
  if (loudest === undefined) return complete(known, FALLBACK);
  const f0 = known.f0 ?? (await findPitches(sweep, loudest, model.sampleRate)) ?? FALLBACK.f0;
  return complete(known, { f0, loudness: [loudest - SOFTEST_BELOW, loudest - MEDIAN_BELOW, loudest] });
}

function complete({ f0, loudness }: Partial<Statistics>, estimated: Statistics): Statistics {
  return { f0: f0 ?? estimated.f0, loudness: loudness ?? estimated.loudness };
}

class Sweep {
  readonly #decoder: PlainDecoder;
  readonly #meter: LevelMeter;
  readonly #model: Omit<Model, 'about' | 'statistics'>;
  readonly #signal: AbortSignal | undefined;

  constructor(model: Omit<Model, 'about' | 'statistics'>, signal: AbortSignal | undefined) {
    this.#decoder = new PlainDecoder(model);
    this.#meter = new LevelMeter(model);
    this.#model = model;
    this.#signal = signal;
  }

  /** Levels at one pitch, dB, of loudnesses that rise. Leaves the thread to others now and then. */
  async levels(hz: number, loudnesses: readonly number[]): Promise<number[]> {
    await new Promise((resolve) => setTimeout(resolve));
    this.#signal?.throwIfAborted();
    this.#decoder.reset();
    const pitch = inputScaling('f0', this.#model.decoder)(hz);
    const scaled = inputScaling('loudness', this.#model.decoder);
    return loudnesses.map((decibels) =>
      this.#meter.level(this.#decoder.hold([pitch, scaled(decibels)], STEPS), hz),
    );
  }
}

/** The loudness beyond which the level rises by less than half as much as it is told to. */
async function findLoudest(sweep: Sweep): Promise<number | undefined> {
  const { first, last, step } = LOUDNESS;
  const told = Array.from({ length: (last - first) / step + 1 }, (_, i) => first + i * step);
  const rows: number[][] = [];
  for (const hz of COMMON_PITCHES) rows.push(await sweep.levels(hz, told));
  const heard = told.map((_, i) =>
    quantile(
      rows.map((row) => row[i]),
      0.5,
    ),
  );
  for (let i = told.length - 1; i >= 2; i--) {
    if (heard[i] - heard[i - 2] >= step) return told[i - 1];
  }
  return undefined;
}

/** The widest range of pitches whose levels are near the usual one. */
async function findPitches(
  sweep: Sweep,
  loudest: number,
  sampleRate: number,
): Promise<Statistics['f0'] | undefined> {
  const told = COMPARED.map((below) => loudest - below).reverse();
  const pitches: number[] = [];
  for (
    let hz = LOWEST_PITCH;
    hz < Math.min(HIGHEST_PITCH, sampleRate / 4);
    hz *= 2 ** (1 / PITCHES_PER_OCTAVE)
  )
    pitches.push(hz);
  const rows: number[][] = [];
  for (const hz of pitches) rows.push(await sweep.levels(hz, told));
  const usual = told.map((_, i) =>
    quantile(
      rows.map((row) => row[i]),
      USUAL,
    ),
  );
  const near = rows.map((row) => row.every((level, i) => Math.abs(level - usual[i]) <= TOLERANCE));
  let best = { from: 0, count: 0 };
  let from = 0;
  near.forEach((fits, i) => {
    if (!fits) from = i + 1;
    else if (i + 1 - from > best.count) best = { from, count: i + 1 - from };
  });
  if (best.count <= PITCHES_PER_OCTAVE) return undefined;
  const low = pitches[best.from] * MARGIN;
  const high = pitches[best.from + best.count - 1] / MARGIN;
  return [low, Math.sqrt(low * high), high];
}
