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
  /** whether the engine listens beside the notes; default false */
  readonly listening?: boolean;
  /** samples of the next piece */
  readonly pieces?: () => number;
}

/** @returns the sound without the latency, so that a note begins at its time */
export async function play(
  model: Model,
  { seconds, voices = 4, mode = 'poly', noise = 1, listening = false, pieces = () => 512 }: Playing,
  schedule: (input: NoteInput) => void,
): Promise<Float32Array> {
  const { sampleRate } = model;
  const instrument = new Instrument(model, sampleRate);
  const engine = new Engine(await playModule(), instrument, {
    listening: listening ? {} : null,
    voices: 2 * voices,
  });
  // notes do not wait for the listener's window
  const latency = engine.latency - (engine.listener ? engine.listener.window / 2 : 0);
  engine.controls.noise = noise;
  const input = new NoteInput({ mode });
  input.connect(engine, instrument);
  schedule(input);
  const out = new Float32Array(Math.round(seconds * sampleRate) + latency);
  for (let at = 0; at < out.length; ) {
    const count = Math.min(pieces(), out.length - at);
    engine.process(null, out, at, count);
    at += count;
  }
  return out.slice(latency);
}
