/**
 * Draws what `main.ts --out` wrote: held-out loss and log-spectral distance against time, a line a variant,
 * the direct fit as a dashed limit.
 *
 *   npm run bench:quality:plot -- FILE.jsonl OUT.svg [INSTRUMENT]
 */

import { readFile, writeFile } from 'node:fs/promises';

interface Row {
  readonly instrument: string;
  readonly variant: string;
  readonly seconds?: number;
  readonly step: number;
  /** null where another loss was minimised */
  readonly loss: number | null;
  readonly logSpectralDistance: number;
}

/** A panel of the picture: what it draws, between which values. */
interface Panel {
  readonly title: string;
  readonly value: 'loss' | 'logSpectralDistance';
  readonly left: number;
}

interface Scale {
  readonly low: number;
  readonly high: number;
}

const WIDTH = 430;
const HEIGHT = 300;
const TOP = 36;
const COLOURS = ['#1b6ca8', '#c0392b', '#2e8b57', '#8e44ad', '#d68910', '#16a2b8', '#7f6000', '#555555'];
const LIMIT = 'direct fit';

const [input, output, wanted] = process.argv.slice(2);
if (!input || !output)
  throw new Error('which file, and where to? npm run bench:quality:plot -- FILE.jsonl OUT.svg');

const rows = (await readFile(input, 'utf8'))
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Row)
  // rows of what was heard have no step
  .filter(({ step }) => step !== undefined);
const instrument = wanted ?? rows[0].instrument;
const own = rows.filter((row) => row.instrument === instrument);
const runs = new Map<string, Row[]>();
for (const row of own) {
  if (row.variant === LIMIT || row.step === 0) continue;
  runs.set(row.variant, [...(runs.get(row.variant) ?? []), row]);
}
const limit = own.findLast(({ variant }) => variant === LIMIT);
const seconds = Math.max(...[...runs.values()].flat().map((row) => row.seconds ?? 0));

/** From a little below the best to what the first quarter of the runs reaches: further up nothing is compared. */
function scaleOf(value: Panel['value']): Scale {
  const ends = [...runs.values()]
    .map((points) => points.at(-1)![value])
    .filter((end) => end !== null)
    .sort((a, b) => a - b);
  const low = Math.min(ends[0], limit?.[value] ?? ends[0]) * 0.97;
  return { low, high: ends[Math.floor((ends.length - 1) * 0.75)] * 1.25 };
}

function ticks({ low, high }: Scale): number[] {
  const step = [0.05, 0.1, 0.2, 0.5, 1, 2, 5].find((size) => (high - low) / size < 8) ?? 10;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

function draw({ title, value, left }: Panel): string {
  const scale = scaleOf(value);
  const x = (time: number) => left + (time / seconds) * WIDTH;
  const y = (level: number) =>
    TOP + HEIGHT * (1 - (Math.min(level, scale.high) - scale.low) / (scale.high - scale.low));
  const grid = ticks(scale).map(
    (level) =>
      `<line x1="${left}" x2="${left + WIDTH}" y1="${y(level)}" y2="${y(level)}" stroke="#ddd"/>` +
      `<text x="${left - 6}" y="${y(level) + 4}" text-anchor="end">${Number(level.toFixed(2))}</text>`,
  );
  const times = Array.from({ length: 5 }, (_, i) => Math.round((seconds * i) / 4));
  const axis = times.map(
    (time) => `<text x="${x(time)}" y="${TOP + HEIGHT + 18}" text-anchor="middle">${time} s</text>`,
  );
  const lines = [...runs.values()].map((points, i) => {
    const path = points.flatMap(({ seconds = 0, [value]: level }) =>
      level === null ? [] : [`${x(seconds).toFixed(1)},${y(level).toFixed(1)}`],
    );
    return `<polyline points="${path.join(' ')}" fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="2"${i >= COLOURS.length ? ' stroke-dasharray="2 3"' : ''}/>`;
  });
  const best = limit?.[value] ?? null;
  const dashes =
    best !== null
      ? `<line x1="${left}" x2="${left + WIDTH}" y1="${y(best)}" y2="${y(best)}" stroke="#000" stroke-dasharray="6 4"/>`
      : '';
  return `<text x="${left}" y="20" font-weight="bold">${title}</text>${grid.join('')}${axis.join('')}${lines.join('')}${dashes}`;
}

const panels: Panel[] = [
  { title: `${instrument}: held-out loss`, value: 'loss', left: 60 },
  { title: 'log-spectral distance, dB', value: 'logSpectralDistance', left: 60 + WIDTH + 70 },
];
const names = [...runs.keys(), ...(limit ? [LIMIT] : [])];
const legend = names.map((name, i) => {
  const at = { x: 60 + (i % 4) * 235, y: TOP + HEIGHT + 46 + Math.floor(i / 4) * 20 };
  const [colour, dash] =
    name === LIMIT ? ['#000', '6 4'] : [COLOURS[i % COLOURS.length], i >= COLOURS.length ? '2 3' : 'none'];
  return `<line x1="${at.x}" x2="${at.x + 24}" y1="${at.y - 4}" y2="${at.y - 4}" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/><text x="${at.x + 30}" y="${at.y}">${name}</text>`;
});
const [width, height] = [60 + 2 * WIDTH + 90, TOP + HEIGHT + 50 + Math.ceil(names.length / 4) * 20];
await writeFile(
  output,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12"><title>${instrument}: held-out loss and log-spectral distance against training time</title><rect width="100%" height="100%" fill="#fff"/>${panels.map(draw).join('')}${legend.join('')}</svg>\n`,
);
