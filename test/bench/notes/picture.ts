/** Draws a learned articulation over the notes that it was learned from. */

import { median, quantile } from '../../../src/dsp/quantile';
import type { Articulation } from '../../../src/model/model';
import { attacked } from '../../../src/train/articulation/attack';
import type { Recorded } from './recorded';

const WIDTH = 250;
const HEIGHT = 130;
const GAP = 56;
const TOP = 44;
const COLOURS = ['#2b6cb0', '#2f855a', '#b7791f', '#c05621', '#c53030'];
const BAND = '#d5dbe3';
const LEARNED = '#c53030';

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly body: (x: (value: number) => number, y: (value: number) => number) => string;
}

type Point = readonly [x: number, y: number];

function line(points: readonly Point[], colour: string): string {
  const text = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  return `<polyline points="${text}" fill="none" stroke="${colour}" stroke-width="1.6"/>`;
}

/** The middle half and the middle eight tenths of curves, value by value. */
function band(
  curves: readonly (readonly number[])[],
  step: number,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const length = Math.max(0, ...curves.map((curve) => curve.length));
  const rows = Array.from({ length }, (_, i) =>
    curves.map((curve) => curve[i]).filter((value) => Number.isFinite(value)),
  );
  const known = rows.filter(({ length: count }) => count >= Math.max(4, curves.length / 5));
  const area = (low: number, high: number, colour: string) => {
    const up = known.map((values, i): Point => [x(1000 * i * step), y(quantile(values, high))]);
    const down = known.map((values, i): Point => [x(1000 * i * step), y(quantile(values, low))]).reverse();
    const text = [...up, ...down].map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join(' ');
    return `<polygon points="${text}" fill="${colour}"/>`;
  };
  return known.length > 1 ? area(0.1, 0.9, '#edf0f4') + area(0.25, 0.75, BAND) : '';
}

function histogram(
  values: readonly number[],
  [low, high]: readonly [number, number],
  learned: number | null,
  x: (value: number) => number,
): { most: number; draw: (y: (value: number) => number) => string } {
  const bins = 24;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.floor(((value - low) / (high - low)) * bins);
    if (bin >= 0 && bin < bins) counts[bin]++;
  }
  const most = Math.max(1, ...counts);
  const draw = (y: (value: number) => number) => {
    const width = x((high - low) / bins + low) - x(low);
    const bars = counts.map((count, i) =>
      count === 0
        ? ''
        : `<rect x="${(x(low) + i * width).toFixed(1)}" y="${y(count).toFixed(1)}" width="${(width - 1).toFixed(1)}" height="${(y(0) - y(count)).toFixed(1)}" fill="#a9b4c2"/>`,
    );
    const mark =
      learned === null
        ? ''
        : `<line x1="${x(learned).toFixed(1)}" x2="${x(learned).toFixed(1)}" y1="${y(most).toFixed(1)}" y2="${y(0).toFixed(1)}" stroke="${LEARNED}" stroke-width="2"/>`;
    return bars.join('') + mark;
  };
  return { most, draw };
}

function counted(
  title: string,
  unit: string,
  values: readonly number[],
  range: readonly [number, number],
  learned: number | null,
): Panel {
  const { most } = histogram(values, range, learned, (value) => value);
  return {
    title: `${title} (${values.length})`,
    unit,
    x: range,
    y: [0, most],
    body: (x, y) => histogram(values, range, learned, x).draw(y),
  };
}

