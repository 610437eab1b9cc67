/** What this browser keeps: instruments that are trained here and those that were opened; and the question before one is deleted. */

import { clock, count, element } from '../shared/page.js';

/** @typedef {import('ddsp-worklet/train/browser').ProjectInfo} ProjectInfo */
/** @typedef {import('../shared/instruments.js').Instrument} Instrument */
/** @typedef {{ label: string, quiet?: boolean, act: () => void }} Action */

/**
 * @param {HTMLElement} list @param {readonly ProjectInfo[]} projects @param {readonly Instrument[]} opened
 * @param {{ open: (project: ProjectInfo) => void, remove: (project: ProjectInfo) => void, play: (instrument: Instrument) => void, forget: (instrument: Instrument) => void }} actions
 */
export function showProjects(list, projects, opened, { open, remove, play, forget }) {
  list.replaceChildren(
    ...projects.map((project) => {
      const share = project.steps > 0 ? project.step / project.steps : 0;
      const item = itemOf(project.name, describe(project), [
        { label: share > 0 && share < 1 ? 'Resume' : 'Open', act: () => open(project) },
        { label: 'Delete', quiet: true, act: () => remove(project) },
      ]);
      const progress = document.createElement('progress');
      Object.assign(progress, { max: 1, value: share });
      progress.ariaLabel = `${project.name}: ${Math.round(100 * share)}% trained`;
      item.firstElementChild?.append(progress);
      return item;
    }),
    ...opened.map((instrument) =>
      itemOf(instrument.name, 'opened from a file or a link', [
        { label: 'Play', act: () => play(instrument) },
        { label: 'Delete', quiet: true, act: () => forget(instrument) },
      ]),
    ),
  );
}

/** @param {string} name @param {string} detail @param {Action[]} actions */
function itemOf(name, detail, actions) {
  const item = document.createElement('li');
  item.innerHTML = '<div><strong dir="auto"></strong><p class="hint"></p></div>';
  const [title, words] = item.querySelectorAll('strong, p');
  title.textContent = name;
  words.textContent = detail;
  item.append(
    ...actions.map(({ label, quiet, act }) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = quiet ? 'quiet' : 'plain';
      button.textContent = label;
      button.ariaLabel = `${label}: ${name}`;
      button.addEventListener('click', act);
      return button;
    }),
  );
  return item;
}

/** @param {ProjectInfo} project */
function describe({ seconds, step, steps, changed }) {
  const when = new Date(changed).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
  const trained =
    step === 0
      ? 'not trained yet'
      : step >= steps
        ? `trained, ${count(step)} steps`
        : `step ${count(step)} of ${count(steps)}`;
  return `${clock(seconds)} of sound · ${trained} · ${when}`;
}

/** @param {string} name @returns {Promise<boolean>} */
export function confirmDelete(name) {
  const dialog = element('confirm', HTMLDialogElement);
  element('confirm-text', HTMLElement).textContent =
    `“\u2068${name}\u2069”, its recordings and its model are removed from this browser. A model you downloaded stays with you.`;
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'delete'), { once: true });
  });
}
