/** The training page: one instrument at a time, from its recordings to its model. */

import { TrainingProject } from 'ddsp-worklet/train/browser';
import { animate } from '../shared/canvas.js';
import { Devices } from '../shared/devices.js';
import { paired } from '../shared/foreign.js';
import {
  forgetInstrument,
  keepInstrument,
  listInstruments,
  looksLikeInstrument,
} from '../shared/instruments.js';
import {
  actionQueue,
  clearNotice,
  clock,
  download,
  element,
  fileName,
  quoted,
  say,
  sayError,
  size,
} from '../shared/page.js';
import { Compare } from './compare.js';
import { droppedFiles, nameFor, saysIgnored, sortFiles } from './files.js';
import { Hearing } from './hearing.js';
import { confirmDelete, showProjects } from './projects.js';
import { showRecordings } from './recordings.js';
import { Taking } from './taking.js';
import { Training } from './training.js';

const home = element('home', HTMLElement);
const titleLine = element('title-line', HTMLElement);
const nameInput = element('name', HTMLInputElement);
const drop = element('drop', HTMLElement);
const reading = element('reading', HTMLElement);
const modelCards = element('model-cards', HTMLElement);

const enqueue = actionQueue();
const compare = new Compare(element('stretch', HTMLSelectElement), element('pictures', HTMLCanvasElement), {
  original: element('play-original', HTMLButtonElement),
  reconstruction: element('play-model', HTMLButtonElement),
});
const training = new Training({
  saved: () => showModel(),
  ended: () => {
    if (project?.info.step) {
      showModel();
      keepModel().catch(sayError);
    }
  },
});
const devices = new Devices({
  input: () => hearing.change(),
  output: () => enqueue(() => hearing.useOutput()),
});
const hearing = new Hearing(devices, enqueue);
const taking = new Taking(devices, (file) => addFiles([file]));

/** @type {TrainingProject | null} */
let project = null;

/** Under which the Play page finds the model of a project. @param {string} id */
const instrumentOf = (id) => `project ${id}`;

/* Instruments */

async function goHome() {
  await leave();
  const projects = await TrainingProject.list();
  const instruments = await listInstruments();
  const trained = new Set(projects.map(({ id }) => instrumentOf(id)));
  const opened = instruments.filter(({ id, own }) => own && !trained.has(id));
  home.hidden = projects.length + opened.length === 0;
  titleLine.hidden = true;
  showProjects(element('projects', HTMLElement), projects, opened, {
    open: ({ id, step, steps }) =>
      enqueue(async () => {
        await open(id);
        if (step > 0 && step < steps) training.start();
      }),
    remove: ({ id, name }) => enqueue(() => remove(id, name)),
    play: ({ id }) => play(id),
    forget: ({ id, name }) =>
      enqueue(async () => {
        if (await confirmDelete(name)) await forgetInstrument(id);
        await goHome();
      }),
  });
  element('recordings-title', HTMLElement).textContent = home.hidden ? 'Recordings' : 'A new instrument';
  showProject();
  await showStorage();
}

/** @param {string} id */
async function open(id) {
  say('Opening …', 'info');
  await enter(await TrainingProject.open(id));
  clearNotice();
}

/** @param {TrainingProject} opened */
async function enter(opened) {
  project = opened;
  home.hidden = true;
  titleLine.hidden = false;
  nameInput.value = opened.info.name;
  element('recordings-title', HTMLElement).textContent = 'Recordings';
  await training.attach(opened);
  showProject();
  window.scrollTo({ top: 0 });
}

/** Lets go of the instrument that is open; what it has learned is kept. */
async function leave() {
  await hearing.stop();
  await training.attach(null);
  await compare.attach(null);
  await project?.close();
  project = null;
}

/** @param {string} id @param {string} name */
async function remove(id, name) {
  if (!(await confirmDelete(name))) return;
  await leave();
  await TrainingProject.delete(id);
  await forgetInstrument(instrumentOf(id));
  await goHome();
}

/* Recordings */

/** Keeps a trained model among the user's instruments. @param {File} file @param {File} [config] that belongs to it */
async function keepOpened(file, config) {
  say(`${quoted(file.name)} is read …`, 'info');
  const kept = await keepInstrument(await file.arrayBuffer(), { name: file.name, config });
  if (!project) await goHome();
  say(`${quoted(kept.name)} is one of your instruments now.`, 'info', {
    label: 'Play it',
    act: () => play(kept.id),
  });
}

