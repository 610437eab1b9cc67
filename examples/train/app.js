/** The page: one instrument at a time, from its recordings to its model. */

import { TrainingProject } from 'ddsp-worklet/train/browser';
import { Knobs } from '../shared/knobs.js';
import { Meter } from '../shared/meter.js';
import { clearNotice, clock, count, duration, element, say, sayError, size } from '../shared/page.js';
import { Chart } from './chart.js';
import { Compare } from './compare.js';
import { audioFiles, droppedFiles, nameFor } from './files.js';
import { Listener } from './listen.js';
import { confirmDelete, showProjects } from './projects.js';
import { showRecordings } from './recordings.js';

/** @typedef {import('ddsp-worklet/train/browser').TrainingState} TrainingState */

const home = element('home', HTMLElement);
const projectsCard = element('projects-card', HTMLElement);
const projectList = element('projects', HTMLElement);
const titleLine = element('title-line', HTMLElement);
const nameInput = element('name', HTMLInputElement);
const drop = element('drop', HTMLElement);
const reading = element('reading', HTMLElement);
const trainingCard = element('training-card', HTMLElement);
const modelCards = element('model-cards', HTMLElement);
const trainButton = element('train', HTMLButtonElement);
const lengthForm = element('length-form', HTMLFormElement);
const progress = element('progress', HTMLProgressElement);
const status = element('status', HTMLElement);
const hearButton = element('hear', HTMLButtonElement);
const heardStep = element('heard-step', HTMLElement);
const sourceForm = element('source-form', HTMLFormElement);

const chart = new Chart(element('chart', HTMLCanvasElement));
const knobs = new Knobs(element('knobs', HTMLElement));
const inputMeter = new Meter(element('in-level', HTMLElement));
const outputMeter = new Meter(element('out-level', HTMLElement));
const compare = new Compare(element('stretch', HTMLSelectElement), element('waves', HTMLCanvasElement), {
  original: element('play-original', HTMLButtonElement),
  reconstruction: element('play-model', HTMLButtonElement),
});

/** @type {TrainingProject | null} */
let project = null;
/** Pauses the training that runs. @type {AbortController | null} */
let training = null;
/** Resolves when it has paused. @type {Promise<unknown>} */
let trained = Promise.resolve();
/** @type {TrainingState | null} */
let state = null;
/** @type {Listener | null} */
let listener = null;
/** Keeps the screen on while it trains. @type {WakeLockSentinel | null} */
let wakeLock = null;
/** Actions run one after another, so that a quick second click finds the first one done. @type {Promise<void>} */
let queue = Promise.resolve();

/** @param {() => Promise<void>} action */
function enqueue(action) {
  queue = queue.then(action).catch(sayError);
}

/* Instruments */

async function goHome() {
  await leave();
  const projects = await TrainingProject.list();
  home.hidden = projects.length === 0;
  projectsCard.hidden = projects.length === 0;
  titleLine.hidden = true;
  showProjects(projectList, projects, {
    open: ({ id, step, steps }) =>
      enqueue(async () => {
        await open(id);
        if (step > 0 && step < steps) await train();
      }),
    remove: ({ id, name }) => enqueue(() => remove(id, name)),
  });
  element('recordings-title', HTMLElement).textContent =
    projects.length > 0 ? 'A new instrument' : 'Recordings';
  showProject();
  await showStorage();
}

/** @param {string} id */
async function open(id) {
  clearNotice();
  say('Opening …', 'info');
  enter(await TrainingProject.open(id));
  clearNotice();
}

/** @param {TrainingProject} opened */
function enter(opened) {
  project = opened;
  home.hidden = true;
  titleLine.hidden = false;
  nameInput.value = opened.info.name;
  element('recordings-title', HTMLElement).textContent = 'Recordings';
  showProject();
  window.scrollTo({ top: 0 });
}

/** Lets go of the instrument that is open; what it has learned is kept. */
async function leave() {
  await stopHearing();
  training?.abort();
  await trained;
  await compare.attach(null);
  await project?.close();
  project = null;
  state = null;
}

/** @param {string} id @param {string} name */
async function remove(id, name) {
  if (!(await confirmDelete(name))) return;
  await leave();
  await TrainingProject.delete(id);
  await goHome();
}

/* Recordings */

/** @param {Iterable<File>} given @param {string} [name] of a new instrument */
async function addFiles(given, name) {
  const files = audioFiles(given);
  if (files.length === 0) throw new Error('There is no audio among these files.');
  if (training) throw new Error('Pause the training before you add recordings.');
  clearNotice();
  const created = !project;
  if (!project) enter(await TrainingProject.create({ name: name ?? nameFor(files) }));
  const opened = /** @type {TrainingProject} */ (project);
  reading.hidden = false;
  drop.toggleAttribute('data-busy', true);
  try {
    await opened.addRecordings(files, { onProgress: showReading });
  } catch (error) {
    // an instrument without any recording is not worth keeping
    if (created) {
      await leave();
      await TrainingProject.delete(opened.info.id);
      await goHome();
    }
    throw error;
  } finally {
    reading.hidden = true;
    drop.toggleAttribute('data-busy', false);
  }
  showProject();
  await showStorage();
}

