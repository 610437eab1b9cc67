/** The model card in Markdown: what the model is, what it was trained on, and how good it is. */

import type { About, Statistics } from '../../model/model';
import type { CheckpointSummary } from '../learn/checkpoint';
import { FIGURE_NAMES, FIGURES, showFigure } from '../learn/metrics/figures';
import { showYardstick, YARDSTICK_NAMES, YARDSTICKS, type Yardsticks } from '../learn/metrics/yardsticks';
import type { Validation } from '../learn/training-progress';
import { markdownBlock, markdownCode, markdownLine, markdownText } from './markdown';

export interface CardOptions {
  /** the model file's name and size in bytes */
  readonly file: string;
  readonly bytes: number;
  readonly about: About;
  readonly parameters: number;
  readonly latencySeconds: number;
  readonly statistics: Statistics;
  /** only for a model that was trained here */
  readonly checkpoint?: Pick<CheckpointSummary, 'step' | 'progress'>;
  /** YAML; only for a model that was trained here */
  readonly configText?: string;
  /** whether the weights are float16; default true */
  readonly float16?: boolean;
  /** held-out recordings and their reconstructions */
  readonly samples: readonly { readonly original: string; readonly reconstruction: string }[];
  /** yardsticks of the reconstructions */
  readonly yardsticks?: Yardsticks;
}

export function modelCard(options: CardOptions): string {
  const { about, configText } = options;
  return [
    `# ${markdownLine(about.name)}`,
    ...(about.description ? [markdownText(about.description)] : []),
    table([['', ''], ...facts(options)]),
    ...(options.checkpoint ? figures(options.checkpoint) : []),
    ...samples(options),
    ...yardsticks(options),
    `## Play it\n\n${markdownBlock('js', playing(options.file))}`,
    ...(configText === undefined
      ? []
      : [`## Configuration\n\n${markdownBlock('yaml', configText.trimEnd())}`]),
  ]
    .join('\n\n')
    .concat('\n');
}

function facts(options: CardOptions) {
  const { file, bytes, about, parameters, latencySeconds, statistics, checkpoint, float16 = true } = options;
  const list = (items: readonly string[] | undefined) => markdownLine(items?.join('; ') ?? '');
  const percentiles = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join(' / ');
  const rows: [string, string][] = [
    [
      'File',
      `${markdownCode(file)}, ${Math.ceil(bytes / 1000)} kB, ${parameters} parameters in ${float16 ? 'float16' : 'float32'}`,
    ],
    ['Authors', list(about.authors)],
    ['Licence', markdownLine(about.licence ?? 'not stated')],
    ['Learned from', list(about.trainedOn)],
    ['Credits', list(about.credits)],
    ['Pitch', `${percentiles(statistics.f0)} Hz (5th, 50th, 95th percentile of the training data)`],
    ['Loudness', `${percentiles(statistics.loudness)} dB (likewise)`],
    ['Latency', `${(1000 * latencySeconds).toFixed(0)} ms`],
    ['Steps', checkpoint ? String(checkpoint.step) : ''],
  ];
  return rows.filter(([, value]) => value !== '');
}

function figures({ step, progress }: NonNullable<CardOptions['checkpoint']>): string[] {
  const found = [progress.best, progress.latest].find((validation) => validation?.step === step);
  const shown = found ?? progress.latest;
  if (!shown) return [];
  const when = shown.step === step ? '' : `, at step ${shown.step}`;
  return [
    `## Held-out figures\n\nMeans over recordings that were held out from training${when}; 0 is perfect.`,
    table([['figure', 'value'], ...FIGURE_NAMES.map((name) => row(name, shown))]),
  ];
}

function row(name: (typeof FIGURE_NAMES)[number], validation: Validation): [string, string] {
  return [FIGURES[name].label, showFigure(name, validation[name])];
}

function samples({ samples }: CardOptions): string[] {
  if (samples.length === 0) return [];
  const rows = samples.map(({ original, reconstruction }) => [link(original), link(reconstruction)]);
  return ['## Held-out recordings', table([['original', 'through the model'], ...rows])];
}

function yardsticks({ yardsticks = {} }: CardOptions): string[] {
  const measured = YARDSTICK_NAMES.filter((name) => yardsticks[name]);
  if (measured.length === 0) return [];
  const rows = measured.map((name) => [YARDSTICKS[name].label, showYardstick(name, yardsticks[name])]);
  return [
    '## Yardsticks\n\nOf these reconstructions; the best is 0, or what the recordings have.',
    table([['yardstick', 'value'], ...rows]),
  ];
}

function playing(file: string): string {
  return [
    "import { DDSPNode } from 'ddsp-worklet';",
    '',
    'const context = new AudioContext();',
    `const node = await DDSPNode.create(context, { model: '${file.replace(/[\\']/g, '\\$&')}' });`,
    'source.connect(node).connect(context.destination);',
  ].join('\n');
}

function link(file: string): string {
  return `[${markdownLine(file)}](${encodeURI(file)})`;
}

/** The first row is the header. */
function table(rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`;
  const [head, ...body] = rows;
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');
}
