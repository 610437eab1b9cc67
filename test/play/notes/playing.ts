/** Plays notes on an engine, in pieces of any size. */

import { playModule } from '../../../src/dsp/play-module';
import type { Model } from '../../../src/model/model';
import { Engine } from '../../../src/play/engine';
import { Instrument } from '../../../src/play/instrument';
import { NoteInput } from '../../../src/play/notes/note-input';
import type { NoteMode } from '../../../src/play/notes/note-mode';

export interface Playing {
  readonly seconds: number;
  readonly voices?: number;
  readonly mode?: NoteMode;
  /** 0: none */
  readonly noise?: number;
  /** samples of the next piece */
  readonly pieces?: () => number;
}

/** @returns the sound without the latency, so that a note begins at its time */
export async function play(
  model: Model,
  { seconds, voices = 4, mode = 'poly', noise = 1, pieces = () => 512 }: Playing,
  schedule: (input: NoteInput) => void,
): Promise<Float32Array> {
  const { sampleRate } = model;
  const instrument = new Instrument(model, sampleRate);
  const engine = new Engine(await playModule(), instrument, { listening: null, voices: 2 * voices });
  engine.controls.noise = noise;
  const input = new NoteInput({ mode });
  input.connect(engine, instrument);
  schedule(input);
  const out = new Float32Array(Math.round(seconds * sampleRate) + engine.latency);
  for (let at = 0; at < out.length; ) {
    const count = Math.min(pieces(), out.length - at);
    engine.process(null, out, at, count);
    at += count;
  }
  return out.slice(engine.latency);
}