async function addDemo() {
  const files = ['saxophone-loud.opus', 'saxophone-soft.opus'].map(async (name) => {
    const response = await fetch(new URL(name, import.meta.url)).catch(() => null);
    if (!response?.ok) throw new Error('The saxophone could not be loaded.');
    return new File([await response.blob()], name, { type: 'audio/ogg' });
  });
  await addFiles(await Promise.all(files), 'Saxophone');
}

/** @param {import('ddsp-worklet/train/browser').DatasetProgress} progress */
function showReading({ name, seconds, totalSeconds, done, count, secondsLeft }) {
  element('reading-progress', HTMLProgressElement).value = totalSeconds > 0 ? seconds / totalSeconds : 1;
  const left = secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`;
  element('reading-text', HTMLElement).textContent =
    `${Math.min(done + 1, count)} of ${count}: ${name}, finding its pitch${left} …`;
}

/* Training */

function toggleTraining() {
  if (training) {
    status.textContent = 'Pausing …';
    trainButton.disabled = true;
    training.abort();
  } else enqueue(train);
}

async function train() {
  const trainee = project;
  if (!trainee || training) return;
  clearNotice();
  const { step, steps } = trainee.info;
  const minutes = steps === 0 || step >= steps ? Number(new FormData(lengthForm).get('minutes')) : undefined;
  const pause = new AbortController();
  training = pause;
  status.textContent = 'Starting …';
  showTraining();
  keepAwake();
  trained = trainee
    .train({ minutes, signal: pause.signal, onState: (now) => showState(trainee, now) })
    .then(
      (done) => {
        if (done) say('Training is done. Hear it, download it, or train it longer.', 'info');
      },
      (error) => sayError(error),
    )
    .then(() => {
      training = null;
      wakeLock?.release();
      trainButton.disabled = false;
      if (project === trainee) showProject();
    });
}

/** @param {TrainingProject} trainee @param {TrainingState} now */
function showState(trainee, now) {
  if (project !== trainee) return;
  const first = !state;
  const validated = state?.curves.validation.length !== now.curves.validation.length;
  state = now;
  if (!training?.signal.aborted) {
    status.textContent = now.steps > 0 ? 'Training' : 'Measuring the speed of this device …';
  }
  showNumbers();
  if (now.savedStep > 0 && (first || modelCards.hidden)) showModel();
  else if (validated && now.savedStep > 0) compare.refresh().catch(sayError);
}

/** What is shown of a project that is open, or none. */
function showProject() {
  const info = project?.info;
  element('summary', HTMLElement).textContent = info?.summary ? summaryOf(info) : '';
  showRecordings(
    element('recordings', HTMLElement),
    element('refused', HTMLElement),
    info ?? { summary: null, overviews: [] },
  );
  trainingCard.hidden = !info?.summary;
  element('drawn', HTMLElement).hidden = !info?.summary;
  element('intro', HTMLElement).hidden = Boolean(info);
  drop.toggleAttribute('data-small', Boolean(info));
  element('drop-title', HTMLElement).textContent = info
    ? 'Add recordings'
    : 'Drop recordings here, or choose files';
  if (!project || !info) {
    modelCards.hidden = true;
    return;
  }
  const opened = project;
  opened
    .curves()
    .then((curves) => {
      if (project !== opened || training) return;
      const { step, steps } = info;
      state = { step, steps, loss: null, secondsLeft: null, savedStep: step, curves };
      showNumbers();
    })
    .catch(sayError);
  if (!training) {
    status.textContent = info.steps === 0 ? 'Ready' : info.step < info.steps ? 'Paused' : 'Done';
  }
  showTraining();
  if (info.step > 0) showModel();
  else modelCards.hidden = true;
}

/** @param {import('ddsp-worklet/train/browser').ProjectRecord} info */
function summaryOf({ summary, seconds }) {
  if (!summary) return '';
  const { recordings, voicedShare } = summary;
  const files = `${recordings.length} recording${recordings.length === 1 ? '' : 's'}`;
  return `${files} · ${clock(seconds)} of sound · ${Math.round(100 * voicedShare)}% has a pitch`;
}

function showTraining() {
  const { step = 0, steps = 0 } = project?.info ?? {};
  const planned = steps > 0 && step < steps;
  lengthForm.hidden = Boolean(training) || planned;
  trainButton.textContent = training ? 'Pause' : planned ? 'Go on' : step > 0 ? 'Train longer' : 'Train';
  trainButton.toggleAttribute('data-playing', Boolean(training));
}

function showNumbers() {
  if (!state) return;
  const { step, steps, secondsLeft, savedStep, curves } = state;
  chart.show(curves);
  progress.value = steps > 0 ? step / steps : 0;
  const distance = curves.validation.at(-1);
  element('step', HTMLElement).textContent = steps > 0 ? `${count(step)} of ${count(steps)}` : count(step);
  element('left', HTMLElement).textContent =
    training && secondsLeft !== null ? duration(secondsLeft) : steps > step ? 'paused' : '–';
  element('distance', HTMLElement).textContent = distance === undefined ? '–' : `${distance.toFixed(1)} dB`;
  element('saved', HTMLElement).textContent = savedStep > 0 ? `step ${count(savedStep)}` : '–';
}

async function keepAwake() {
  // where it is not granted, the screen may go dark and the system may slow the page down
  wakeLock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
}

/* The model */

function showModel() {
  modelCards.hidden = false;
  compare.attach(project).catch(sayError);
  project
    ?.model()
    .then((file) => {
      element('model-size', HTMLElement).textContent = `The model is one file of ${size(file.length)}`;
    })
    .catch(sayError);
}

function chosenSource() {
  return /** @type {'microphone' | 'phrase'} */ (new FormData(sourceForm).get('source'));
}

async function toggleHearing() {
  if (listener) {
    await stopHearing();
    return;
  }
  if (!project) return;
  clearNotice();
  const started = new Listener(
    project,
    () => state?.step ?? 0,
    (reason) => {
      if (listener !== started) return;
      enqueue(stopHearing);
      if (reason) say(reason, 'error');
    },
  );
  listener = started;
  hearButton.textContent = 'Starting …';
  try {
    const warning = await started.start(chosenSource());
    if (warning) say(warning, 'info');
    knobs.attach(started.session?.node ?? null);
    hearButton.textContent = 'Stop';
    hearButton.dataset.playing = '';
  } catch (error) {
    await stopHearing();
    throw error;
  }
}

async function stopHearing() {
  const ending = listener;
  listener = null;
  knobs.attach(null);
  hearButton.textContent = 'Hear it';
  delete hearButton.dataset.playing;
  heardStep.textContent = '';
  await ending?.stop();
}

async function download() {
  if (!project) return;
  const file = await project.model('best');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([file]));
  link.download = `${project.info.name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'model'}.safetensors`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function showStorage() {
  const { usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  element('storage', HTMLElement).textContent =
    usage > 1e6 ? `Your instruments take ${size(usage)} of this browser’s storage.` : '';
}

let lastDrawn = performance.now();

/** @param {number} at milliseconds */
function draw(at) {
  const seconds = (at - lastDrawn) / 1000;
  lastDrawn = at;
  const session = listener?.session ?? null;
  inputMeter.draw(session?.input ?? null, seconds);
  outputMeter.draw(session?.output ?? null, seconds);
  const heard = listener?.session ? `step ${count(listener.step)}` : '';
  if (heardStep.textContent !== heard) heardStep.textContent = heard;
  requestAnimationFrame(draw);
}

/* What the user does */

const picker = element('files', HTMLInputElement);
const folderPicker = element('folder', HTMLInputElement);
element('folder-drop', HTMLElement).hidden =
  !('webkitdirectory' in folderPicker) || matchMedia('(pointer: coarse)').matches;
for (const input of [picker, folderPicker]) {
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length > 0) enqueue(() => addFiles(files));
  });
}
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  drop.dataset.over = '';
});
document.addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) delete drop.dataset.over;
});
document.addEventListener('drop', (event) => {
  event.preventDefault();
  delete drop.dataset.over;
  const { dataTransfer } = event;
  if (!dataTransfer) return;
  const files = droppedFiles(dataTransfer);
  enqueue(async () => addFiles(await files));
});
nameInput.addEventListener('change', () => {
  const name = nameInput.value.trim();
  if (name) enqueue(async () => project?.rename(name));
  else nameInput.value = project?.info.name ?? '';
});
element('back', HTMLButtonElement).addEventListener('click', () => enqueue(goHome));
trainButton.addEventListener('click', toggleTraining);
hearButton.addEventListener('click', () => enqueue(toggleHearing));
sourceForm.addEventListener('change', () => {
  if (listener) enqueue(async () => listener?.change(chosenSource()));
});
element('delete', HTMLButtonElement).addEventListener('click', () =>
  enqueue(async () => {
    if (project) await remove(project.info.id, project.info.name);
  }),
);
element('demo', HTMLButtonElement).addEventListener('click', () => enqueue(addDemo));
element('reset', HTMLButtonElement).addEventListener('click', () => knobs.reset());
element('download', HTMLButtonElement).addEventListener('click', () => enqueue(download));
document.addEventListener('visibilitychange', () => {
  if (training && document.visibilityState === 'visible') keepAwake();
});

requestAnimationFrame(draw);
enqueue(goHome);
