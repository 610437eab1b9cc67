/** The page: what the user chooses, and what is said about it. */

import { bindSlider, Knobs } from './knobs.js';
import { MatchingChoice } from './matching.js';
import { Meter } from './meter.js';
import { fromFile, instruments } from './models.js';
import { nearestNote } from './notes.js';
import { Roll } from './roll.js';
import { Session } from './session.js';
import * as sources from './sources.js';

/** @template {HTMLElement} T @param {string} id @param {new () => T} type @returns {T} */
function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`#${id} is not on the page`);
  return found;
}

const startButton = element('start', HTMLButtonElement);
const status = element('status', HTMLElement);
const latency = element('latency', HTMLElement);
const notice = element('notice', HTMLElement);
const noteName = element('note-name', HTMLElement);
const noteDetail = element('note-detail', HTMLElement);
const shiftedLegend = element('legend-shifted', HTMLElement);
const modelList = element('model', HTMLSelectElement);
const modelFile = element('model-file', HTMLInputElement);
const about = element('about', HTMLElement);
const original = element('original', HTMLInputElement);
const filePicker = element('file', HTMLInputElement);
const fileName = element('file-name', HTMLElement);
const drop = element('drop', HTMLElement);
const loop = element('loop', HTMLInputElement);

const knobs = new Knobs(element('knobs', HTMLElement));
const matching = new MatchingChoice(
  { register: element('register', HTMLSelectElement), level: element('level', HTMLSelectElement) },
  {
    register: element('register-now', HTMLOutputElement),
    level: element('level-now', HTMLOutputElement),
  },
);
const roll = new Roll(element('roll', HTMLCanvasElement));
const inputMeter = new Meter(element('in-level', HTMLElement));
const outputMeter = new Meter(element('out-level', HTMLElement));

/** After this long without sound the page asks for a loudspeaker. */
const PATIENCE_MS = 4000;

/** @type {Session | null} */
let session = null;
/** Actions run one after another, so that a quick second click finds the first one done. @type {Promise<void>} */
let queue = Promise.resolve();
/** @type {File | null} */
let recording = null;
/** Which instrument of the list sounds, or sounded last. */
let played = 0;

/** @param {() => Promise<void>} action */
function enqueue(action) {
  queue = queue.then(action).catch((error) => {
    console.error(error);
    say(error.message, 'error');
  });
}

async function start() {
  clearNotice();
  if (!window.AudioContext)
    throw new Error('This browser has no Web Audio. Any current one has: please update it.');
  status.textContent = 'Starting …';
  // made here, in the click: browsers let a page sound only then
  const context = new AudioContext({ latencyHint: 'interactive' });
  try {
    const source = await openSource(context);
    try {
      session = await Session.open(context, await chosenInstrument().load());
    } catch (error) {
      source.close();
      throw error;
    }
    playing(session);
    play(session, source);
    // not awaited: without a sound device it may never come true
    context.resume();
    showState(context);
    setTimeout(() => {
      if (session?.context === context && context.state !== 'running') {
        say('The browser has not started the sound. Is a loudspeaker or a headphone connected?', 'error');
      }
    }, PATIENCE_MS);
  } catch (error) {
    await stop();
    if (context.state !== 'closed') await context.close();
    throw error;
  }
}

/** @param {Session} opened */
function playing(opened) {
  const { node, context } = opened;
  roll.clear();
  node.addEventListener('analysis', ({ detail }) => roll.push(detail));
  node.onprocessorerror = () => {
    enqueue(stop);
    say('The sound stopped because of an error in the audio thread. Start it again.', 'error');
  };
  context.addEventListener('statechange', () => {
    if (session === opened) showState(context);
  });
  knobs.attach(node);
  matching.attach(node);
  opened.setOriginal(original.valueAsNumber / 100);
  startButton.textContent = 'Stop';
  startButton.dataset.playing = '';
  describeInstrument(opened);
}

/** @param {AudioContext} context */
function showState(context) {
  status.textContent = context.state === 'running' ? 'Playing' : 'Waiting for the sound device …';
}

async function stop() {
  knobs.attach(null);
  matching.attach(null);
  const ending = session;
  session = null;
  startButton.textContent = 'Start';
  delete startButton.dataset.playing;
  status.textContent = 'Stopped';
  latency.textContent = '–';
  await ending?.close();
}

/** @param {AudioContext} context */
function openSource(context) {
  switch (chosenSource()) {
    case 'microphone':
      return sources.microphone(context);
    case 'file':
      if (!recording) throw new Error('Choose a recording first, or drop one onto the page.');
      return sources.file(context, recording, loop.checked);
    default:
      return sources.phrase(context);
  }
}

