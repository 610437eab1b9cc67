/**
 * npx tsx test/bench/pitch/make/main.ts [SOUNDFONT]
 *
 * Renders the played phrases of test/fixtures/pitch, with what sounds in them as truth. Needs fluidsynth,
 * the soundfont (Debian: fluidsynth, fluid-soundfont-gm) and ffmpeg. The fixtures are stored; this is how
 * they were made.
 *
 * Every note is rendered by itself, far from the others, without reverb and chorus, and measured there: its
 * level over time (attack and release are the soundfont's, not the note list's) and its pitch over time
 * (samples are off key by up to 20 cents, and many carry vibrato). The phrase is the sum of its notes.
 */

import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodeAudio } from '../../../../src/audio/decode';
import { downmix } from '../../../../src/audio/resample';
import { writeWav } from '../../../../src/audio/wav';
import { deviation, octaves } from './measure-note';
import { keyFrequency, midiFile, type Note } from './midi';
import { type Instrument, instruments, phrase } from './phrases';

const RATE = 48000;
/** Seconds between truths. */
const STEP = 0.005;
/** Seconds a note may ring after its end. */
const TAIL = 1.2;
/** dB: a note counts as sounding from this far below the phrase's loudest moment ... */
const HEARD = -35;
/** ... and when it is this far above all other notes together. */
const ALONE = 12;
/** A moment's octave cannot be said where the odd harmonics have less than this share of the power ... */
const ODD = 0.03;
/** ... or where what lies halfway between the harmonics has more than this share. */
const HALFWAY = 0.1;
/** dB below the loudest moment: nothing sounds. In between nothing is scored. */
const SILENT = -75;

const soundfont = process.argv[2] ?? '/usr/share/sounds/sf2/FluidR3_GM.sf2';
const target = path.resolve(import.meta.dirname, '../../../fixtures/pitch');
const folder = await mkdtemp(path.join(tmpdir(), 'phrases-'));

for (const instrument of instruments) {
  const notes = phrase(instrument);
  const rendered = await renderNotes(instrument, notes);
  const seconds = notes[notes.length - 1].end + 0.4;
  const audio = mix(rendered, notes, seconds);
  const truth = judge(rendered, notes, seconds);
  const wav = path.join(folder, 'phrase.wav');
  await writeFile(wav, writeWav(audio, RATE, { float: true }));
  const file = path.join(target, `${instrument.name}.opus`);
  const options = '-c:a libopus -b:a 96k -map_metadata -1 -fflags +bitexact'.split(' ');
  execFileSync('ffmpeg', ['-loglevel', 'error', '-y', '-i', wav, ...options, file]);
  const lines = [...truth].map(
    (hz, i) => `${(i * STEP).toFixed(3)},${Number.isNaN(hz) ? '' : hz.toFixed(3)}`,
  );
  await writeFile(path.join(target, `${instrument.name}.f0.csv`), `${lines.join('\n')}\n`);
  const rows = notes.map(
    ({ start, end, key, velocity }) => `${start.toFixed(3)},${end.toFixed(3)},${key},${velocity}`,
  );
  await writeFile(
    path.join(target, `${instrument.name}.notes.csv`),
    `start_s,end_s,key,velocity\n${rows.join('\n')}\n`,
  );
  rendered.forEach(({ pitch, power }, i) => {
    const heard = [...pitch].filter((_, k) => power[k] > 0.01 * Math.max(...power));
    const unsaid = heard.filter(Number.isNaN).length;
    if (unsaid > 0.2 * heard.length)
      console.log(`  key ${notes[i].key}: ${unsaid} of ${heard.length} moments in no octave`);
  });
  const scored = truth.filter((hz) => hz > 0).length;
  const left = truth.filter(Number.isNaN).length;
  console.log(
    `${instrument.name}: ${seconds.toFixed(1)} s, ${scored} sound, ${left} not scored of ${truth.length}`,
  );
}
await rm(folder, { recursive: true });

interface Rendered {
  /** from the note's start on */
  readonly audio: Float32Array;
  /** power every STEP, smoothed over 20 ms */
  readonly power: Float64Array;
  /** Hz every STEP, NaN where its octave cannot be said */
  readonly pitch: Float64Array;
}

async function renderNotes({ program }: Instrument, notes: readonly Note[]): Promise<Rendered[]> {
  let now = 0.5;
  const apart = notes.map((note) => {
    const start = now;
    const end = start + note.end - note.start;
    now = end + TAIL + 0.3;
    return { ...note, start, end };
  });
  const midi = path.join(folder, 'notes.mid');
  const wav = path.join(folder, 'notes.wav');
  await writeFile(midi, midiFile(program, apart));
  execFileSync(
    'fluidsynth',
    `-niq -R 0 -C 0 -g 0.6 -r ${RATE} -O float -F ${wav} ${soundfont} ${midi}`.split(' '),
  );
  const { channels } = await decodeAudio(await readFile(wav), wav);
  const all = downmix(channels);
  return apart.map(({ start, end, key }) =>
    measure(all.subarray(start * RATE, (end + TAIL) * RATE), keyFrequency(key)),
  );
}

function measure(audio: Float32Array, hz: number): Rendered {
  const steps = Math.floor(audio.length / (STEP * RATE));
  const half = 0.01 * RATE;
  const power = Float64Array.from({ length: steps }, (_, i) => {
    const centre = i * STEP * RATE;
    const piece = audio.subarray(Math.max(centre - half, 0), centre + half);
    return piece.reduce((sum, v) => sum + v * v, 0) / (2 * half);
  });
  const loudest = power.reduce((most, p) => Math.max(most, p), 0);
  const pitch = Float64Array.from({ length: steps }, (_, i) => {
    if (power[i] < loudest * 1e-4) return hz;
    const centre = i * STEP * RATE;
    const found = hz * 2 ** (deviation(audio, RATE, centre, hz) / 1200);
    const { odd, halfway } = octaves(audio, RATE, centre, found);
    return odd < ODD || halfway > HALFWAY ? Number.NaN : found;
  });
  return { audio, power, pitch };
}

function mix(rendered: readonly Rendered[], notes: readonly Note[], seconds: number): Float32Array {
  const sum = new Float32Array(Math.round(seconds * RATE));
  rendered.forEach(({ audio }, i) => {
    const start = Math.round(notes[i].start * RATE);
    for (let n = 0; n < audio.length && start + n < sum.length; n++) sum[start + n] += audio[n];
  });
  const peak = sum.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return sum.map((v) => (0.5 * v) / peak);
}

/** @returns every STEP: Hz, 0 where nothing sounds, NaN where that cannot be said */
function judge(rendered: readonly Rendered[], notes: readonly Note[], seconds: number): Float64Array {
  const steps = Math.floor(seconds / STEP);
  const at = (note: number, step: number) => step - Math.round(notes[note].start / STEP);
  const total = new Float64Array(steps);
  rendered.forEach(({ power }, note) => {
    for (let i = 0; i < steps; i++) total[i] += power[at(note, i)] ?? 0;
  });
  const loudest = total.reduce((most, p) => Math.max(most, p), 0);
  return total.map((sum, i) => {
    if (sum < loudest * 10 ** (SILENT / 10)) return 0;
    if (sum < loudest * 10 ** (HEARD / 10)) return Number.NaN;
    const note = rendered.findIndex(
      ({ power }, k) => (power[at(k, i)] ?? 0) > (sum * 10 ** (ALONE / 10)) / (1 + 10 ** (ALONE / 10)),
    );
    return note < 0 ? Number.NaN : rendered[note].pitch[at(note, i)];
  });
}
