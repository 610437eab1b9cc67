/**
 * npm run bench:notes -- violin=FOLDER saxophone=FOLDER cello=FOLDER [flute=FOLDER --model flute=FILE] [--pictures OUT]
 *
 * Plays the notes of recordings again, by the learned articulation, by plain curves and by the rules of ddsp-vst, and
 * compares. FOLDER holds the recordings that a model was trained on; their analysis is kept as `ddsp preprocess` keeps
 * it. Prints also how well the event `note` agrees with the annotators of a song, for which no folder is needed.
 * Figures do not depend on the machine.
 */

import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { median, quantile } from '../../../src/dsp/quantile';
import { readModel } from '../../../src/model/file';
import type { Model } from '../../../src/model/model';
import { renderNotes } from '../../../src/play/notes/render-notes';
import { velocityLoudness } from '../../../src/play/notes/velocity';
import { scoreNotes } from '../../support/note-score';
import { scored, sing } from '../../support/sing';
import { sungNotes } from '../../support/sung-notes';
import { adsrVelocity, playAdsr } from './adsr';
import { CENTROID_SAMPLES, type Coloured, centroidMeter, centroidSlope } from './centroid';
import { compareCurves, heardAfter, heardAt, type VibratoFigures, vibratoOf } from './compare';
import { drawArticulation } from './picture';
import { type Recorded, readRecorded } from './recorded';
import { hearScale, type ScaleHeard, type ScaleNote, scale } from './scale';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { model: { type: 'string', multiple: true, default: [] }, pictures: { type: 'string' } },
});

const MODELS = path.resolve(import.meta.dirname, '../../../models');
/** What each instrument was trained with. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  violin: ['data.pitchMin=180'],
  saxophone: ['data.pitchMin=130', 'data.pitchMax=1000'],
  cello: ['data.pitchMin=60', 'data.pitchMax=1100'],
  flute: ['data.pitchMin=240', 'data.pitchMax=2400', 'model.analysis.pitchMax=2400'],
};
/** The middles of five equal parts of the range. */
const VELOCITIES = [14, 39, 64, 89, 114];
const RANGE = [1, 20, 39, 58, 77, 96, 115, 127];
/** Pitches of a scale, at most. */
const PITCHES = 40;

const pairs = (texts: readonly string[]) => texts.map((text) => text.split('=', 2) as [string, string]);
const fixed = (value: number, digits = 1) => (Number.isFinite(value) ? value.toFixed(digits) : '-');

async function listen(): Promise<void> {
  const { audio, sampleRate, annotations } = await sungNotes();
  const notes = scored(await sing(audio, sampleRate));
  const [first, second] = annotations;
  console.log('\nthe event note, vocadito_1: onsets within 50 ms, pitches within 50 cents');
  console.log('| | precision | recall | F |\n| --- | --- | --- | --- |');
  for (const [name, truth, found] of [
    ['annotator 1 and the event', first, notes],
    ['annotator 2 and the event', second, notes],
    ['annotator 1 and annotator 2', first, second],
  ] as const) {
    const { precision, recall, f } = scoreNotes(truth, found);
    console.log(`| ${name} | ${fixed(precision, 2)} | ${fixed(recall, 2)} | ${fixed(f, 2)} |`);
  }
}

/** Up to PITCHES semitones that recorded notes have, evenly chosen. */
function pitchesOf({ notes }: Recorded): number[] {
  const all = [...new Set(notes.map(({ played }) => Math.round(played.pitch)))].sort((a, b) => a - b);
  const count = Math.min(all.length, PITCHES);
  return Array.from({ length: count }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)]);
}

async function colours(model: Model, heard: readonly ScaleHeard[]): Promise<Coloured[]> {
  const meter = await centroidMeter(model.sampleRate);
  return heard.map((note) => {
    const { audio, played } = note;
    const from = Math.round(heardAt(note) * model.sampleRate);
    const { pitch, loudness } = played;
    return { pitch, loudness, centroid: meter(audio.slice(from, from + CENTROID_SAMPLES)) };
  });
}

interface Way {
  readonly name: string;
  play(notes: readonly ScaleNote[]): Promise<Float32Array>;
  /** the velocity at which this way plays a loudness of one of the velocities */
  velocity(velocity: number): number;
}

function waysOf(model: Model): Way[] {
  const plain = { ...model, articulation: undefined };
  return [
    { name: 'learned', play: (notes) => renderNotes(model, notes), velocity: (velocity) => velocity },
    { name: 'plain curves', play: (notes) => renderNotes(plain, notes), velocity: (velocity) => velocity },
    {
      name: 'ADSR of ddsp-vst',
      play: (notes) => playAdsr(model, notes, ({ velocity }) => velocity),
      velocity: (velocity) => adsrVelocity(velocityLoudness(velocity, model.statistics), model),
    },
  ];
}

