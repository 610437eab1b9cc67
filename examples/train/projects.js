/** What this browser keeps: the list of instruments, and the question before one is deleted. */

import { clock, count, element } from '../shared/page.js';

/** @typedef {import('ddsp-worklet/train/browser').ProjectInfo} ProjectInfo */

/**
 * @param {HTMLElement} list @param {readonly ProjectInfo[]} projects
 * @param {{ open: (project: ProjectInfo) => void, remove: (project: ProjectInfo) => void }} actions
 */
export function showProjects(list, projects, { open, remove }) {
  list.replaceChildren(
    ...projects.map((project) => {
      const item = document.createElement('li');
      item.innerHTML =
        '<div><strong></strong><p class="hint"></p><progress max="1"></progress></div>' +
        '<button type="button" class="plain"></button><button type="button" class="quiet">Delete</button>';
      const name = /** @type {HTMLElement} */ (item.querySelector('strong'));
      const detail = /** @type {HTMLElement} */ (item.querySelector('p'));
      const progress = /** @type {HTMLProgressElement} */ (item.querySelector('progress'));
      const [go, drop] = item.querySelectorAll('button');
      const share = project.steps > 0 ? project.step / project.steps : 0;
      name.textContent = project.name;
      detail.textContent = describe(project);
      progress.value = share;
      progress.ariaLabel = `${project.name}: ${Math.round(100 * share)}% trained`;
      go.textContent = share > 0 && share < 1 ? 'Go on' : 'Open';
      go.ariaLabel = `${go.textContent}: ${project.name}`;
      drop.ariaLabel = `Delete ${project.name}`;
      go.addEventListener('click', () => open(project));
      drop.addEventListener('click', () => remove(project));
      return item;
    }),
  );
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
    `“${name}”, its recordings and its model are removed from this browser. A model you downloaded stays with you.`;
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'delete'), { once: true });
  });
}
