/**
 * Random MIDI, valid and garbage, for minutes: nothing hangs. LONG_RUN_SECONDS of audio (`npm run test:long` plays an
 * hour), LONG_RUN_SEED chooses what is played.
 */

import { expect, it } from 'vitest';
import { playModule } from '../../../src/dsp/play-module';
import { Engine } from '../../../src/play/engine';
import { Instrument } from '../../../src/play/instrument';
import { NoteInput } from '../../../src/play/notes/note-input';
import { randomiser } from '../../support/kernels';
import { randomModel, smallShape } from '../../support/models';

const SECONDS = Number(process.env.LONG_RUN_SECONDS ?? 120);
const SEED = Number(process.env.LONG_RUN_SEED ?? 1);
const RATE = 16_000;
/** seconds from one look at the silence to the next */
const STRETCH = 20;
/** seconds in which notes and the reverb end */
const END = 3;
const model = randomModel(5, {
  ...smallShape,
  sampleRate: RATE,
  hidden: 8,
  harmonics: 6,
  bands: 5,
  irLength: 800,
});

it(
  `random MIDI ends silent after allNotesOff: ${SECONDS} s`,
  async () => {
    const random = randomiser(SEED);
    const below = (limit: number) => Math.floor(random() * limit);
    const instrument = new Instrument(model, RATE);
    const engine = new Engine(await playModule(), instrument, { listening: null, voices: 16 });
    const input = new NoteInput();
    input.connect(engine, instrument);
    /** What controllers and players send, or any bytes. */
    const bytes = (): number[] => {
      const channel = below(16);
      switch (below(8)) {
        case 0:
          return Array.from({ length: 1 + below(12) }, () => below(256));
        case 1:
          return [
            0xb0 | channel,
            [1, 2, 5, 7, 11, 64, 65, 74, 120, 121, 123, 126, 127][below(13)],
            below(128),
          ];
        case 2:
          return [0xe0 | channel, below(128), below(128), 0xd0 | channel, below(128)];
        case 3:
          return [0xb0 | [0, 15][below(2)], 101, 0, 100, [0, 6][below(2)], 6, below(16)];
        case 4:
          return [0x80 | channel, 40 + below(30), 0];
        default:
          return [0x90 | channel, 40 + below(30), below(128), 40 + below(30), below(128)];
      }
    };
    const out = new Float32Array(RATE);
    const play = (seconds: number) => {
      let peak = 0;
      for (let left = Math.round(seconds * RATE); left > 0; ) {
        const count = Math.min(left, 1 + below(700));
        engine.process(null, out, 0, count);
        for (let i = 0; i < count; i++) {
          if (!Number.isFinite(out[i])) throw new Error('not finite');
          peak = Math.max(peak, Math.abs(out[i]));
        }
        left -= count;
      }
      return peak;
    };
    for (let at = 0; at < SECONDS; at += STRETCH) {
      let loudest = 0;
      for (let n = 0; n < (STRETCH - END) * 10; n++) {
        const now = engine.position;
        for (let k = below(4); k > 0; k--) input.midi(now + below(4000), bytes());
        loudest = Math.max(loudest, play(0.1));
      }
      expect(loudest).toBeGreaterThan(1e-4);
      input.allNotesOff(engine.position + 4000);
      play(END - 0.1);
      expect(play(0.1)).toBeLessThan(1e-7);
      expect(engine.voices.every(({ source }) => source === null)).toBe(true);
    }
  },
  Math.max(60_000, SECONDS * 500),
);
