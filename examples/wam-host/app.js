/** A host of Web Audio Modules: a voice into one plugin, notes into another, automation, states. */

import { initializeWamHost } from '@webaudiomodules/sdk';
import { actionQueue, clearNotice, element, say, sayError } from '../shared/page.js';
import { microphone, phrase } from '../shared/sources.js';
import { Slot } from './slot.js';

/** @typedef {import('@webaudiomodules/api').WamEvent} WamEvent */

const SAVED = 'wam-host';
const VOLUME = 0.6;
/** the notes of the button, MIDI numbers, and the seconds of each */
const NOTES = [48, 52, 55, 60];
const NOTE_SECONDS = 0.4;
/** of the automation: an octave up and down again */
const SWEEP_SECONDS = 4;
const SWEEP_STEPS = 200;
/** how far ahead events are sent, seconds */
const AHEAD = 0.1;

const start = element('start', HTMLButtonElement);
const status = element('status', HTMLElement);
const follow = element('follow', HTMLButtonElement);
const remove = element('remove', HTMLButtonElement);
const [first, second] = [new Slot('first'), new Slot('second')];
const inOrder = actionQueue();

/** @type {{ context: AudioContext, group: string, output: GainNode } | null} */
let host = null;
/** @type {import('../shared/sources.js').Source | null} */
let source = null;

/** Made by the first click, as browsers want it. */
async function open() {
  const context = new AudioContext();
  const [group] = await initializeWamHost(context);
  const output = new GainNode(context, { gain: VOLUME });
  output.connect(context.destination);
  host = { context, group, output };
  await first.fill(group, context, { model: 'violin' });
  await fillSecond();
  first.node.connect(output);
  for (const id of ['sweep', 'notes', 'follow', 'remove', 'save', 'restore']) {
    element(id, HTMLButtonElement).disabled = false;
  }
}

async function fillSecond() {
  if (!host) return;
  await second.fill(host.group, host.context, { model: 'cello' });
  second.node.connect(host.output);
}

async function connectSource() {
  if (!host) return;
  const { value } = /** @type {RadioNodeList} */ (
    element('source', HTMLFormElement).elements.namedItem('source')
  );
  const next = value === 'microphone' ? await microphone(host.context) : await phrase(host.context);
  source?.close();
  source = next;
  next.node.connect(first.node);
  if (next.warning) say(next.warning, 'info');
}

async function play() {
  clearNotice();
  status.textContent = 'Loading …';
  start.disabled = true;
  try {
    if (!host) await open();
    await host?.context.resume();
    await connectSource();
    start.dataset.playing = '';
    start.textContent = 'Stop';
    status.textContent = 'Playing';
  } catch (error) {
    status.textContent = 'Stopped';
    throw error;
  } finally {
    start.disabled = false;
  }
}

async function stop() {
  source?.close();
  source = null;
  if (second.isFilled) second.node.clearEvents();
  await host?.context.suspend();
  delete start.dataset.playing;
  start.textContent = 'Start';
  status.textContent = 'Stopped';
}

/** @returns {number} context seconds at which what is sent now can still be in time */
function soon() {
  return (host?.context.currentTime ?? 0) + AHEAD;
}

function playNotes() {
  const at = soon();
  const events = NOTES.flatMap((note, i) => [
    midi(at + i * NOTE_SECONDS, 0x90, note, 100),
    midi(at + (i + 1) * NOTE_SECONDS, 0x80, note, 0),
  ]);
  second.node.scheduleEvents(...events);
}

/** @param {number} time @param {number} status @param {number} note @param {number} velocity @returns {WamEvent} */
function midi(time, status, note, velocity) {
  return { type: 'wam-midi', time, data: { bytes: [status, note, velocity] } };
}

function sweep() {
  const at = soon();
  /** @type {WamEvent[]} */
  const events = Array.from({ length: SWEEP_STEPS + 1 }, (_, i) => ({
    type: 'wam-automation',
    time: at + (i / SWEEP_STEPS) * SWEEP_SECONDS,
    data: { id: 'pitchShift', value: 12 * Math.sin((Math.PI * i) / SWEEP_STEPS), normalized: false },
  }));
  first.node.scheduleEvents(...events);
}

/** @param {boolean} on */
function setFollow(on) {
  follow.setAttribute('aria-pressed', String(on));
  if (on) first.node.connectEvents(second.instanceId);
  else first.node.disconnectEvents(second.instanceId);
}

async function toggleSecond() {
  if (second.isFilled) {
    setFollow(false);
    second.clear();
  } else await fillSecond();
  remove.textContent = second.isFilled ? 'Remove it' : 'Add it again';
  for (const id of ['notes', 'follow']) element(id, HTMLButtonElement).disabled = !second.isFilled;
}

async function save() {
  const slots = [first, second].map((slot) => (slot.isFilled ? slot.node.getState() : null));
  localStorage.setItem(SAVED, JSON.stringify(await Promise.all(slots)));
  status.textContent = 'Saved';
}

async function restore() {
  const saved = localStorage.getItem(SAVED);
  if (!saved) throw new Error('Nothing has been saved yet.');
  const states = JSON.parse(saved);
  for (const [i, slot] of [first, second].entries()) {
    if (slot.isFilled && states[i]) await slot.node.setState(states[i]);
  }
  status.textContent = 'Restored';
}

/** @param {string} id @param {() => Promise<void> | void} action */
function onClick(id, action) {
  element(id, HTMLButtonElement).addEventListener('click', () => inOrder(action));
}

onClick('start', () => (start.dataset.playing === undefined ? play() : stop()));
onClick('notes', playNotes);
onClick('sweep', sweep);
onClick('follow', () => setFollow(follow.getAttribute('aria-pressed') !== 'true'));
onClick('remove', toggleSecond);
onClick('save', save);
onClick('restore', restore);
element('source', HTMLFormElement).addEventListener('change', () => {
  if (start.dataset.playing !== undefined) inOrder(connectSource);
});
addEventListener('error', ({ error }) => sayError(error));

start.disabled = false;
status.textContent = 'Ready';
