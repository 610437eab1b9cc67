/** DDSPNode: an AudioNode that plays a learned instrument with the pitch and loudness of its input. */

import { type ListeningOptions, listening } from '../analysis/listening';
import { playBinary } from '../dsp/play-module';
import type { Model } from '../model/model';
import { type MatchingOptions, matching } from '../play/matching/options';
import { AnalysisFeed, type AnalysisFrame } from './analysis-feed';
import * as failures from './failures';
import { ListenerCount } from './listener-count';
import { type ModelInput, resolveModel } from './model-input';
import { buffersOf, prepareTables } from './prepare';
import {
  PROCESSOR_NAME,
  PROTOCOL_VERSION,
  type ProcessorOptions,
  type Reply,
  type Request,
} from './protocol';
import { loadWorklet } from './worklet-module';

const ANSWER_SECONDS = 10;

/** What a model says of itself: everything but its tensors. */
export type ModelInfo = Omit<Model, 'tensors'>;

export interface DDSPNodeOptions {
  readonly model: ModelInput;
  /**
   * How the input is listened to: pitch range, threshold, gate, hold. By default as the model's file says;
   * what is given here counts for every model that the node plays.
   */
  readonly listening?: ListeningOptions;
  /**
   * How the player's register and level are made the model's; by default both are. Counts for every model that
   * the node plays, and can be changed: {@link DDSPNode.setMatching}.
   */
  readonly matching?: MatchingOptions;
  /**
   * Where you serve `ddsp-worklet/worklet`, for pages whose Content-Security-Policy forbids blob:
   * scripts. By default the processor comes from a Blob of source that is part of this module. It counts
   * for the first node of a context.
   */
  readonly workletUrl?: string | URL;
  /** Aborts loading. A node that exists is ended with `dispose`. */
  readonly signal?: AbortSignal;
}

export interface DDSPNodeEventMap extends AudioWorkletNodeEventMap {
  /** one analysed frame of the input; see {@link AnalysisFrame} */
  analysis: CustomEvent<AnalysisFrame>;
}

type Listener<K extends keyof DDSPNodeEventMap> = (this: DDSPNode, event: DDSPNodeEventMap[K]) => unknown;

interface Waiting {
  resolve(reply: Reply & { type: 'ready' }): void;
  reject(reason: unknown): void;
}

/** On a server there is no AudioWorkletNode; importing this module must do no harm there. */
const Base = (globalThis.AudioWorkletNode ?? class {}) as typeof AudioWorkletNode;

/**
 * One input (any number of channels, averaged), one mono output. Create it with {@link DDSPNode.create},
 * connect it like any AudioNode, and end it with {@link DDSPNode.dispose}: until then it runs, with or
 * without an input, because its tail rings on.
 */
export class DDSPNode extends Base {
  /** semitones, -24..24, default 0 */
  readonly pitchShift: AudioParam;
  /** level of the harmonic part, 0..2, default 1 (as trained) */
  readonly harmonics: AudioParam;
  /** level of the noise part, 0..2, default 1 (as trained) */
  readonly noise: AudioParam;
  /** dry to wet, 0..1, default 0.5 (as trained) */
  readonly reverb: AudioParam;
  /** linear output gain, 0..4, default 1 */
  readonly gain: AudioParam;

  readonly #listening: ListeningOptions;
  readonly #listeners: ListenerCount;
  readonly #feed: AnalysisFeed;
  readonly #waiting = new Map<number, Waiting>();
  #requests = 0;
  #model: ModelInfo;
  #latency = 0;
  #tail = 0;
  #lastChange: Promise<void> = Promise.resolve();
  /** why it can play nothing any more */
  #failure: Error | null = null;
  #disposed = false;

