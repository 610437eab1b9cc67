/**
 * The sound while it plays:
 *
 *   source -> input -> DDSPNode ----------------> limiter -> output -> speakers
 *               |-> delay (the node's latency) -> original -^
 */

import { DDSPNode } from 'ddsp-worklet';
import { decibels } from './meter.js';

/** @typedef {import('./sources.js').Source} Source */

/** The longest latency a model may have, seconds. */
const LONGEST_DELAY = 1;
/** Changes of the original's level are spread over about this many seconds. */
const SMOOTHING = 0.02;

/** Loads the limiter and the recorder into a context. @param {BaseAudioContext} context */
export function loadProcessors(context) {
  return context.audioWorklet.addModule(new URL('processors.js', import.meta.url));
}

export class Session {
  /** @type {Source | null} */
  #source = null;
  #gains = new Float32Array(1024);

  /**
   * @param {AudioContext} context @param {ArrayBuffer} model
   * @param {Omit<import('ddsp-worklet').DDSPNodeOptions, 'model'>} [options]
   */
  static async open(context, model, options = {}) {
    const [node] = await Promise.all([
      DDSPNode.create(context, { model, ...options }),
      loadProcessors(context),
    ]);
    return new Session(context, node);
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
    this.output = new AnalyserNode(context, { fftSize: 2048, smoothingTimeConstant: 0 });
    this.delay = new DelayNode(context, { maxDelayTime: LONGEST_DELAY });
    this.original = new GainNode(context, { gain: 0 });
    this.limiter = new AudioWorkletNode(context, 'limiter', {
      ...{ numberOfOutputs: 2, outputChannelCount: [1, 1] },
      ...{ channelCount: 1, channelCountMode: 'explicit' },
    });
    this.gain = new AnalyserNode(context, { fftSize: 1024 });
    this.input.connect(node).connect(this.limiter);
    this.limiter.connect(this.output).connect(context.destination);
    this.input.connect(this.delay).connect(this.original).connect(this.limiter);
    this.limiter.connect(this.gain, 1);
    this.#align();
  }

  /**
   * From the sound at the input device to the sound at the output device, as far as the browser tells.
   * @returns {{ seconds: number, measured: boolean }} not measured: the output device's part is missing
   */
  get latency() {
    const { baseLatency, outputLatency = 0 } = this.context;
    return { seconds: this.node.latency + baseLatency + outputLatency, measured: outputLatency > 0 };
  }

  /** By how much the limiter lowers the sound now, dB, 0 and up. */
  get reduction() {
    this.gain.getFloatTimeDomainData(this.#gains);
    const lowest = this.#gains.reduce((least, gain) => (gain > 0 ? Math.min(least, gain) : least), 1);
    return -decibels(lowest);
  }

  /** @returns {Source | null} */
  get source() {
    return this.#source;
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

  /**
   * Listens in another way: with another node.
   * @param {ArrayBuffer} model @param {import('ddsp-worklet').DDSPNodeOptions['listening']} listening
   */
  async listen(model, listening) {
    const before = this.node;
    this.node = await DDSPNode.create(this.context, { model, listening });
    this.node.onprocessorerror = before.onprocessorerror;
    this.input.disconnect(before);
    before.disconnect();
    before.dispose();
    this.input.connect(this.node).connect(this.limiter);
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
