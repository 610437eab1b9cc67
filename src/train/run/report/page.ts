/**
 * The page of the report. It shows the data embedded in it. A page opened from disk cannot fetch, so it reloads itself
 * now and then during training.
 */

import plotStyle from 'uplot/dist/uPlot.min.css';
import { FIGURE_NAMES, FIGURES, showFigure } from '../../learn/metrics/figures';
import { duration } from '../times';
import { drawCurves } from './curves';
import type { Media, ReportClip, ReportData } from './data';
import { chart, element } from './elements';
import style from './style.css';
import { drawYardsticks, yardstickCharts, yardstickTable } from './yardsticks';

const RELOAD_SECONDS = 20;
/** Minutes without an update after which the run has probably died. */
const SILENCE_MINUTES = 10;
/** Frequencies marked in the pictures, Hz. */
const MARKED = [100, 300, 1000, 3000, 10_000];

const STATES: Readonly<Record<ReportData['state'], string>> = {
  training: 'training',
  finished: 'finished',
  stopped: 'stopped',
  failed: 'failed',
};

function show(data: ReportData): void {
  document.head.append(element('style', {}, plotStyle + style));
  const yardsticks = yardstickTable(data);
  document.body.replaceChildren(
    header(data),
    ...(data.best ? [section('Held-out figures', bestFigures(data))] : []),
    ...(yardsticks.length > 0 ? [section('Yardsticks', ...yardsticks)] : []),
    curves(data),
    ...(data.clips.length > 0 ? [section('Held-out recordings', ...clips(data))] : []),
    section('Data', facts(data.data)),
    section('Configuration', element('pre', { class: 'card' }, data.config)),
  );
  drawAll(data);
  playOneAtATime();
  if (data.state === 'training') setTimeout(reload, RELOAD_SECONDS * 1000);
}