interface Dynamics {
  /** of the model's range, 5th to 95th percentile, that velocities 1 to 127 span: the median over pitches */
  readonly span: number;
  /** every velocity is louder than the one before, at every pitch */
  readonly rises: boolean;
}

async function dynamics(model: Model, way: Way, pitches: readonly number[]): Promise<Dynamics> {
  const notes = scale(pitches, RANGE);
  const heard = await hearScale(model, notes, await way.play(notes));
  const [soft, , loud] = model.statistics.loudness;
  const curves = pitches.map((pitch) => heard.filter(({ asked }) => asked.note === pitch));
  const levels = curves.map((notes) => notes.map(({ played }) => played.loudness));
  const whole = levels.filter(({ length }) => length === RANGE.length);
  const spans = whole.map((level) => (level[level.length - 1] - level[0]) / (loud - soft));
  const rises = levels.every((level) => level.every((value, i) => i === 0 || value > level[i - 1]));
  return { span: median(spans), rises };
}

const COLUMNS = [
  ...['', 'loudness, first 300 ms', 'first 100 ms', 'pairs', 'within 6 dB after', 'vibrato'],
  ...['velocities span', 'each louder', 'centroid in 10 dB'],
];
const row = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
const shaken = ({ rate, depth }: VibratoFigures) => `${fixed(rate, 2)} Hz, ${fixed(depth)} cents`;
const rising = ({ slope, error }: { slope: number; error: number }) =>
  `${fixed(slope, 2)} ± ${fixed(error, 2)} octaves`;

async function bench(instrument: string, model: Model, recorded: Recorded): Promise<void> {
  const pitches = pitchesOf(recorded);
  const own = vibratoOf(recorded.all);
  console.log(
    `\n${instrument}: ${recorded.all.length} notes, ${recorded.notes.length} with an attack to learn; ` +
      `${own.vibrating} of ${own.long} long notes vibrate; scales of ${pitches.length} notes`,
  );
  // colours are compared where both have notes: the quietest sounds of recordings are what rings after notes
  const levels = recorded.coloured.map(({ loudness }) => loudness);
  const [softest, loudest] = [
    quantile(levels, 0.05),
    Math.min(quantile(levels, 0.95), model.statistics.loudness[2]),
  ];
  const common = ({ loudness }: Coloured) => loudness >= softest && loudness <= loudest;
  row(COLUMNS);
  row(COLUMNS.map(() => '---'));
  const after = heardAfter(recorded.notes, ({ played }) => played.onset);
  row([
    ...['recordings', '', '', '', `${fixed(1000 * after, 0)} ms`, shaken(own), '', ''],
    rising(centroidSlope(recorded.coloured.filter(common))),
  ]);
  row([
    ...['their frames, resynthesised', '', '', '', '', '', '', ''],
    rising(centroidSlope(recorded.resynthesised.filter(common))),
  ]);
  for (const way of waysOf(model)) {
    const notes = scale(pitches, VELOCITIES.map(way.velocity));
    const heard = await hearScale(model, notes, await way.play(notes));
    const { whole, early, pairs: compared } = compareCurves(recorded.notes, heard);
    const { span, rises } = await dynamics(
      model,
      way,
      pitches.filter((_, i) => i % 8 === 4),
    );
    row([
      way.name,
      `${fixed(whole)} dB`,
      `${fixed(early)} dB`,
      `${compared}`,
      `${fixed(1000 * heardAfter(heard, ({ asked }) => asked.time), 0)} ms`,
      shaken(vibratoOf(heard)),
      Number.isNaN(span) ? '-' : `${fixed(100 * span, 0)}%`,
      rises ? 'yes' : 'no',
      rising(centroidSlope((await colours(model, heard)).filter(common))),
    ]);
    if (heard.length < notes.length)
      console.log(
        `(${way.name}: ${notes.length - heard.length} of ${notes.length} notes were not heard as one)`,
      );
  }
}

const models = new Map(pairs(options.model));
for (const [instrument, folder] of pairs(positionals)) {
  const file = models.get(instrument) ?? path.join(MODELS, `${instrument}.safetensors`);
  const model = readModel(await readFile(file));
  const recorded = await readRecorded(model, folder, SETTINGS[instrument] ?? []);
  if (options.pictures && recorded.articulation) {
    const picture = drawArticulation(instrument, recorded.articulation, recorded);
    await writeFile(path.join(options.pictures, `articulation-${instrument}.svg`), picture);
  }
  await bench(instrument, model, recorded);
}
await listen();
