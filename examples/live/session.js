/**
 * The sound while it plays:
 *
 *   source -> input -> DDSPNode ----------------> output -> speakers
 *               |-> delay (the node's latency) -> original -^
 */

import { DDSPNode } from 'ddsp-worklet';

/** @typedef {import('./sources.js').Source} Source */

/** The longest latency a model may have, seconds. */
const LONGEST_DELAY = 1;
/** Changes of the original's level are spread over about this many seconds. */
const SMOOTHING = 0.02;

export class Session {
  /** @type {Source | null} */
  #source = null;

  /**
   * @param {AudioContext} context
   * @param {ArrayBuffer} model
   */
  static async open(context, model) {
    return new Session(context, await DDSPNode.create(context, { model }));
  }

  /**
   * Use `Session.open`.
   * @param {AudioContext} context
   * @param {DDSPNode} node
   */
  constructor(context, node) {
    this.context = context;
    this.node = node;
    this.input = new AnalyserNode(context, { fftSize: 1024 });
    this.output = new AnalyserNode(context, { fftSize: 1024 });
    this.delay = new DelayNode(context, { maxDelayTime: LONGEST_DELAY });
    this.original = new GainNode(context, { gain: 0 });
    this.input.connect(node).connect(this.output).connect(context.destination);
    this.input.connect(this.delay).connect(this.original).connect(this.output);
    this.#align();
  }

  /** Seconds from the sound at the device to the sound at the device; what the browser knows of it. */
  get delaySeconds() {
    return this.node.latency + this.context.baseLatency + (this.context.outputLatency ?? 0);
  }

  /** Plays `source` in place of what was played. @param {Source} source */
  play(source) {
    this.#source?.close();
    this.#source = source;
    source.node.connect(this.input);
  }

  /** @param {Source} source */
  plays(source) {
    return this.#source === source;
  }

  /** @param {ArrayBuffer} model */
  async setModel(model) {
    await this.node.setModel(model);
    this.#align();
  }

  /** How loud the source is heard beside the instrument. @param {number} level 0..1 */
  setOriginal(level) {
    this.original.gain.setTargetAtTime(level, this.context.currentTime, SMOOTHING);
  }

  close() {
    this.#source?.close();
    this.#source = null;
    this.node.dispose();
    return this.context.close();
  }

  /** So that the original and the instrument sound at once. */
  #align() {
    this.delay.delayTime.value = Math.min(LONGEST_DELAY, this.node.latency);
  }
}