function ticks([low, high]: readonly [number, number]): number[] {
  const step =
    [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((size) => (high - low) / size <= 6) ?? 2000;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

function drawPanel(panel: Panel, left: number, top: number): string {
  const { title, unit, x: across, y: up, body } = panel;
  const x = (value: number) =>
    left + (WIDTH * (Math.min(Math.max(value, across[0]), across[1]) - across[0])) / (across[1] - across[0]);
  const y = (value: number) =>
    top + HEIGHT * (1 - (Math.min(Math.max(value, up[0]), up[1]) - up[0]) / (up[1] - up[0]));
  const columns = ticks(across).map(
    (value) => `<text x="${x(value)}" y="${top + HEIGHT + 14}" text-anchor="middle">${value}</text>`,
  );
  const rows = ticks(up).map(
    (value) =>
      `<line x1="${left}" x2="${left + WIDTH}" y1="${y(value)}" y2="${y(value)}" stroke="#eee"/>` +
      `<text x="${left - 5}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  );
  return (
    `<text x="${left}" y="${top - 8}" font-weight="600">${title}</text>` +
    rows.join('') +
    body(x, y) +
    columns.join('') +
    `<text x="${left + WIDTH}" y="${top + HEIGHT + 28}" text-anchor="end">${unit}</text>`
  );
}

function panelsOf({ attacks, release, legato, vibrato, step }: Articulation, recorded: Recorded): Panel[] {
  const { beginnings, endings, steps, vibratos } = recorded.learned;
  const begun = attacked(beginnings);
  const curves =
    (values: (attack: Articulation['attacks'][number]) => readonly number[]) =>
    (x: (value: number) => number, y: (value: number) => number) =>
      attacks
        .map((attack, i) =>
          line(
            values(attack).map((value, k): Point => [x(1000 * k * step), y(value)]),
            COLOURS[Math.min(i, COLOURS.length - 1)],
          ),
        )
        .join('');
  const vibrating = vibratos.filter(({ length }) => length > 0);
  const shaken = (value: 'rate' | 'depth') =>
    vibrating.map((cycles) => median(cycles.map((one) => one[value])));
  const depths = shaken('depth');
  const delays = vibrating.map((cycles, i) => cycles.find(({ depth }) => 2 * depth >= depths[i])!.time);
  const known = (values: readonly number[], value: number) => (values.length > 0 ? value : null);
  const level = curves(({ level: values }) => values);
  const pitch = curves(({ pitch: values }) => values);
  const levels = begun.map((note) => note.level);
  const pitches = begun.map((note) => note.pitch);
  return [
    {
      title: `Attack, loudness (${begun.length} notes)`,
      unit: 'ms; dB',
      x: [0, 300],
      y: [-30, 6],
      body: (x, y) => band(levels, step, x, y) + level(x, y),
    },
    {
      title: 'Attack, pitch',
      unit: 'ms; cents',
      x: [0, 300],
      y: [-60, 60],
      body: (x, y) => band(pitches, step, x, y) + pitch(x, y),
    },
    {
      title: `Release (${endings.length})`,
      unit: 'ms; dB',
      x: [0, 600],
      y: [-60, 0],
      body: (x, y) =>
        band(endings, step, x, y) +
        line(
          release.map((value, i): Point => [x(1000 * i * step), y(value)]),
          LEARNED,
        ),
    },
    counted(
      'Legato, glide',
      'ms',
      steps.map(({ glide }) => 1000 * glide),
      [0, 200],
      1000 * legato.glide,
    ),
    counted(
      'Legato, dip',
      'dB',
      steps.map(({ dip }) => dip),
      [0, 6],
      legato.dip,
    ),
    counted('Vibrato, rate', 'Hz', shaken('rate'), [3, 9], known(depths, vibrato.rate)),
    counted('Vibrato, depth', 'cents', depths, [0, 60], known(depths, vibrato.depth)),
    counted(
      'Vibrato, delay',
      'ms',
      delays.map((time) => 1000 * time),
      [0, 1000],
      known(depths, 1000 * vibrato.delay),
    ),
  ];
}

/** @returns an SVG picture: recordings in grey, what was learned in colour (attacks from soft, blue, to loud, red) */
export function drawArticulation(instrument: string, articulation: Articulation, recorded: Recorded): string {
  const panels = panelsOf(articulation, recorded);
  const columns = 4;
  const width = GAP + columns * (WIDTH + GAP);
  const height = Math.ceil(panels.length / columns) * (HEIGHT + TOP + 40) + 6;
  const body = panels.map((panel, i) =>
    drawPanel(
      panel,
      GAP + (i % columns) * (WIDTH + GAP),
      TOP + Math.floor(i / columns) * (HEIGHT + TOP + 40),
    ),
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">` +
    `<title>Articulation of the ${instrument}</title><rect width="100%" height="100%" fill="#fff"/>${body.join('')}</svg>\n`
  );
}
