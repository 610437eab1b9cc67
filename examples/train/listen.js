/**
 * The model, heard while it learns: a DDSPNode whose weights follow the training.
 *
 *   microphone or phrase -> Session -> speakers
 */

import { Session } from '../shared/session.js';
import * as sources from '../shared/sources.js';

/** @typedef {import('ddsp-worklet/train/browser').TrainingProject} TrainingProject */

/** @param {'microphone' | 'phrase'} kind @param {AudioContext} context @param {string} [device] */
function open(kind, context, device) {
  return kind === 'phrase' ? sources.phrase(context) : sources.microphone(context, device);
}

/** Between new weights, milliseconds. */
const SWAP_MS = 4000;

export class Listener {
  /** @type {Session | null} */
  session = null;
  /** step of the weights that sound */
  step = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /**
   * @param {TrainingProject} project
   * @param {() => number} step of the weights that the project would give now
   * @param {(reason: string) => void} onEnd when the sound ends by itself
   */
  constructor(project, step, onEnd) {
    this.project = project;
    this.currentStep = step;
    this.onEnd = onEnd;
  }

  /**
   * Call it from a click: browsers let a page sound only then.
   * @param {'microphone' | 'phrase'} kind @param {string} [device] which microphone
   */
  async start(kind, device) {
    const context = new AudioContext({ latencyHint: 'interactive' });
    /** @type {sources.Source | undefined} */
    let source;
    try {
      source = await open(kind, context, device);
      this.step = this.currentStep();
      this.session = await Session.open(context, await this.#model());
    } catch (error) {
      source?.close();
      await context.close();
      throw error;
    }
    this.#play(this.session, source);
    // not awaited: without a sound device it may never come true
    context.resume();
    this.session.node.onprocessorerror = () =>
      this.onEnd('The sound stopped because of an error in the audio thread.');
    this.#timer = setInterval(() => this.#swap(), SWAP_MS);
    return source.warning;
  }

  /** @param {'microphone' | 'phrase'} kind @param {string} [device] */
  async change(kind, device) {
    if (this.session) this.#play(this.session, await open(kind, this.session.context, device));
  }

  async stop() {
    clearInterval(this.#timer);
    const ending = this.session;
    this.session = null;
    await ending?.close();
  }

  /** @param {Session} session @param {sources.Source} source */
  #play(session, source) {
    session.play(source);
    source.ended.then((reason) => {
      if (session.plays(source)) this.onEnd(reason);
    });
  }

  /** The node crosses over to the weights of now; it plays on meanwhile. */
  async #swap() {
    const step = this.currentStep();
    const { session } = this;
    if (!session || step === this.step) return;
    try {
      await session.setModel(await this.#model());
      this.step = step;
    } catch (error) {
      // the sound was stopped, or the project closed, meanwhile
      if (this.session === session) this.onEnd(error instanceof Error ? error.message : String(error));
    }
  }

  async #model() {
    const file = await this.project.model();
    return file.buffer;
  }
}
