/** The `ddsp` command: parses the command line, runs one command and returns its exit code. */

import { createRequire } from 'node:module';
import { Argument, Command, CommanderError, Option } from 'commander';
import { analyse } from './analyse';
import { config } from './config';
import { describeError } from './describe-error';
import { CliError, EXIT } from './errors';
import { exportModel } from './export';
import { IMPORT_KEYS, importFile } from './import';
import { info } from './info';
import { Interrupted } from './interrupt';
import { number } from './parsers';
import { readPitch } from './pitch';
import { preprocess } from './preprocess';
import { renderCommand } from './render';
import { say } from './terminal';
import { train } from './train';

function configFile(): Option {
  return new Option(
    '--config <file>',
    'YAML file with part of the configuration; repeatable, later files override earlier ones',
  )
    .default([], 'none')
    .argParser((file, files: string[]) => [...files, file]);
}

function changes(example: string): Argument {
  return new Argument('[key=value...]', `changes to the configuration, e.g. ${example}`);
}

function fail(line: string): void {
  say(`ddsp: ${line}`);
}

function program(): Command {
  const { version } = createRequire(import.meta.url)('ddsp-worklet/package.json');
  const ddsp = new Command('ddsp')
    .description('Trains instruments from recordings and plays recordings through them.')
    .version(version)
    .exitOverride()
    .configureOutput({
      outputError: (text) =>
        fail(
          text
            .replace(/^error: /, '')
            .trim()
            .replace(/\s*\n\s*/g, ' '),
        ),
    });
  const database = ['--db <dir>', "folder of the database (default: in the system's cache folder)"] as const;
  ddsp
    .command('preprocess')
    .description('decode and analyse a folder of recordings and store the result for training')
    .requiredOption('--data <dir>', 'folder of WAV, FLAC, MP3, Ogg or Opus files')
    .option(...database)
    .option('--workers <n>', 'threads (default: one a core)', number(1, 256, true))
    .option('--prune', 'delete cached data that these recordings and settings do not use')
    .addOption(configFile())
    .addArgument(changes('model.frameRate=50'))
    .action(preprocess);
  ddsp
    .command('train')
    .description('train an instrument on a folder of recordings, or resume a run')
    .option('--data <dir>', 'folder of WAV, FLAC, MP3, Ogg or Opus files')
    .option('--out <dir>', 'folder for the run: model, checkpoints, logs, report.html')
    .option(...database)
    .option('--workers <n>', 'threads (default: one a core)', number(1, 256, true))
    .option('--resume <run>', 'resume the run in this folder; no other option is needed')
    .option('--from <file>', 'start from the weights of a model file, a checkpoint or a run')
    .addOption(configFile())
    .addArgument(changes('model.decoder.hidden=128 trainer.steps=2000'))
    .action(train);
  ddsp
    .command('export')
    .description('export a checkpoint as a model file with card and samples, or as a file for other programs')
    .option(
      '--out <path>',
      'output folder (default: export, inside the run), or output file with --format ckpt and onnx',
    )
    .addOption(
      new Option(
        '--format <format>',
        'model: as this library plays it; ckpt: a checkpoint of realtimeDDSP; onnx: the decoder as an ONNX file',
      )
        .choices(['model', 'ckpt', 'onnx'])
        .default('model'),
    )
    .argument(
      '<checkpoint>',
      'checkpoint, or the folder of a run (its best checkpoint is used); with --format ckpt and onnx also a model file',
    )
    .addArgument(changes('model.about.licence="CC BY 4.0"'))
    .action(exportModel);
  ddsp
    .command('import')
    .description('make a model file and card from a model that realtimeDDSP trained')
    .requiredOption('--out <file>', 'model file to write; its card goes beside it')
    .option('--config <file>', 'config.yaml that belongs to a state.pth of ddsp_pytorch')
    .option('--float16', 'store weights as float16: half the size')
    .argument('<file>', 'checkpoint (.ckpt) or Neutone model (.nm)')
    .argument('[key=value...]', `values that the file does not contain: ${IMPORT_KEYS.join(', ')}`)
    .action(importFile);
  ddsp
    .command('config')
    .description('print the configuration that train would use, with every key, as YAML')
    .option('--comments', 'explain each key in a comment above it')
    .addOption(configFile())
    .addArgument(changes('synth=hpn'))
    .action(config);
  ddsp.addCommand(renderCommand().copyInheritedSettings(ddsp));
  ddsp
    .command('analyse')
    .description("write a recording's pitch and loudness, frame by frame, as CSV")
    .requiredOption('--out <file>', 'CSV file to write')
    .addOption(
      new Option(
        '--pitch <tracker>',
        'pitch tracker: yin (as in live playing), viterbi, or neural:FILE (an ONNX network)',
      )
        .argParser(readPitch)
        .default(readPitch('yin'), 'yin'),
    )
    .argument('<in>', 'recording')
    .addOption(configFile())
    .addArgument(changes('model.frameRate=50 model.analysis.window=2048'))
    .action(analyse);
  ddsp
    .command('info')
    .description('print the contents of a model file as JSON')
    .argument('<model>', 'model file')
    .action(info);
  return ddsp;
}

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // commander has said it already
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
    if (error instanceof Interrupted) {
      fail('stopped; finished work is kept, and the same command continues from there');
      return EXIT.interrupted;
    }
    const [first, ...stack] = describeError(error).split('\n');
    fail(first);
    for (const line of stack) say(line);
    return error instanceof CliError ? error.exitCode : EXIT.failed;
  }
}

// a terminal that is gone must not end what is being saved
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
// not before the modules that commands load late, which the bundle has behind this one
setImmediate(async () => {
  process.exitCode = await main(process.argv.slice(2));
});
