/** Dynamics, from cold and warm. */

import type { Figure, MicCase, NamedModel } from '../case';
import type { Sound, Sounds } from '../sounds';
import { level, mean, median, noteTimes, type Played, play, quantile, slope } from './play';

const KEPT = 0.6;
const db = (value: number) => `${value.toFixed(1)} dB`;

interface Range {
  readonly input: number;
  readonly output: number;
  readonly rises: boolean;
}

function rangeFigure(what: string, { input, output, rises }: Range, needsRise: boolean): Figure {
  const share = output / input;
  return {
    what,
    measured: `${db(input)} in, ${db(output)} out: ${(100 * share).toFixed(0)}%${rises ? '' : ', falls between'}`,
    required: needsRise ? 'at least 60%, monotonic' : 'at least 60%',
    met: share >= KEPT && (rises || !needsRise),
  };
}

/** From the first to the last of some stretches of time; monotonic to within 1 dB. */
function rangeOf(
  { input, output, sampleRate }: Played,
  stretches: readonly (readonly [number, number])[],
): Range {
  const [levelsIn, levelsOut] = [input, output].map((samples) =>
    stretches.map(([from, to]) => level(samples, sampleRate, from, to)),
  );
  return {
    input: levelsIn[levelsIn.length - 1] - levelsIn[0],
    output: levelsOut[levelsOut.length - 1] - levelsOut[0],
    rises: levelsOut.every((value, i) => i === 0 || value > levelsOut[i - 1] - 1),
  };
}

async function forModels(
  models: readonly NamedModel[],
  sound: Sound,
  figure: (played: Played, name: string) => Figure | readonly Figure[],
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { name, model } of models) {
    const found = figure(await play(model, sound), name);
    figures.push(...(Array.isArray(found) ? found : [found as Figure]));
  }
  return figures;
}

const live = (sounds: Sounds, name: string) => sounds.read(`fixtures/live/${name}.flac`);

/** What 60% refers to: the range that a model learned is narrower than most of the inputs. */
function learned(models: readonly NamedModel[]): Figure[] {
  return models.map(({ name, model }) => {
    const [low, , high] = model.statistics.loudness;
    return {
      what: `${name}: range that it learned`,
      measured: `${db(high - low)}, ${low.toFixed(1)} to ${high.toFixed(1)} dB`,
    };
  });
}

/** A crescendo of 8 s in one breath. */
const crescendo: MicCase = {
  name: 'crescendo',
  heading: 'range kept from cold: a crescendo of 32 dB in 8 s',
  run: async (sounds, models) => [
    ...learned(models),
    ...(await forModels(models, await live(sounds, 'crescendo'), (played, name) => {
      const times = noteTimes(played).slice(2, -6);
      const stretches = times.filter((_, i) => i % 5 === 0).map((time) => [time, time + 0.5] as const);
      return rangeFigure(`${name}: crescendo`, rangeOf(played, stretches), true);
    })),
  ],
};

/** Six notes of one pitch, 6 dB apart. */
const steps: MicCase = {
  name: 'cold-dynamics',
  heading: 'range kept from cold: six notes from -30 to 0 dB',
  run: async (sounds, models) =>
    forModels(models, await live(sounds, 'cold_dyn'), (played, name) => {
      const starts = noteStarts(played).slice(0, 6);
      const stretches = starts.map((time) => [time + 0.2, time + 0.9] as const);
      return rangeFigure(`${name}: six notes`, rangeOf(played, stretches), true);
    }),
};

/** Soft for 8 s, then loud. */
const softThenLoud: MicCase = {
  name: 'pp-then-ff',
  heading: 'range kept from cold: pp, then ff',
  run: async (sounds, models) =>
    forModels(models, await live(sounds, 'pp_then_ff'), (played, name) => {
      const times = noteTimes(played);
      const of = (samples: Float32Array, part: readonly number[]) =>
        mean(part.map((time) => level(samples, played.sampleRate, time, time + 0.1)));
      const soft = times.filter((time) => time < 7.9);
      const loud = times.filter((time) => time > 8.1);
      const range = {
        input: of(played.input, loud) - of(played.input, soft),
        output: of(played.output, loud) - of(played.output, soft),
        rises: true,
      };
      return rangeFigure(`${name}: pp, then ff`, range, false);
    }),
};

