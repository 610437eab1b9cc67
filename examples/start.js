/** The start page: one click, and the sung phrase plays an instrument. */

import { animate } from './shared/canvas.js';
import { paired } from './shared/foreign.js';
import { keepInstrument, listInstruments, looksLikeInstrument } from './shared/instruments.js';
import { startOnSpace } from './shared/keys.js';
import { actionQueue, clearNotice, element, quoted, say } from './shared/page.js';
import { Roll } from './shared/roll.js';
import { Session } from './shared/session.js';
import { phrase } from './shared/sources.js';

const startButton = element('start', HTMLButtonElement);
const choice = element('choice', HTMLFormElement);
const modelFile = element('model-file', HTMLInputElement);
const status = element('status', HTMLElement);
const roll = new Roll(element('roll', HTMLCanvasElement));
const enqueue = actionQueue();

/** @type {Session | null} */
let session = null;

/** What is chosen: the voice alone is heard beside a silent violin. */
async function chosen() {
  const name = String(new FormData(choice).get('instrument'));
  const voice = name === 'voice';
  const instruments = await listInstruments();
  const { load } = /** @type {import('./shared/instruments.js').Instrument} */ (
    instruments.find(({ id }) => id === (voice ? 'violin' : name))
  );
  return { voice, model: await load() };
}

async function start() {
  clearNotice();
  status.textContent = 'Loading …';
  // made here, in the click: browsers let a page sound only then
  const context = new AudioContext({ latencyHint: 'interactive' });
  try {
    const [source, { voice, model }] = await Promise.all([phrase(context), chosen()]);
    const opened = await Session.open(context, model);
    session = opened;
    opened.node.addEventListener('analysis', ({ detail }) => roll.push(detail));
    roll.clear();
    mix(opened, voice);
    opened.play(source);
    // not awaited: without a sound device it may never come true
    context.resume();
    startButton.textContent = 'Stop';
    startButton.dataset.playing = '';
    status.textContent = 'The same voice, all the time: change the instrument.';
  } catch (error) {
    status.textContent = '';
    await context.close();
    throw error;
  }
}

async function stop() {
  const ending = session;
  session = null;
  startButton.textContent = 'Hear it';
  delete startButton.dataset.playing;
  status.textContent = '';
  await ending?.close();
}

async function change() {
  if (!session) return;
  const { voice, model } = await chosen();
  mix(session, voice);
  if (!voice) await session.setModel(model);
}

/** @param {Session} session @param {boolean} voice whether it is heard instead of the instrument */
function mix(session, voice) {
  session.node.gain.value = voice ? 0 : 1;
  session.setOriginal(voice ? 1 : 0);
}

/** A model is kept, and played on the play page. @param {readonly File[]} files that were chosen together */
async function open(files) {
  const [chosen] = paired(files);
  if (!chosen) return;
  const { file, config } = chosen;
  if (!looksLikeInstrument(file)) {
    throw new Error(`${quoted(file.name)} is no model. Recordings are played on the Play page.`);
  }
  say(`${quoted(file.name)} is read …`, 'info');
  const { id } = await keepInstrument(await file.arrayBuffer(), { name: file.name, config });
  location.href = new URL(`live/?own=${encodeURIComponent(id)}`, location.href).href;
}

startButton.addEventListener('click', () => enqueue(session ? stop : start));
choice.addEventListener('change', () => enqueue(change));
modelFile.addEventListener('change', () => {
  const files = [...(modelFile.files ?? [])];
  modelFile.value = '';
  enqueue(() => open(files));
});
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => {
  event.preventDefault();
  const files = [...(event.dataTransfer?.files ?? [])];
  enqueue(() => open(files));
});
startOnSpace(startButton);
animate(() => {
  if (session) roll.draw(session.context.currentTime, 0);
});
status.textContent = '';
startButton.disabled = false;