/** @param {Session} session @param {sources.Source} source */
function play(session, source) {
  session.play(source);
  if (source.warning) say(source.warning, 'info');
  source.ended.then((reason) => {
    if (!session.plays(source)) return;
    if (reason) say(reason, 'error');
    // what has been played is still to be heard
    const rest = reason ? 0 : session.node.latency + session.node.tailTime;
    setTimeout(() => session.plays(source) && enqueue(stop), rest * 1000);
  });
}

function chosenSource() {
  return new FormData(sourceForm()).get('source');
}

function sourceForm() {
  return element('source-form', HTMLFormElement);
}

async function changeSource() {
  for (const part of document.querySelectorAll('[data-for]')) {
    if (part instanceof HTMLElement) part.hidden = part.dataset.for !== chosenSource();
  }
  clearNotice();
  if (!session) return;
  if (chosenSource() === 'file' && !recording) return;
  try {
    play(session, await openSource(session.context));
  } catch (error) {
    await stop();
    throw error;
  }
}

function chosenInstrument() {
  return instruments[modelList.selectedIndex];
}

async function changeInstrument() {
  clearNotice();
  if (!session) return;
  try {
    await session.setModel(await chosenInstrument().load());
  } catch (error) {
    // the one before plays on
    modelList.selectedIndex = played;
    throw error;
  }
  describeInstrument(session);
}

/** @param {Session} session */
function describeInstrument({ node }) {
  played = modelList.selectedIndex;
  const { name, description, authors = [], licence, credits = [] } = node.model.about;
  const parts = [description ?? name, authors.join(', '), licence, ...credits];
  about.textContent = parts.filter(Boolean).join(' · ');
}

function listInstruments() {
  modelList.replaceChildren(...instruments.map(({ name }) => new Option(name)));
}

/** @param {File} file */
function addInstrument(file) {
  instruments.push(fromFile(file));
  listInstruments();
  modelList.selectedIndex = instruments.length - 1;
  enqueue(changeInstrument);
}

/** @param {File} file */
function addRecording(file) {
  recording = file;
  fileName.textContent = file.name;
  const choice = document.querySelector('input[value="file"]');
  if (choice instanceof HTMLInputElement) choice.checked = true;
  enqueue(changeSource);
}

/** @param {string} text @param {'error' | 'info'} kind */
function say(text, kind) {
  notice.textContent = text;
  notice.dataset.kind = kind;
  notice.hidden = false;
}

function clearNotice() {
  notice.hidden = true;
}

let lastDrawn = performance.now();

/** @param {number} at milliseconds */
function draw(at) {
  const seconds = (at - lastDrawn) / 1000;
  lastDrawn = at;
  inputMeter.draw(session?.input ?? null, seconds);
  outputMeter.draw(session?.output ?? null, seconds);
  if (session) {
    const shift = knobs.valueOf('pitchShift');
    const shifted = roll.draw(session.context.currentTime, shift);
    shiftedLegend.hidden = !shifted;
    matching.show(roll.last);
    latency.textContent = `${milliseconds(session.delaySeconds)}, model ${milliseconds(session.node.latency)}`;
    showNote(roll.voiced(session.context.currentTime));
  }
  requestAnimationFrame(draw);
}

/** @param {number} seconds */
function milliseconds(seconds) {
  return `${Math.round(seconds * 1000)} ms`;
}

/** @param {{ f0: number } | null} frame */
function showNote(frame) {
  if (!frame) {
    noteName.textContent = '–';
    noteDetail.textContent = 'no pitch';
    return;
  }
  const { name, cents } = nearestNote(frame.f0);
  noteName.textContent = name;
  noteDetail.textContent = `${cents < 0 ? '−' : '+'}${Math.abs(cents)} cents, ${frame.f0.toFixed(1)} Hz`;
}

startButton.addEventListener('click', () => enqueue(session ? stop : start));
sourceForm().addEventListener('change', () => enqueue(changeSource));
loop.addEventListener('change', () => enqueue(changeSource));
modelList.addEventListener('change', () => enqueue(changeInstrument));
element('reset', HTMLButtonElement).addEventListener('click', () => {
  knobs.reset();
  matching.reset();
});
bindSlider(original, element('original-value', HTMLOutputElement), (value) => `${value}%`);
original.addEventListener('input', () => session?.setOriginal(original.valueAsNumber / 100));
filePicker.addEventListener('change', () => filePicker.files?.[0] && addRecording(filePicker.files[0]));
modelFile.addEventListener('change', () => modelFile.files?.[0] && addInstrument(modelFile.files[0]));

document.addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.dataset.over = '';
});
document.addEventListener('dragleave', () => delete drop.dataset.over);
document.addEventListener('drop', (event) => {
  event.preventDefault();
  delete drop.dataset.over;
  const file = event.dataTransfer?.files[0];
  if (!file) return;
  if (file.name.endsWith('.safetensors')) addInstrument(file);
  else addRecording(file);
});

listInstruments();
enqueue(changeSource);
status.textContent = 'Ready';
startButton.disabled = false;
requestAnimationFrame(draw);