  /**
   * Loads the model and the worklet, and resolves when the processor can play.
   *
   * @param context a native context that is not closed
   * @throws (rejects with) an Error that says why and what to do; nothing is left behind then
   */
  static async create(context: BaseAudioContext, options: DDSPNodeOptions): Promise<DDSPNode> {
    const { signal } = options;
    const url = options.workletUrl === undefined ? null : String(options.workletUrl);
    checkContext(context);
    const matched = matching(options.matching);
    const binary = playableBinary();
    signal?.throwIfAborted();
    const [model] = await abortable(
      Promise.all([resolveModel(options.model, signal), loadWorklet(context, url)]),
      signal,
    );
    if (context.state === 'closed') throw failures.closedContext();

    const { listening: heard = {} } = options;
    listening(model.analysis, model.sampleRate, heard);
    const tables = await prepareTables(model, context.sampleRate);
    const node = construct(
      context,
      {
        version: PROTOCOL_VERSION,
        binary,
        model: infoOf(model),
        tables,
        listening: heard,
        matching: matched,
      },
      url,
    );
    try {
      await abortable(node.#expect(0, model), signal);
    } catch (error) {
      node.dispose();
      throw error;
    }
    return node;
  }

  /** Use {@link DDSPNode.create}. */
  constructor(context: BaseAudioContext, options: ProcessorOptions) {
    super(context, PROCESSOR_NAME, {
      numberOfInputs: 1,
      numberOfOutputs: 1,
      outputChannelCount: [1],
      processorOptions: options,
    });
    const parameter = (name: string) => this.parameters.get(name) as AudioParam;
    this.pitchShift = parameter('pitchShift');
    this.harmonics = parameter('harmonics');
    this.noise = parameter('noise');
    this.reverb = parameter('reverb');
    this.gain = parameter('gain');
    this.#model = options.model;
    this.#listening = options.listening;
    this.#feed = new AnalysisFeed(
      (request, transfer) => this.#send(request, transfer),
      (detail) => {
        this.dispatchEvent(new CustomEvent('analysis', { detail }));
        this.#listeners.dispatched();
      },
    );
    this.#listeners = new ListenerCount(
      () => this.#feed.start(),
      () => this.#feed.stop(),
    );
    this.port.onmessage = (event: MessageEvent<Reply>) => this.#receive(event.data);
    // Chromium calls the event `error`, though its handler is `onprocessorerror` (which stays the page's)
    for (const type of ['processorerror', 'error']) {
      super.addEventListener(type, (event: Event) => {
        this.#fail(failures.processorFailed(event instanceof ErrorEvent ? event.message : ''));
      });
    }
  }

  /** Seconds between the input and its output. */
  get latency(): number {
    return this.#latency / this.context.sampleRate;
  }

  /** Seconds that sound after the input has ended, latency not counted. */
  get tailTime(): number {
    return this.#tail / this.context.sampleRate;
  }

  /** What the model that plays says of itself. */
  get model(): ModelInfo {
    return this.#model;
  }

  /**
   * Changes the instrument while it sounds. Resolves when the new one runs beside the old one; about 0.2 s
   * later the sound crosses over to it within 20 ms (a few more where the old one's frames are longer), and the old
   * one's reverb rings on. Several calls take effect in their order.
   *
   * @throws (rejects) when the model cannot be loaded or played; the old one then plays on
   */
  setModel(input: ModelInput, signal?: AbortSignal): Promise<void> {
    const change = this.#change(abortable(resolveModel(input, signal), signal), this.#lastChange);
    this.#lastChange = change.catch(() => {});
    return change;
  }

  /**
   * Changes how register and level are matched, at the next frame; what is left out is `auto` again.
   *
   * @throws RangeError that names the option
   */
  setMatching(options: MatchingOptions): void {
    this.#send({ type: 'matching', matching: matching(options) });
  }

  /** Ends the node: it is disconnected, and its processor may be collected. It cannot be used again. */
  dispose(): void {
    if (this.#disposed) return;
    this.#send({ type: 'dispose' });
    this.#disposed = true;
    this.#fail(failures.disposed());
    this.disconnect();
    this.port.onmessage = null;
    this.port.close();
  }

  override addEventListener<K extends keyof DDSPNodeEventMap>(
    type: K,
    listener: Listener<K>,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener, options);
    if (type === 'analysis') this.#listeners.add(listener, options);
  }

  override removeEventListener<K extends keyof DDSPNodeEventMap>(
    type: K,
    listener: Listener<K>,
    options?: boolean | EventListenerOptions,
  ): void;
  override removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
  override removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void {
    super.removeEventListener(type, listener, options);
    if (type === 'analysis') this.#listeners.remove(listener, options);
  }

  async #change(loading: Promise<Model>, before: Promise<void>): Promise<void> {
    const [model] = await Promise.all([loading, before]);
    listening(model.analysis, model.sampleRate, this.#listening);
    const tables = await prepareTables(model, this.context.sampleRate);
    if (this.#failure) throw this.#failure;
    const id = ++this.#requests;
    const answer = this.#expect(id, model);
    this.#send({ type: 'model', id, model: infoOf(model), tables }, buffersOf(tables));
    await answer;
  }

  #send(request: Request, transfer: Transferable[] = []): void {
    if (!this.#disposed) this.port.postMessage(request, transfer);
  }

  /** The processor's answer to request `id`, which was to play `model`. */
  async #expect(id: number, model: Model): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const { latency, tail } = await new Promise<Reply & { type: 'ready' }>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        timer = setTimeout(() => reject(failures.noAnswer(ANSWER_SECONDS)), ANSWER_SECONDS * 1000);
      });
      this.#model = infoOf(model);
      this.#latency = latency;
      this.#tail = tail;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  #receive(reply: Reply): void {
    switch (reply.type) {
      case 'ready':
        this.#waiting.get(reply.id)?.resolve(reply);
        break;
      case 'error':
        this.#waiting.get(reply.id)?.reject(failures.setupFailed(reply.stage, reply.message));
        break;
      case 'analysis':
        this.#feed.receive(reply);
        break;
    }
  }

  #fail(reason: Error): void {
    this.#failure ??= reason;
    this.#feed.stop();
    for (const waiting of this.#waiting.values()) waiting.reject(reason);
  }
}

function construct(context: BaseAudioContext, options: ProcessorOptions, url: string | null): DDSPNode {
  try {
    return new DDSPNode(context, options);
  } catch (cause) {
    throw failures.notRegistered(url, cause);
  }
}

/** By its tag, not by `instanceof`: a context of another frame is as good, a wrapper is not. */
function checkContext(context: BaseAudioContext): void {
  const tag = Object.prototype.toString.call(context);
  if (tag !== '[object AudioContext]' && tag !== '[object OfflineAudioContext]') {
    throw failures.notAContext(context);
  }
  if (context.state === 'closed') throw failures.closedContext();
  if (!context.audioWorklet || !globalThis.AudioWorkletNode) throw failures.noWorklet();
}

function playableBinary(): BufferSource {
  if (typeof WebAssembly === 'undefined') throw failures.noSimd();
  const binary = playBinary();
  if (!WebAssembly.validate(binary)) throw failures.noSimd();
  return binary;
}

function infoOf({ tensors: _, ...info }: Model): ModelInfo {
  return info;
}

/** `promise`, or a rejection as soon as `signal` aborts. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
