/** `ddsp render`: plays a recording, or given pitch and loudness, through a model. */

import { Argument, Command, Option } from 'commander';
import { LOUDNESS_FLOOR } from '../analysis/analyser';
import { CUTOFFS, LOUDEST_GATE } from '../analysis/listening';
import { writeWav } from '../audio/wav';
import { CONTROLS, type ControlName, type ControlOptions } from '../controls';
import { LEAST_GAIN, MOST_GAIN, MOST_OCTAVES } from '../play/matching/options';
import { renderFrames, renderOffline } from '../play/render';
import { readBytes, writeAtomically } from '../train/run/disk';
import { readMono } from './audio';
import { CliError, EXIT } from './errors';
import { framesFromCsv } from './frames-csv';
import { readModelFile } from './model-file';
import { checkOutput } from './output';
import { matched, number } from './parsers';
import { ProgressBar } from './progress-bar';
import { say } from './terminal';

export interface RenderCommandOptions extends ControlOptions {
  readonly model: string;
  readonly frames?: string;
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
    .description('play a recording, or frames of pitch and loudness, through a model')
    .requiredOption('--model <file>', 'model file')
    .option('--frames <csv>', 'play these frames (as ddsp analyse writes them) instead of a recording');
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
      new Argument('<files...>', 'the recording, then the WAV file to write; with --frames only the latter'),
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

/** Renders at the model's sample rate, into a mono WAV as long as the input. */
async function render(
  files: readonly string[],
  {
    model: modelFile,
    frames,
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
  const [input, output] = frames === undefined ? files : [frames, ...files];
  if (files.length !== (frames === undefined ? 2 : 1))
    throw new CliError(
      frames === undefined
        ? 'render: expected two files, the recording and the WAV file to write'
        : 'render: expected one file, the WAV file to write; --frames takes the place of the recording',
      EXIT.usage,
    );
  await checkOutput(output, [input, modelFile]);
  const model = await readModelFile(modelFile);
  const progress = new ProgressBar('rendering', 1);
  const options = { ...controls, onProgress: (share: number) => progress.update(share) };
  let rendered: Float32Array;
  try {
    rendered =
      frames === undefined
        ? await renderOffline(model, await readMono(input, model.sampleRate), {
            ...options,
            listening: { gate, hold, filter, pitchMin, pitchMax },
            matching: { register, level },
          })
        : await renderFrames(model, framesFromCsv(await readText(input), input, model.frameRate), options);
  } finally {
    progress.stop();
  }
  await writeAtomically(output, writeWav(rendered, model.sampleRate, { float }));
  const peak = rendered.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
  if (peak > 1 && !float) {
    const over = (20 * Math.log10(peak)).toFixed(1);
    say(`${output}: clipped up to ${over} dB above full scale; lower --gain or add --float`);
  }
}

async function readText(file: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(file));
}
