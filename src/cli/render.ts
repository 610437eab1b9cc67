/** `ddsp render`: plays a recording, frames of pitch and loudness, or a MIDI file through a model. */

import path from 'node:path';
import { Argument, Command, Option } from 'commander';
import { LOUDNESS_FLOOR } from '../analysis/config';
import { CUTOFFS, LOUDEST_GATE } from '../analysis/listening';
import { writeWav } from '../audio/wav';
import { CONTROLS, type ControlName, type ControlOptions } from '../controls';
import { LEAST_GAIN, MOST_GAIN, MOST_OCTAVES } from '../play/matching/options';
import { NOTE_MODES, type NoteMode } from '../play/notes/note-mode';
import { renderNotes } from '../play/notes/render-notes';
import { renderFrames, renderOffline } from '../play/render';
import type { Frames } from '../play/sources/frame-track';
import { readBytes, writeAtomically } from '../train/run/disk';
import { readMono } from './audio';
import { CliError, EXIT } from './errors';
import { framesFromCsv, framesToCsv } from './frames-csv';
import { readMidiFile, readModelFile, readNetwork } from './model-file';
import { checkOutput } from './output';
import { list, matched, number } from './parsers';
import { ProgressBar } from './progress-bar';
import { say } from './terminal';

export interface RenderCommandOptions extends ControlOptions {
  readonly model: string;
  readonly morphTo?: string;
  readonly frames?: string;
  readonly framesOut?: string;
  readonly notes?: string;
  readonly channels?: readonly number[];
  readonly voices?: number;
  readonly mode?: NoteMode;
  readonly register: 'auto' | 'off' | number;
  readonly level: 'auto' | 'off' | number;
  readonly gate: 'auto' | 'off' | number;
  readonly hold?: number;
  readonly filter: 'auto' | 'off' | number;
  readonly pitchMin?: number;
  readonly pitchMax?: number;
  readonly float?: boolean;
}

export function renderCommand(): Command {
  const command = new Command('render')
    .description('play a recording, frames of pitch and loudness, or a MIDI file through a model')
    .requiredOption('--model <file>', 'model file')
    .option('--morph-to <file>', 'model file of the second instrument, for --morph')
    .option('--frames <csv>', 'play these frames (as ddsp analyse writes them) instead of a recording')
    .addOption(
      new Option('--notes <mid>', 'play the notes of this MIDI file instead of a recording').conflicts(
        'frames',
      ),
    )
    .addOption(
      new Option(
        '--frames-out <csv>',
        'write the frames of the recording as they were played, for --frames',
      ).conflicts(['frames', 'notes']),
    )
    .option(
      '--channels <list>',
      'channels of the MIDI file that play, e.g. 1,2; default: all but 10, the drums',
      list(1, 16),
    )
    .option('--voices <n>', 'notes that may sound at a time, 1 to 64; default 16', number(1, 64, true))
    .addOption(
      new Option('--mode <mode>', 'poly, or mono: one note at a time, legato; default poly').choices(
        NOTE_MODES,
      ),
    );
  for (const [name, control] of Object.entries(CONTROLS)) command.addOption(controlOption(name, control));
  return command
    .option(
      '--register <octaves>',
      `octaves added to the pitch: auto (to the model's register), off, or ${-MOST_OCTAVES} to ${MOST_OCTAVES}`,
      matched(-MOST_OCTAVES, MOST_OCTAVES, true),
      'auto',
    )
    .option(
      '--level <dB>',
      `dB added to the loudness: auto (to the model's level), off, or ${LEAST_GAIN} to ${MOST_GAIN}`,
      matched(LEAST_GAIN, MOST_GAIN),
      'auto',
    )
    .option(
      '--gate <dB>',
      'what is not played: auto (what is not above the background), off (nothing), or what is quieter, -80 to 100',
      matched(LOUDNESS_FLOOR, LOUDEST_GATE),
      'auto',
    )
    .option(
      '--hold <seconds>',
      'how long a note sounds on when its pitch is lost; default 0.1; Infinity: as long as the input',
      number(0, Number.POSITIVE_INFINITY),
    )
    .option(
      '--filter <Hz>',
      `auto (high-pass below the lowest pitch, hum removal), off, or the high-pass cutoff, ${CUTOFFS.join(' to ')}`,
      matched(...CUTOFFS),
      'auto',
    )
    .option('--pitch-min <Hz>', "lowest pitch that is looked for; default: the model's", number(1, 20_000))
    .option('--pitch-max <Hz>', "highest pitch that is looked for; default: the model's", number(1, 20_000))
    .option('--float', 'write 32-bit float instead of 16-bit')
    .addArgument(
      new Argument(
        '<files...>',
        'the recording, then the WAV file to write; with --frames or --notes only the latter',
      ),
    )
    .action(render);
}

