/** The sound of the play page: started, stopped, and changed while it sounds. What fails leaves it as it was. */

import { clearNotice, say, sayError } from '../shared/page.js';
import { Session } from '../shared/session.js';
import { watch } from '../shared/watch.js';

/** @typedef {import('../shared/sources.js').Source} Source */

/**
 * @typedef {object} Parts what the page brings
 * @property {(context: AudioContext) => Promise<Source>} openSource what is chosen
 * @property {() => Promise<ArrayBuffer>} loadModel what is chosen
 * @property {(context: AudioContext) => Promise<void>} useOutput the chosen device
 * @property {() => import('ddsp-worklet').DDSPNodeOptions['listening']} listening what is chosen
 * @property {(session: Session) => void} started also with another node
 * @property {() => Promise<void>} stopping before the sound ends
 * @property {(status: string) => void} show
 * @property {() => void} end stops, after what else is under way
 */

export class Player {
  /** @type {Session | null} */
  session = null;

  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
  }

  /** Call it from a click: browsers let a page sound only then. */
  async start() {
    const { parts } = this;
    clearNotice();
    if (!window.AudioContext)
      throw new Error('This browser has no Web Audio. Any current one has: please update it.');
    parts.show('Starting …');
    const context = new AudioContext({ latencyHint: 'interactive' });
    try {
      const source = await parts.openSource(context);
      try {
        this.session = await Session.open(context, await parts.loadModel(), {
          listening: parts.listening(),
        });
      } catch (error) {
        source.close();
        throw error;
      }
      const { session } = this;
      watch(session, { current: () => this.session === session, show: parts.show, end: parts.end });
      parts.started(session);
      this.#play(session, source);
      await parts.useOutput(context).catch(sayError);
      // not awaited: without a sound device it may never come true
      context.resume();
    } catch (error) {
      await this.stop();
      if (context.state !== 'closed') await context.close();
      throw error;
    }
  }

  async stop() {
    await this.parts.stopping();
    const ending = this.session;
    this.session = null;
    this.parts.show('Stopped');
    await ending?.close();
  }

  /** Plays what is chosen now in place of what was. */
  async changeSource() {
    const { session } = this;
    if (session) this.#play(session, await this.parts.openSource(session.context));
  }

  /** Plays on with the instrument that is chosen now. */
  async changeModel() {
    if (this.session) await this.session.setModel(await this.parts.loadModel());
  }

  /** Plays on, listening as is chosen now. */
  async changeListening() {
    const { session, parts } = this;
    if (!session) return;
    await session.listen(await parts.loadModel(), parts.listening());
    parts.started(session);
  }

  /** @param {Session} session @param {Source} source */
  #play(session, source) {
    session.play(source);
    if (source.warning) say(source.warning, 'info');
    source.ended.then((reason) => {
      if (!session.plays(source)) return;
      if (reason) say(reason, 'error');
      // what has been played is still to be heard
      const rest = reason ? 0 : session.node.latency + session.node.tailTime;
      setTimeout(() => session.plays(source) && this.parts.end(), rest * 1000);
    });
  }
}
