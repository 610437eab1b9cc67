/** The bar that trains and pauses, the numbers and the chart of the training that runs. */

import { clearNotice, count, duration, element, say, sayError } from '../shared/page.js';
import { Chart } from './chart.js';
import { meaningOf } from './meaning.js';

/** @typedef {import('ddsp-worklet/train/browser').TrainingProject} TrainingProject */
/** @typedef {import('ddsp-worklet/train/browser').TrainingState} TrainingState */

/**
 * @typedef {object} Follower what else goes on when training does
 * @property {() => void} saved there is a model, or a better one
 * @property {() => void} ended training was paused, has failed, or has come to its end
 */

export class Training {
  #bar = element('training-bar', HTMLElement);
  #card = element('training-card', HTMLElement);
  #button = element('train', HTMLButtonElement);
  #length = element('length-form', HTMLFormElement);
  #progress = element('progress', HTMLProgressElement);
  #status = element('status', HTMLElement);
  #chart = new Chart(element('chart', HTMLElement), element('chart-says', HTMLElement));
  /** @type {TrainingProject | null} */
  #project = null;
  /** @type {TrainingState | null} */
  #state = null;
  /** Pauses the training that runs. @type {AbortController | null} */
  #running = null;
  /** Resolves when it has paused. @type {Promise<unknown>} */
  #ended = Promise.resolve();
  /** Keeps the screen on while it trains. @type {WakeLockSentinel | null} */
  #wakeLock = null;

  /** @param {Follower} follower */
  constructor(follower) {
    this.follower = follower;
    document.addEventListener('visibilitychange', () => {
      if (this.#running && document.visibilityState === 'visible') this.#keepAwake();
    });
  }

  get running() {
    return this.#running !== null;
  }

  /** Of the weights that the project would give now. */
  get step() {
    return this.#state?.step ?? 0;
  }

  /** Pauses what runs, and shows how far `project` has come. @param {TrainingProject | null} project */
  async attach(project) {
    this.#running?.abort();
    await this.#ended;
    this.#project = project;
    this.#state = null;
    this.refresh();
  }

  /** Shows the project as it is: after it was opened, or recordings were added. */
  refresh() {
    const project = this.#project;
    const info = project?.info;
    this.#bar.hidden = this.#card.hidden = !info?.summary;
    if (!project || !info) return;
    project
      .curves()
      .then((curves) => {
        if (this.#project !== project || this.#running) return;
        const { step, steps } = info;
        this.#state = { step, steps, loss: null, secondsLeft: null, savedStep: step, curves };
        this.#showNumbers();
      })
      .catch(sayError);
    if (!this.#running) {
      this.#status.textContent =
        info.step === 0 ? 'Ready' : info.steps > 0 && info.step >= info.steps ? 'Done' : 'Paused';
    }
    this.#showButton();
  }

  /** Pauses at once; starts after what else is under way. @param {(action: () => void) => void} enqueue */
  toggle(enqueue) {
    if (this.#running) {
      this.#status.textContent = 'Pausing …';
      this.#button.disabled = true;
      this.#running.abort();
    } else enqueue(() => this.start());
  }

  start() {
    const project = this.#project;
    if (!project || this.#running) return;
    clearNotice();
    const { step, steps } = project.info;
    const chosen = Number(new FormData(this.#length).get('minutes'));
    const minutes = steps === 0 || step >= steps ? chosen : undefined;
    const pause = new AbortController();
    this.#running = pause;
    this.#status.textContent = 'Starting …';
    this.#showButton();
    this.#keepAwake();
    this.#ended = project
      .train({ minutes, signal: pause.signal, onState: (now) => this.#follow(project, now) })
      .then(
        (done) => {
          if (done) say('Training is done. Hear it, play it, or train it longer.', 'info');
        },
        (error) => sayError(error),
      )
      .then(() => {
        this.#running = null;
        this.#wakeLock?.release();
        this.#button.disabled = false;
        if (this.#project !== project) return;
        this.refresh();
        this.follower.ended();
      });
  }

  /** @param {TrainingProject} project @param {TrainingState} now */
  #follow(project, now) {
    if (this.#project !== project) return;
    const validated = this.#state?.curves.validation.length !== now.curves.validation.length;
    const first = !this.#state || this.#state.savedStep === 0;
    this.#state = now;
    if (!this.#running?.signal.aborted) {
      this.#status.textContent = now.steps > 0 ? 'Training' : 'Measuring the speed of this device …';
    }
    this.#showNumbers();
    if (now.savedStep > 0 && (first || validated)) this.follower.saved();
  }

  #showButton() {
    const { step = 0, steps = 0 } = this.#project?.info ?? {};
    const planned = steps > 0 && step < steps;
    this.#length.hidden = this.running || planned;
    this.#button.textContent = this.running
      ? 'Pause'
      : planned
        ? 'Resume'
        : step > 0
          ? 'Train longer'
          : 'Train';
    this.#button.toggleAttribute('data-playing', this.running);
  }

  #showNumbers() {
    if (!this.#state) return;
    const { step, steps, secondsLeft, savedStep, curves } = this.#state;
    const distance = curves.validation.at(-1);
    this.#chart.show(curves);
    this.#progress.value = steps > 0 ? step / steps : 0;
    element('step', HTMLElement).textContent = steps > 0 ? `${count(step)} of ${count(steps)}` : count(step);
    element('left', HTMLElement).textContent =
      this.running && secondsLeft !== null ? duration(secondsLeft) : steps > step ? 'paused' : '–';
    element('distance', HTMLElement).textContent = distance === undefined ? '–' : meaningOf(distance);
    element('saved', HTMLElement).textContent = savedStep > 0 ? `step ${count(savedStep)}` : '–';
  }

  async #keepAwake() {
    // where it is not granted, the screen may go dark and the system may slow the page down
    this.#wakeLock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
  }
}
