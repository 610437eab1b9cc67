/** What notes cost: nothing but voices and the shared reverb run. In CPU time, so that busy neighbours count less. */

import { playModule } from '../../src/dsp/play-module';
import type { Model } from '../../src/model/model';
import { Engine } from '../../src/play/engine';
import { Instrument } from '../../src/play/instrument';
import { NoteInput } from '../../src/play/notes/note-input';
import { type Measured, summarise } from './measure';

/** Shares of one core's real time. */
export interface VoicesReport {
  /** by the number of notes that sound */
  readonly notes: Readonly<Record<string, Measured>>;
  /** a note beyond the first */
  readonly furtherVoice: Measured;
}

const COUNTS = [1, 2, 4, 8, 16];
const SECONDS = 2;
const WARM = 3;
const BLOCK = 128;
const LOWEST = 40;
const STEP = 3;

/** Side by side: every run measures each count once. */
export async function benchVoices(model: Model, runs: number): Promise<VoicesReport> {
  const module = await playModule();
  const instrument = new Instrument(model, model.sampleRate);
  const engines = COUNTS.map((count) => {
    const engine = new Engine(module, instrument, { listening: null, voices: 2 * count });
    const input = new NoteInput();
    input.connect(engine, instrument);
    // vibrato: a decoder whose inputs stay the same rests
    input.midi(0, [0xb0, 1, 64]);
    for (let i = 0; i < count; i++) input.noteOn(0, LOWEST + STEP * i, 100);
    return engine;
  });
  const shares: number[][] = COUNTS.map(() => []);
  for (let run = -WARM; run < runs; run++) {
    for (const [i, engine] of engines.entries()) {
      const share = cpuShare(engine);
      if (run >= 0) shares[i].push(share);
    }
  }
  const [first] = shares;
  const last = shares[shares.length - 1];
  const further = last.map((share, run) => (share - first[run]) / (COUNTS[COUNTS.length - 1] - 1));
  return {
    notes: Object.fromEntries(COUNTS.map((count, i) => [count, summarise(shares[i])])),
    furtherVoice: summarise(further),
  };
}

/** CPU seconds of a second of sound. */
function cpuShare(engine: Engine): number {
  const output = new Float32Array(SECONDS * engine.sampleRate);
  const before = process.cpuUsage();
  for (let at = 0; at + BLOCK <= output.length; at += BLOCK) engine.process(null, output, at, BLOCK);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / SECONDS;
}