/** `--pitch-shift <semitones>`, from the table of controls. */
function controlOption(name: string, control: (typeof CONTROLS)[ControlName]): Option {
  const { unit, minimum, maximum, meaning } = control;
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return new Option(`--${flag} <${unit || 'value'}>`, `${meaning}, ${minimum} to ${maximum}`)
    .argParser(number(minimum, maximum))
    .default(control.default);
}

/** Renders at the model's sample rate, into a mono WAV: as long as the input, or until the last note has died away. */
async function render(
  files: readonly string[],
  {
    model: modelFile,
    morphTo: secondFile,
    frames,
    framesOut,
    notes,
    channels,
    voices,
    mode,
    float,
    register,
    level,
    gate,
    hold,
    filter,
    pitchMin,
    pitchMax,
    ...controls
  }: RenderCommandOptions,
): Promise<void> {
  const instead = frames ?? notes;
  const [input, output] = instead === undefined ? files : [instead, ...files];
  if (files.length !== (instead === undefined ? 2 : 1))
    throw new CliError(
      instead === undefined
        ? 'render: expected two files, the recording and the WAV file to write'
        : 'render: expected one file, the WAV file to write; --frames or --notes takes the place of the recording',
      EXIT.usage,
    );
  if (notes === undefined && (channels ?? voices ?? mode) !== undefined)
    throw new CliError('render: --channels, --voices and --mode belong to --notes', EXIT.usage);
  const models = secondFile === undefined ? [modelFile] : [modelFile, secondFile];
  await checkOutput(output, [input, ...models]);
  if (framesOut !== undefined) {
    if (path.resolve(framesOut) === path.resolve(output))
      throw new CliError('render: --frames-out names the WAV file; choose another file', EXIT.usage);
    await checkOutput(framesOut, [input, output, ...models]);
  }
  const [model, morphTo] = await Promise.all(models.map(readModelFile));
  const decoder = await readNetwork(modelFile, model);
  const progress = new ProgressBar('rendering', 1);
  const options = { ...controls, morphTo, decoder, onProgress: (share: number) => progress.update(share) };
  let rendered: Float32Array;
  let played: Frames = { f0: [], loudness: [] };
  try {
    if (notes !== undefined) {
      rendered = await renderNotes(model, await readMidiFile(input, channels), { ...options, voices, mode });
    } else if (frames !== undefined) {
      rendered = await renderFrames(
        model,
        framesFromCsv(await readText(input), input, model.frameRate),
        options,
      );
    } else {
      rendered = await renderOffline(model, await readMono(input, model.sampleRate), {
        ...options,
        listening: { gate, hold, filter, pitchMin, pitchMax },
        matching: { register, level },
        onFrames: (of) => {
          played = of;
        },
      });
    }
  } finally {
    progress.stop();
    await decoder?.close();
  }
  await writeAtomically(output, writeWav(rendered, model.sampleRate, { float }));
  if (framesOut !== undefined) await writeAtomically(framesOut, framesToCsv(played, model.frameRate));
  const peak = rendered.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
  if (peak > 1 && !float) {
    const over = (20 * Math.log10(peak)).toFixed(1);
    say(`${output}: clipped up to ${over} dB above full scale; lower --gain or add --float`);
  }
}

async function readText(file: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(file));
}
