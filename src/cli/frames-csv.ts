/**
 * Frames of pitch and loudness as CSV: what `ddsp analyse` and `ddsp render --frames-out` write and
 * `ddsp render --frames` plays.
 */

import { FileError } from '../errors';
import type { Frames } from '../play/sources/frame-track';

const COLUMNS = ['time_s', 'f0_hz', 'confidence', 'loudness_db'] as const;
const LEAPS = 'leaps';
/** share of a frame by which times may differ: they are written with six decimals */
const TOLERANCE = 0.01;

/** One value per frame in each array. */
export interface FrameTable {
  /** Hz, 0 = unvoiced */
  readonly f0: ArrayLike<number>;
  /** 0..1; default: no such column */
  readonly confidence?: ArrayLike<number>;
  /** dB */
  readonly loudness: ArrayLike<number>;
  /** 1 where the pitch does not glide from the frame before; default: no such column */
  readonly leaps?: ArrayLike<number>;
}

/** @param frameRate frames per second; frame i is written at (i + 1/2) / frameRate */
export function framesToCsv({ f0, confidence, loudness, leaps }: FrameTable, frameRate: number): string {
  const columns: string[] = COLUMNS.filter((name) => confidence || name !== 'confidence');
  if (leaps) columns.push(LEAPS);
  const rows = Array.from(f0, (hz, i) =>
    [
      ((i + 0.5) / frameRate).toFixed(6),
      hz.toFixed(7),
      ...(confidence ? [confidence[i].toFixed(6)] : []),
      loudness[i].toFixed(6),
      ...(leaps ? [leaps[i]] : []),
    ].join(),
  );
  return `${[columns.join(), ...rows].join('\n')}\n`;
}

/**
 * Reads the columns `f0_hz` and `loudness_db`, and `leaps` where there is one. Where there is a column `time_s`, the frame rate must fit.
 * @param file its name, for messages
 * @param frameRate of the model, frames per second
 * @throws FileError `frames-file` naming the line and column that is wrong
 */
export function framesFromCsv(text: string, file: string, frameRate: number): Frames {
  const [head = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const names = head.split(',').map((name) => name.trim());
  const column = (name: string) => {
    const at = names.indexOf(name);
    if (at < 0)
      throw wrong(file, `line 1: the column ${name} is missing`, `write columns ${COLUMNS.join(', ')}`);
    return at;
  };
  const f0At = column('f0_hz');
  const loudnessAt = column('loudness_db');
  const timeAt = names.indexOf('time_s');
  const leapsAt = names.indexOf(LEAPS);
  const rows = lines
    .map((line, i) => ({ cells: line.split(','), number: i + 2 }))
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  if (rows.length === 0) throw wrong(file, 'it has no frames', 'write one line per frame');
  const numbers = (name: string, at: number) =>
    Float64Array.from(rows, ({ cells, number }) => {
      const text = (cells[at] ?? '').trim();
      const value = Number(text);
      if (text === '' || !Number.isFinite(value))
        throw wrong(file, `line ${number}: ${name} is ${JSON.stringify(text)}`, 'write a finite number');
      return value;
    });
  if (timeAt >= 0) checkTimes(numbers('time_s', timeAt), file, frameRate);
  const frames = { f0: numbers('f0_hz', f0At), loudness: numbers('loudness_db', loudnessAt) };
  return leapsAt < 0 ? frames : { ...frames, leaps: numbers(LEAPS, leapsAt) };
}

function checkTimes(times: Float64Array, file: string, frameRate: number): void {
  for (let i = 1; i < times.length; i++) {
    const step = times[i] - times[i - 1];
    if (Math.abs(step * frameRate - 1) > TOLERANCE)
      throw wrong(
        file,
        `line ${i + 2}: ${step.toFixed(6)} s after the frame before, but the model has ${frameRate} frames per second`,
        `analyse the recording with model.frameRate=${frameRate}`,
      );
  }
}

function wrong(file: string, problem: string, remedy: string): FileError {
  return new FileError('frames-file', file, problem, remedy);
}
