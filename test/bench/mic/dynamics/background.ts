/** Hum, noise and music: alone, and under a singer. */

import { annotation } from '../../pitch/recorded';
import { Tally } from '../../pitch/score';
import type { Figure, MicCase, NamedModel } from '../case';
import type { Sounds } from '../sounds';
import { level, median, type Played, play } from './play';

/** Seconds of background before the singer in the made inputs. */
const LEAD = 2;

type Truth = (seconds: number) => number;

async function truth(sounds: Sounds): Promise<Truth> {
  const rows = (await sounds.text('audio/inputs/vocadito_1.f0.csv')).trim().split('\n');
  const cells = rows.map((row) => row.split(',').map(Number));
  return annotation(
    Float64Array.from(cells, ([time]) => time),
    Float64Array.from(cells, ([, hz]) => hz),
  );
}

const alone: MicCase = {
  name: 'background',
  heading: 'background while nobody plays: loudest 0.1 s of the output',
  async run(sounds, models) {
    const figures: Figure[] = [];
    for (const input of ['hum_only60', 'noise_only50', 'music_only45']) {
      const sound = await sounds.read(`fixtures/live/${input}.flac`);
      for (const { name, model } of models) {
        const { output, sampleRate } = await play(model, sound);
        let loudest = Number.NEGATIVE_INFINITY;
        for (let time = 0; time < output.length / sampleRate - 0.1; time += 0.1) {
          loudest = Math.max(loudest, level(output, sampleRate, time, time + 0.1));
        }
        figures.push({
          what: `${name}: ${input}`,
          measured: `${loudest.toFixed(0)} dBFS`,
          required: 'below -60 dBFS',
          met: loudest < -60,
        });
      }
    }
    return figures;
  },
};

function track({ frames, hop, sampleRate }: Played, sung: Truth, lead: number) {
  const tally = new Tally();
  const times = frames.map((_, i) => ((i + 0.5) * hop) / sampleRate - lead);
  tally.add(
    times.map((time) => (time < 0 ? 0 : sung(time))),
    { f0: frames.map(({ f0, note }) => (note ? f0 : 0)) },
  );
  return tally.score;
}

const singer: MicCase = {
  name: 'singer',
  heading: 'a singer beside hum, noise and music: share of the sung frames that is played, octave errors',
  async run(sounds, models) {
    const sung = await truth(sounds);
    const figures: Figure[] = [];
    const { model } = models[0];
    for (const [input, lead] of [
      ['voc_hum40', LEAD],
      ['voc_hum50', LEAD],
      ['voc_floor40', LEAD],
      ['voc_music50', LEAD],
      ['clean', 0],
    ] as const) {
      const file = lead ? `fixtures/live/${input}.flac` : 'audio/inputs/vocadito_1.wav';
      const { recall, octave } = track(await play(model, await sounds.read(file)), sung, lead);
      figures.push({
        what: input,
        measured: `${(100 * recall).toFixed(1)}% played, ${(100 * octave).toFixed(2)}% octave errors`,
        ...(input === 'voc_hum40' && {
          required: 'at least 75%, under 1%',
          met: recall >= 0.75 && octave < 0.01,
        }),
      });
    }
    return figures;
  },
};

/** Levels of what is played in pauses of at least 0.5 s (after 0.3 s in which the room rings), and in notes. */
function pauseBelowNotes({ output, sampleRate }: Played, sung: Truth, lead: number, seconds: number): number {
  const notes: number[] = [];
  const pauses: number[] = [];
  for (let time = 0.6; time + 0.1 < seconds; time += 0.1) {
    const at = (offset: number) => sung(time + offset) > 0;
    const here = level(output, sampleRate, lead + time, lead + time + 0.1);
    if ([0, 0.05, 0.1].every(at)) notes.push(here);
    else if (![-0.3, -0.25, -0.2, -0.15, -0.1, -0.05, 0, 0.05, 0.1, 0.15].some(at)) pauses.push(here);
  }
  return median(notes) - median(pauses);
}

const pauses: MicCase = {
  name: 'pauses',
  heading: 'pauses of a singer, below the notes (medians of 0.1 s)',
  async run(sounds, models: readonly NamedModel[]) {
    const sung = await truth(sounds);
    const figures: Figure[] = [];
    for (const input of ['voc_music50', 'voc_hum50', 'voc_hum40']) {
      const sound = await sounds.read(`fixtures/live/${input}.flac`);
      for (const { name, model } of models) {
        const seconds = sound.audio.length / sound.sampleRate - 2 * LEAD;
        const below = pauseBelowNotes(await play(model, sound), sung, LEAD, seconds);
        figures.push({
          what: `${name}: ${input}`,
          measured: `${below.toFixed(0)} dB below`,
          required: 'at least 35 dB below',
          met: below >= 35,
        });
      }
    }
    return figures;
  },
};

export const backgroundCases: readonly MicCase[] = [alone, singer, pauses];