/** Recordings are trained on, trained models are kept. @param {readonly File[]} given */
async function addAll(given) {
  const models = paired(given).filter(({ file }) => looksLikeInstrument(file));
  for (const { file, config } of models) await keepOpened(file, config);
  const used = models.flatMap(({ file, config }) => [file, config]);
  const rest = given.filter((file) => !used.includes(file));
  if (rest.length > 0) await addFiles(rest);
}

/** @param {Iterable<File>} given @param {string} [name] of a new instrument */
async function addFiles(given, name) {
  const { audio, others } = sortFiles(given);
  const ignored = others.length > 0 ? saysIgnored(others) : '';
  if (audio.length === 0) throw new Error(`There is no audio among these files. ${ignored}`);
  if (training.running) throw new Error('Pause the training before you add recordings.');
  clearNotice();
  const created = !project;
  if (!project) await enter(await TrainingProject.create({ name: name ?? nameFor(audio) }));
  const opened = /** @type {TrainingProject} */ (project);
  reading.hidden = false;
  drop.toggleAttribute('data-busy', true);
  try {
    await opened.addRecordings(audio, { onProgress: showReading });
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
  training.refresh();
  if (ignored) say(ignored, 'info');
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
    `${Math.min(done + 1, count)} of ${count}: \u2068${name}\u2069, finding its pitch${left} …`;
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
  element('drawn', HTMLElement).hidden = !info?.summary;
  element('intro', HTMLElement).hidden = Boolean(info);
  drop.toggleAttribute('data-small', Boolean(info));
  element('drop-title', HTMLElement).textContent = info
    ? 'Add recordings'
    : 'Drop recordings here, or choose files';
  if (info && info.step > 0) showModel();
  else modelCards.hidden = true;
}

/** @param {import('ddsp-worklet/train/browser').ProjectRecord} info */
function summaryOf({ summary, seconds }) {
  if (!summary) return '';
  const { recordings, voicedShare } = summary;
  const files = `${recordings.length} recording${recordings.length === 1 ? '' : 's'}`;
  return `${files} · ${clock(seconds)} of sound · ${Math.round(100 * voicedShare)}% has a pitch`;
}

/* The model */

function showModel() {
  if (!modelCards.hidden) {
    compare.refresh().catch(sayError);
    return;
  }
  modelCards.hidden = false;
  compare.attach(project).catch(sayError);
  project
    ?.model()
    .then((file) => {
      element('model-size', HTMLElement).textContent = `The model is one file of ${size(file.length)}`;
    })
    .catch(sayError);
}

/** Makes the model one of the user's instruments on the Play page. */
async function keepModel() {
  if (!project) return null;
  const { id, name } = project.info;
  const { buffer } = await project.model('best');
  return keepInstrument(buffer, { name, id: instrumentOf(id) });
}

/** @param {string} id of an instrument */
function play(id) {
  location.href = new URL(`../live/?own=${encodeURIComponent(id)}`, location.href).href;
}

async function showStorage() {
  const { usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  element('storage', HTMLElement).textContent =
    usage > 1e6 ? `Your instruments take ${size(usage)} of this browser’s storage.` : '';
}

/* What the user does */

const folderPicker = element('folder', HTMLInputElement);
element('folder-drop', HTMLElement).hidden =
  !('webkitdirectory' in folderPicker) || matchMedia('(pointer: coarse)').matches;
for (const input of [element('files', HTMLInputElement), folderPicker]) {
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length > 0) enqueue(() => addAll(files));
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
  enqueue(async () => addAll(await files));
});
nameInput.addEventListener('change', () => {
  const name = nameInput.value.trim();
  if (!name) nameInput.value = project?.info.name ?? '';
  else
    enqueue(async () => {
      await project?.rename(name);
      if (project?.info.step && !training.running) await keepModel();
    });
});

/** @param {string} id @param {() => Promise<void> | void} action */
function onClick(id, action) {
  element(id, HTMLButtonElement).addEventListener('click', () => enqueue(action));
}

onClick('back', goHome);
onClick('hear', () => hearing.toggle(project, () => training.step));
onClick('demo', addDemo);
onClick('record', () => taking.toggle());
onClick('delete', async () => {
  if (project) await remove(project.info.id, project.info.name);
});
onClick('download', async () => {
  if (project) {
    download(new Blob([await project.model('best')]), fileName(project.info.name, 'safetensors'));
  }
});
onClick('play', async () => {
  const kept = await keepModel();
  if (kept) play(kept.id);
});
element('train', HTMLButtonElement).addEventListener('click', () => training.toggle(enqueue));

animate((seconds) => {
  hearing.draw(seconds);
  taking.draw(seconds);
});
enqueue(goHome);
for (const id of ['demo', 'record']) element(id, HTMLButtonElement).disabled = false;
