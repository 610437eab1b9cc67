/** Blind listening test: which of two versions of a clip sounds more like a real instrument? */

import { actionQueue, clearNotice, download, element, say } from '../shared/page.js';
import { findClips, RECORDING } from './clips.js';
import { matchLevel, Pair } from './pair.js';
import { makeTrials, scores, toCsv } from './trials.js';

/** @typedef {import('./clips.js').SoundFile} SoundFile */
/** @typedef {import('./trials.js').Answer} Answer */
/** @typedef {import('./trials.js').Choice} Choice */
/** @typedef {import('./trials.js').Trial} Trial */

/** Those of this page, and what there is of each. */
const CLIPS = {
  '1-violin': ['original', 'model', 'reference-recipe', 'direct-fit'],
  '2-cello': ['original', 'model', 'reference-recipe', 'direct-fit'],
  '3-saxophone': ['original', 'model', 'direct-fit'],
};

const enqueue = actionQueue();
const sections = ['setup', 'trial', 'results'].map((id) => element(id, HTMLElement));
const found = element('found', HTMLElement);
const startButton = element('start', HTMLButtonElement);
const sides = { a: element('play-a', HTMLButtonElement), b: element('play-b', HTMLButtonElement) };
const answerButtons = {
  a: element('choose-a', HTMLButtonElement),
  b: element('choose-b', HTMLButtonElement),
  equal: element('choose-equal', HTMLButtonElement),
};

let clips = findClips(
  Object.entries(CLIPS).flatMap(([clip, versions]) =>
    versions.map((version) => {
      const path = `clips/${clip}-${version}.mp3`;
      return { path, read: () => readAddress(path) };
    }),
  ),
);
/** @type {AudioContext | null} */
let context = null;
/** @type {readonly Trial[]} */
let trials = [];
/** @type {Answer[]} */
let answers = [];
/** @type {Pair | null} */
let pair = null;
/** Sides that were heard in this trial. @type {Set<'a' | 'b'>} */
const heard = new Set();
let began = 0;

/** @param {string} path */
async function readAddress(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} cannot be loaded (${response.status}): reload the page`);
  return response.arrayBuffer();
}

/** @param {Iterable<File>} files */
function choose(files) {
  clearNotice();
  const chosen = findClips(
    [...files].map((file) => ({
      path: file.webkitRelativePath || file.name,
      read: () => file.arrayBuffer(),
    })),
  );
  if (chosen.length === 0) {
    say(
      'No clips there: choose files such as 1-violin-original.wav and 1-violin-reconstruction.wav together.',
      'error',
    );
    return;
  }
  clips = chosen;
  const versions = new Set(clips.flatMap((clip) => [...clip.versions.keys()]));
  const count = clips.length === 1 ? '1 clip' : `${clips.length} clips`;
  found.textContent = `${count}, ${makeTrials(clips, Math.random).length} pairs of: ${[...versions].join(', ')}.`;
}

/** @param {string} id of the section, and of what takes the focus there */
function show(id, focused = `${id}-title`) {
  for (const section of sections) section.hidden = section.id !== id;
  element(focused, HTMLElement).focus();
}

async function start() {
  clearNotice();
  // in the click: browsers let a page sound only then
  context ??= new AudioContext();
  context.resume();
  trials = makeTrials(clips, Math.random);
  answers = [];
  await next();
  show('trial');
}

async function next() {
  const trial = trials[answers.length];
  pair?.stop();
  pair = null;
  if (!trial) return finish();
  heard.clear();
  update();
  pair = await load(trial);
  began = performance.now();
  update();
}

/** @param {Trial} trial */
async function load({ clip, a, b }) {
  const audio = /** @type {AudioContext} */ (context);
  const decode = async (/** @type {string} */ version) => {
    const file = /** @type {SoundFile} */ (clip.versions.get(version));
    return audio.decodeAudioData(await file.read()).catch(() => {
      throw new Error(`${file.path} cannot be decoded: choose WAV, FLAC or MP3 files`);
    });
  };
  const [one, other, recording] = await Promise.all([a, b, RECORDING].map(decode));
  matchLevel(one, recording);
  matchLevel(other, recording);
  return new Pair(audio, { a: one, b: other });
}

/** @param {'a' | 'b'} side */
function play(side) {
  if (!pair) return;
  if (pair.heard === side) pair.stop();
  else {
    pair.play(side);
    heard.add(side);
  }
  update();
}

/** @param {Choice} choice */
function answer(choice) {
  if (!pair || heard.size < 2) return;
  const seconds = (performance.now() - began) / 1000;
  answers.push({ trial: trials[answers.length], choice, seconds });
  // the buttons are disabled until both are heard, and would lose the focus
  element('trial-title', HTMLElement).focus();
  enqueue(next);
}

function update() {
  const { length } = trials;
  element('place', HTMLElement).textContent = `Pair ${Math.min(answers.length + 1, length)} of ${length}`;
  element('progress', HTMLProgressElement).value = answers.length / length;
  for (const side of /** @type {const} */ (['a', 'b'])) {
    sides[side].ariaPressed = String(pair?.heard === side);
    sides[side].disabled = pair === null;
  }
  for (const button of Object.values(answerButtons)) button.disabled = pair === null || heard.size < 2;
}

function finish() {
  pair?.stop();
  pair = null;
  const rows = scores(answers).map(({ version, preferred, equal, trials: count, recording }) => {
    const row = document.createElement('tr');
    const head = document.createElement('th');
    head.scope = 'row';
    head.textContent = version;
    const against = version === RECORDING ? '–' : `${recording.preferred} of ${recording.trials}`;
    const cells = [preferred, equal, count, against].map((value) => {
      const cell = document.createElement('td');
      cell.textContent = String(value);
      return cell;
    });
    row.append(head, ...cells);
    return row;
  });
  element('scores', HTMLElement).replaceChildren(...rows);
  element('download', HTMLButtonElement).disabled = answers.length === 0;
  show('results');
}

for (const id of ['files', 'folder']) {
  const input = element(id, HTMLInputElement);
  input.addEventListener('change', () => {
    choose(input.files ?? []);
    // the same files again are a change, too
    input.value = '';
  });
}
startButton.addEventListener('click', () => enqueue(start));
sides.a.addEventListener('click', () => play('a'));
sides.b.addEventListener('click', () => play('b'));
for (const choice of /** @type {const} */ (['a', 'b', 'equal'])) {
  answerButtons[choice].addEventListener('click', () => answer(choice));
}
element('finish', HTMLButtonElement).addEventListener('click', () => enqueue(finish));
element('again', HTMLButtonElement).addEventListener('click', () => show('setup', 'start'));
element('download', HTMLButtonElement).addEventListener('click', () => {
  download(new Blob([toCsv(answers)], { type: 'text/csv' }), 'listening-test.csv');
});

/** @type {Readonly<Record<string, () => void>>} */
const KEYS = {
  a: () => play('a'),
  b: () => play('b'),
  1: () => answer('a'),
  2: () => answer('b'),
  0: () => answer('equal'),
};
document.addEventListener('keydown', (event) => {
  const { key, repeat, ctrlKey, altKey, metaKey } = event;
  if (element('trial', HTMLElement).hidden || repeat || ctrlKey || altKey || metaKey) return;
  KEYS[key.toLowerCase()]?.();
});
