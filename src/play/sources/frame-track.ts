/** Plays arrays of f0 and loudness. After the end it holds the last frame. */

import { FIRST_F0 } from '../../analysis/analyser';
import { LOUDNESS_FLOOR } from '../../analysis/config';
import { decoderInput } from '../../decoder/inputs';
import { OptionError } from '../../errors';
import type { FrameValues } from './frame-values';
import { F0, type FrameSource, LOUDNESS } from './source';

/** One value per frame in each array; all arrays are equally long. */
export interface Frames {
  /** Hz; 0 = unvoiced: the frame holds the pitch before it (440 Hz before the first voiced frame) */
  readonly f0: ArrayLike<number>;
  /** dB, -80 and up */
  readonly loudness: ArrayLike<number>;
  /** 1 if the pitch jumps to its value instead of gliding from the previous frame; default: 0 in all frames */
  readonly leaps?: ArrayLike<number>;
  /** further inputs of the model's decoder by name; default: the default value of each input */
  readonly [input: string]: ArrayLike<number> | undefined;
}

export class FrameTrack implements FrameSource {
  readonly values: Float64Array;
  sounding = false;
  leaps = false;
  readonly literal = true;
  readonly gain = 1;
  /** number of frames */
  readonly length: number;
  readonly #tracks: readonly (ArrayLike<number> | undefined)[];
  readonly #leaps: ArrayLike<number> | undefined;
  #next = 0;

  /** @throws OptionError for an input that the model does not have, unequal lengths, or a value that is not finite */
  constructor(frames: Frames, frame: FrameValues) {
    this.length = frames.f0?.length ?? 0;
    if (!frames.f0 || !frames.loudness)
      throw new OptionError(`frames.${frames.f0 ? 'loudness' : 'f0'}`, 'is missing');
    const { leaps, ...inputs } = frames;
    for (const [name, track] of Object.entries(inputs)) checkTrack(name, track, this.length, frame.names);
    if (leaps) checkLength('leaps', leaps, this.length);
    this.#leaps = leaps;
    this.values = frame.create();
    this.#tracks = frame.names.map((name) => (Object.hasOwn(frames, name) ? frames[name] : undefined));
    this.values[F0] = FIRST_F0;
  }

  next(): void {
    const due = this.#next++;
    const at = Math.min(due, this.length - 1);
    if (at < 0) return;
    this.leaps = at === due && this.#leaps !== undefined && this.#leaps[at] !== 0;
    for (let i = 0; i < this.values.length; i++) {
      const track = this.#tracks[i];
      if (track && (i !== F0 || track[at] > 0)) this.values[i] = track[at];
    }
    this.sounding = this.values[LOUDNESS] > LOUDNESS_FLOOR;
  }
}

function checkTrack(
  name: string,
  track: ArrayLike<number> | undefined,
  length: number,
  known: readonly string[],
): void {
  const option = `frames.${name}`;
  if (!known.includes(name))
    throw new OptionError(option, `the model's decoder has no such input (it has: ${known.join(', ')})`);
  const values = checkLength(name, track, length);
  const unit = decoderInput(name)!.unit;
  for (let i = 0; i < length; i++) {
    if (!Number.isFinite(values[i]))
      throw new OptionError(option, `frame ${i} is ${values[i]}, expected a finite number of ${unit}`);
  }
}

function checkLength(name: string, track: ArrayLike<number> | undefined, length: number): ArrayLike<number> {
  if (track?.length === length) return track;
  throw new OptionError(
    `frames.${name}`,
    `has ${track?.length} values, expected as many as frames.f0: ${length}`,
  );
}
