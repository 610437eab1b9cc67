/** The list of recordings: each with its wave, its pitch and its loudness. */

import { colours, onColours, prepareCanvas } from '../shared/canvas.js';
import { decibels } from '../shared/meter.js';
import { nameOf, toSemitones } from '../shared/notes.js';
import { clock } from '../shared/page.js';

/** @typedef {import('ddsp-worklet/train/browser').Overview} Overview */
/** @typedef {import('ddsp-worklet/train/browser').ProjectRecord} ProjectRecord */

/** px */
const LABEL_WIDTH = 34;
/** dB, the bottom and the top of the loudness curve */
const QUIETEST = -60;
const LOUDEST = 30;
/** Notes further apart than this, in semitones, are not joined by a line. */
const LEAP = 2.5;
/** A pitch that is heard less loud than this is not drawn. */
const SOUNDING = -40;

/** A wave is scaled to its own peak, down to this one: below is silence. */
const SILENCE = 0.0005;

/** Drawn when they come into view: there may be hundreds. */
const views = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) redraw(target);
  },
  { rootMargin: '200px' },
);
onColours(() => {
  for (const canvas of document.querySelectorAll('#recordings canvas')) redraw(canvas);
});
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) redraw(target);
});

/** @type {WeakMap<Element, Overview>} */
const overviews = new WeakMap();

/** @param {Element} canvas */
function redraw(canvas) {
  const overview = overviews.get(canvas);
  if (overview && canvas instanceof HTMLCanvasElement) drawRecording(canvas, overview);
}

/**
 * @param {HTMLElement} list @param {HTMLElement} refused
 * @param {Pick<ProjectRecord, 'summary' | 'overviews'>} project
 */
export function showRecordings(list, refused, { summary, overviews: drawn }) {
  for (const canvas of list.querySelectorAll('canvas')) {
    views.unobserve(canvas);
    sizes.unobserve(canvas);
  }
  const recordings = summary?.recordings ?? [];
  list.replaceChildren(
    ...recordings.map((recording, i) => {
      const item = document.createElement('li');
      item.innerHTML =
        '<p><strong class="name" dir="auto"></strong> <span class="detail"></span></p><canvas role="img"></canvas>';
      const [name, detail] = item.querySelectorAll('.name, .detail');
      const canvas = /** @type {HTMLCanvasElement} */ (item.querySelector('canvas'));
      name.textContent = recording.name;
      item.title = recording.name;
      detail.textContent = describe(recording, drawn[i]);
      canvas.setAttribute('aria-label', describePitch(drawn[i]));
      overviews.set(canvas, drawn[i]);
      views.observe(canvas);
      sizes.observe(canvas);
      return item;
    }),
  );
  refused.replaceChildren(
    ...(summary?.refused ?? []).map(({ name, reason }) => {
      const item = document.createElement('li');
      item.innerHTML = '<strong class="name" dir="auto"></strong> <span></span>';
      item.children[0].textContent = name;
      item.children[1].textContent = reason;
      return item;
    }),
  );
}

/**
 * @param {NonNullable<ProjectRecord['summary']>['recordings'][number]} recording @param {Overview} overview
 */
function describe({ seconds, slices, silentSlices }, overview) {
  const parts = [clock(seconds), `peak ${Math.round(decibels(Math.max(SILENCE, peakOf(overview))))} dB`];
  if (slices === 0) parts.push('silent, not used');
  else if (silentSlices > 0) parts.push(`${silentSlices} s silent`);
  return parts.join(' · ');
}

/** @param {Overview} overview */
function peakOf({ low, high }) {
  return Math.max(...high, ...low.map((value) => -value));
}

/** @param {Overview} overview */
function range({ f0, loudness }) {
  const pitches = f0.filter((hz, i) => hz > 0 && loudness[i] > SOUNDING).sort();
  if (pitches.length === 0) return null;
  const at = (/** @type {number} */ share) => toSemitones(pitches[Math.round(share * (pitches.length - 1))]);
  return { low: at(0.02), high: at(0.98) };
}

/** @param {Overview} overview */
function describePitch(overview) {
  const found = range(overview);
  if (!found) return 'Its wave; it has no pitch';
  return `Wave, loudness and pitch, from ${nameOf(Math.round(found.low))} to ${nameOf(Math.round(found.high))}`;
}

/** @param {HTMLCanvasElement} canvas @param {Overview} overview */
function drawRecording(canvas, overview) {
  const { draw, width, height } = prepareCanvas(canvas);
  if (width === 0) return;
  const columns = overview.low.length;
  const x = (/** @type {number} */ column) => LABEL_WIDTH + (column / columns) * (width - LABEL_WIDTH);
  const step = (width - LABEL_WIDTH) / columns;

  const peak = Math.max(SILENCE, peakOf(overview));
  const middle = height / 2;
  draw.fillStyle = colours().wave;
  for (let i = 0; i < columns; i++) {
    const top = middle - (overview.high[i] / peak) * (middle - 4);
    const bottom = middle - (overview.low[i] / peak) * (middle - 4);
    draw.fillRect(x(i), top - 0.5, Math.max(1, step), Math.max(1, bottom - top + 1));
  }

  draw.lineWidth = 1;
  draw.lineJoin = 'round';
  draw.strokeStyle = colours().played;
  draw.globalAlpha = 0.75;
  draw.beginPath();
  for (let i = 0; i < columns; i++) {
    const level = Math.max(0, Math.min(1, (overview.loudness[i] - QUIETEST) / (LOUDEST - QUIETEST)));
    draw.lineTo(x(i), height - 2 - level * (height - 6));
  }
  draw.stroke();
  draw.globalAlpha = 1;

  const found = range(overview);
  if (!found) return;
  const low = Math.floor(found.low) - 2;
  const high = Math.ceil(found.high) + 2;
  const y = (/** @type {number} */ semitones) =>
    height - 4 - ((semitones - low) / (high - low)) * (height - 8);
  draw.font = '11px system-ui, sans-serif';
  draw.textBaseline = 'middle';
  draw.textAlign = 'right';
  draw.fillStyle = colours().soft;
  for (const note of [low + 2, high - 2]) draw.fillText(nameOf(note), LABEL_WIDTH - 6, y(note));
  draw.strokeStyle = colours().you;
  draw.lineWidth = 1.75;
  draw.lineCap = 'round';
  draw.beginPath();
  let before = Number.NaN;
  for (let i = 0; i < columns; i++) {
    const semitones = toSemitones(overview.f0[i]);
    const heard =
      overview.f0[i] > 0 && overview.loudness[i] > SOUNDING && semitones > low && semitones < high;
    if (heard && Math.abs(semitones - before) > LEAP) draw.moveTo(x(i), y(semitones));
    else if (heard && Number.isNaN(before)) draw.moveTo(x(i), y(semitones));
    if (heard) draw.lineTo(x(i + 1), y(semitones));
    before = heard ? semitones : Number.NaN;
  }
  draw.stroke();
}