function header(data: ReportData): HTMLElement {
  const { state, step, steps, secondsLeft, written, note } = data;
  const left = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`;
  const when = new Date(written).toLocaleString();
  const silent = state === 'training' && Date.now() - written > SILENCE_MINUTES * 60_000;
  return element(
    'header',
    {},
    element('h1', {}, data.title),
    element(
      'p',
      {},
      `${silent ? 'no news' : STATES[state]}: step ${step} of ${steps}${silent ? '' : left}`,
      element('span', { class: 'muted' }, ` · written ${when}`),
    ),
    element('progress', { max: String(steps), value: String(step), 'aria-label': 'steps done' }),
    ...(note ? [element('p', { class: 'note' }, note)] : []),
  );
}

function section(title: string, ...children: Node[]): HTMLElement {
  return element('section', {}, element('h2', {}, title), ...children);
}

function bestFigures({ best, chosenBy, validations }: ReportData): HTMLElement {
  const latest = validations[validations.length - 1];
  const cards = FIGURE_NAMES.map((name) =>
    element(
      'div',
      { class: 'card' },
      element('h3', {}, FIGURES[name].label),
      element('div', { class: 'value' }, showFigure(name, best![name])),
      element('div', { class: 'muted' }, `latest ${showFigure(name, latest[name])}`),
    ),
  );
  const { label } = FIGURES[chosenBy];
  return element(
    'div',
    {},
    element(
      'p',
      { class: 'muted' },
      `At step ${best!.step}, the best by ${label}; latest: step ${latest.step}.`,
    ),
    element('div', { class: 'figures' }, ...cards),
  );
}

function curves({ validations, training }: ReportData): HTMLElement {
  const held = validations.length > 0 ? FIGURE_NAMES.filter((name) => name !== 'loss') : [];
  const steps = training.step.length > 0;
  return section(
    'Curves',
    ...(steps || validations.length > 0 ? [chart('loss', 'Loss')] : []),
    element(
      'div',
      { class: 'charts' },
      ...held.map((name) => chart(name, `Held-out ${FIGURES[name].label}`)),
      ...yardstickCharts(validations),
      ...(steps ? [chart('gradient', 'Gradient norm'), chart('rate', 'Learning rate')] : []),
    ),
  );
}

function drawAll({ training, validations, best }: ReportData): void {
  const host = (id: string) => document.getElementById(id);
  const colour = (name: string) => getComputedStyle(document.body).getPropertyValue(name);
  const [one, two] = [colour('--one'), colour('--two')];
  const mark = best?.step;
  const loss = host('loss');
  if (loss) {
    // one row per step at which either loss is known
    const rows = new Map<number, [number | null, number | null]>();
    training.step.forEach((step, i) => {
      rows.set(step, [training.loss[i], null]);
    });
    for (const validation of validations) {
      rows.set(validation.step, [rows.get(validation.step)?.[0] ?? null, validation.loss]);
    }
    const sorted = [...rows].sort(([a], [b]) => a - b);
    const of = (side: 0 | 1) => sorted.map(([, pair]) => pair[side]);
    drawCurves(
      loss,
      sorted.map(([step]) => step),
      [
        { label: 'training', colour: two, values: of(0) },
        { label: 'held-out', colour: one, values: of(1) },
      ],
      { height: 300, logarithmic: true, digits: 3, mark },
    );
  }
  const steps = validations.map(({ step }) => step);
  for (const name of FIGURE_NAMES) {
    const place = name === 'loss' ? null : host(name);
    const values = validations.map((validation) => validation[name]);
    const { label, digits, unit } = FIGURES[name];
    if (place)
      drawCurves(place, steps, [{ label, colour: one, values }], { height: 180, digits, unit, mark });
  }
  drawYardsticks(validations, one, mark);
  const optimizer = { height: 180, logarithmic: true };
  const draw = (id: string, label: string, values: readonly number[], digits: number) => {
    const place = host(id);
    if (place) drawCurves(place, training.step, [{ label, colour: two, values }], { ...optimizer, digits });
  };
  draw('gradient', 'norm', training.gradientNorm, 3);
  draw('rate', 'rate', training.learningRate, 6);
}

function clips({ clips, heardAt, pictureRange }: ReportData): HTMLElement[] {
  return clips.map(({ title, seconds, original, reconstruction }: ReportClip) =>
    element(
      'div',
      { class: 'card clip' },
      element('h3', {}, `${title}, ${seconds.toFixed(1)} s`),
      element(
        'div',
        { class: 'pair' },
        player('original', original, pictureRange),
        ...(reconstruction ? [player(`reconstruction, step ${heardAt}`, reconstruction, pictureRange)] : []),
      ),
    ),
  );
}

function player(
  label: string,
  { sound, picture }: Media,
  [low, high]: readonly [number, number],
): HTMLElement {
  const marks = MARKED.filter((hz) => hz > low && hz < 0.9 * high).map((hz) => {
    const height = (100 * Math.log2(hz / low)) / Math.log2(high / low);
    return element('span', { style: `bottom: ${height.toFixed(2)}%` }, hz < 1000 ? `${hz}` : `${hz / 1000}k`);
  });
  return element(
    'figure',
    {},
    element('figcaption', {}, label),
    element(
      'div',
      { class: 'picture' },
      element('img', { src: picture, alt: `spectrogram of the ${label}` }),
      ...marks,
    ),
    element('audio', { controls: '', preload: 'metadata', src: sound, 'aria-label': label }),
  );
}

function facts(rows: ReportData['data']): HTMLElement {
  return element(
    'dl',
    { class: 'card' },
    ...rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  );
}

function players(): HTMLAudioElement[] {
  return [...document.querySelectorAll('audio')];
}

function playOneAtATime(): void {
  for (const player of players()) {
    player.addEventListener('play', () => {
      for (const other of players()) if (other !== player) other.pause();
    });
  }
}

/** Reloads the page, but waits while a sound is playing or the page is hidden. */
function reload(): void {
  const listening = players().some((player) => !player.paused);
  if (listening || document.hidden) setTimeout(reload, RELOAD_SECONDS * 1000);
  else location.reload();
}

show(JSON.parse(document.getElementById('data')!.textContent!));