/** A singer who enters 24 dB softer and grows for 15 s. */
const ramp: MicCase = {
  name: 'ramp',
  heading: 'a singer who enters 24 dB softer and grows for 15 s, minus the same singer at one level',
  async run(sounds, models) {
    const figures: Figure[] = [];
    const grown = await live(sounds, 'ramp_voc_15s');
    const steady = await sounds.read('audio/inputs/vocadito_1.wav');
    for (const { name, model } of models) {
      const a = await play(model, grown);
      const b = await play(model, steady);
      const late =
        grown.audio.length / grown.sampleRate - steady.audio.length / steady.sampleRate > 3 ? 2 : 0;
      const difference = (from: number, to: number) =>
        median(
          noteTimes(b)
            .filter((time) => time >= from && time < to)
            .map(
              (time) =>
                level(a.output, a.sampleRate, time + late, time + late + 0.1) -
                level(b.output, b.sampleRate, time, time + 0.1),
            ),
        );
      figures.push({
        what: `${name}: in the first 3 s, and after 15 s`,
        measured: `${db(difference(0, 3))}, ${db(difference(20, 30))}`,
        required: 'at least 12 dB softer at first',
        met: difference(0, 3) < -12,
      });
    }
    return figures;
  },
};

/** The same notes, 35 dB more quietly. */
const quiet: MicCase = {
  name: 'quiet',
  heading: 'a microphone that is 35 dB quieter, minus the original, after 10 s of notes',
  async run(sounds, models) {
    const figures: Figure[] = [];
    for (const [input, sound] of [
      ['singer', await sounds.read('audio/inputs/vocadito_1.wav')],
      ['six notes, four times', await live(sounds, 'cold_dyn')],
    ] as const) {
      for (const { name, model } of models) {
        const original = await play(model, sound);
        const soft = await play(model, sound, -35);
        const times = noteTimes(original).slice(100);
        const differences = times.map(
          (time) =>
            level(soft.output, soft.sampleRate, time, time + 0.1) -
            level(original.output, original.sampleRate, time, time + 0.1),
        );
        const middle = median(differences);
        figures.push({
          what: `${name}: ${input}`,
          measured: `median ${db(middle)}, ${db(quantile(differences, 0.05))} to ${db(quantile(differences, 0.95))}`,
          required: 'within 3 dB',
          met: Math.abs(middle) <= 3,
        });
      }
    }
    return figures;
  },
};

/** dB out for a dB in, when the player is known. */
const warm: MicCase = {
  name: 'warm',
  heading: 'slope in dB/dB when the player is known (the input played twice, second time)',
  async run(sounds, models) {
    const figures: Figure[] = [];
    for (const input of ['vocadito_1', 'singing-female', 'sax-phrase']) {
      const { audio, sampleRate } = await sounds.read(`audio/inputs/${input}.wav`);
      const twice = new Float32Array(2 * audio.length);
      twice.set(audio);
      twice.set(audio, audio.length);
      figures.push(
        ...(await forModels(models, { audio: twice, sampleRate }, (played, name) => {
          const times = noteTimes(played).filter((time) => time > audio.length / sampleRate);
          const frames = (key: 'loudness' | 'matched') =>
            times.map((time) => {
              const first = Math.round((time * sampleRate) / played.hop);
              return mean(played.frames.slice(first, first + 10).map((frame) => frame[key]));
            });
          const [heard, matched] = [frames('loudness'), frames('matched')];
          const rms = (samples: Float32Array) =>
            times.map((time) => level(samples, sampleRate, time, time + 0.1));
          const [rmsIn, rmsOut] = [rms(played.input), rms(played.output)];
          const matching = slope(heard, matched);
          return {
            what: `${name}: ${input}`,
            measured: [
              `matching ${matching.toFixed(2)}`,
              `A-weighting ${slope(rmsIn, heard).toFixed(2)}`,
              `model ${slope(matched, rmsOut).toFixed(2)}`,
              `RMS to RMS ${slope(rmsIn, rmsOut).toFixed(2)}`,
            ].join(', '),
            required: 'matching 0.85 to 1.15',
            met: matching >= 0.85 && matching <= 1.15,
          };
        })),
      );
    }
    return figures;
  },
};

/** Seconds at which notes begin after a pause. */
function noteStarts({ frames, hop, sampleRate }: Played): number[] {
  const starts: number[] = [];
  let pause = 10;
  frames.forEach(({ note }, i) => {
    if (note && pause >= 10) starts.push((i * hop) / sampleRate);
    pause = note ? 0 : pause + 1;
  });
  return starts;
}

export const levelCases: readonly MicCase[] = [crescendo, steps, softThenLoud, ramp, quiet, warm];
