/** DDSPNode: an AudioNode that plays a learned instrument with the pitch and loudness of its input. */

import { LISTENING_KEYS, type ListeningOptions, listening } from '../analysis/listening';
import { CONTROL_NAMES, type CONTROLS, type ControlName } from '../controls';
import { playBinary } from '../dsp/play-module';
import { OptionError } from '../errors';
import type { Model } from '../model/model';
import type { Metadata } from '../model/schema';
import { checkKeys, checkNumber, show } from '../options';
import { FRAME_VALUES } from '../play/frame-log';
import { NOTE_VALUES } from '../play/heard-notes/note-tracker';
import type { Instrument } from '../play/instrument';
import { MATCHING_KEYS, type MatchingOptions, matching } from '../play/matching/options';
import { checkPlayerData, type PlayerData } from '../play/matching/player-data';
import { checkMode, type NoteMode } from '../play/notes/note-mode';
import * as failures from './failures';
import { type AnalysisFrame, analysisFrame, type NoteEvent, noteEvent } from './heard';
import { ListenerCount } from './listener-count';
import { type ModelInput, resolveModel } from './model-input';
import { PolledFeed } from './polled-feed';
import { loadPreparation, type Preparation } from './preparation';
import { type HeardEvent, PROCESSOR_NAME, type ProcessorOptions, type Reply, type Request } from './protocol';
import { instrumentMessage, sendInstruments } from './sent-instruments';
import { until } from './until';

const ANSWER_SECONDS = 10;
/** between two looks at a calibration */
const CALIBRATION_MS = 100;

/** Everything of a model but its tensors. */
export type ModelInfo = Metadata;

export interface DDSPNodeOptions {
  readonly model: ModelInput;
  /**
   * How the input is listened to: pitch range, threshold, gate, hold. Default: as the model's file says. Counts for
   * every model that the node plays.
   */
  readonly listening?: ListeningOptions;
  /**
   * How the player's register and level are matched to the model; default: both automatically. Counts for every
   * model that the node plays. Change it with {@link InstrumentNode.setMatching}.
   */
  readonly matching?: MatchingOptions;
  /** what was known of the player at an earlier time: what {@link DDSPNode.player} gave; default: nothing */
  readonly player?: PlayerData;
  /** notes that may sound at a time beside what is listened to, 0 to 64; default 0: it plays no notes */
  readonly voices?: number;
  /** `mono`: one note at a time, legato, last-note priority; default `poly` */
  readonly mode?: NoteMode;
  /**
   * Where you serve `ddsp-worklet/worklet`, for pages whose Content-Security-Policy forbids blob: scripts. Default:
   * a Blob of source that is part of this module. Counts for the first node of a context.
   */
  readonly workletUrl?: string | URL;
  /** aborts loading; end an existing node with `dispose` */
  readonly signal?: AbortSignal;
}

/** What the nodes of every host tell. */
export interface InstrumentEventMap {
  /** one analysed frame of the input; see {@link AnalysisFrame} */
  analysis: CustomEvent<AnalysisFrame>;
  /** a note that begins or ends in the input; see {@link NoteEvent} */
  note: CustomEvent<NoteEvent>;
}

export interface DDSPNodeEventMap extends AudioWorkletNodeEventMap, InstrumentEventMap {}

type NodeListener<K extends keyof DDSPNodeEventMap> = (this: DDSPNode, event: DDSPNodeEventMap[K]) => unknown;

/** A parameter for each control; ranges and defaults are those of the table of controls. */
export type ControlParams<Param = AudioParam> = { readonly [Name in keyof typeof CONTROLS]: Param };

/** What the nodes of every host can do, whatever its AudioNode is. */
export interface InstrumentNode {
  /** Seconds between the input and its output. */
  readonly latency: number;
  /** Seconds that sound after the input has ended, latency not counted. */
  readonly tailTime: number;
  /** The model that plays, without its tensors. */
  readonly model: ModelInfo;
  /**
   * Changes the instrument while it sounds. Resolves when the new one runs beside the old one. About 0.2 s later
   * the sound crosses over to it within 20 ms (longer where the old one's frames are longer), and the old one's
   * reverb rings on. Several calls take effect in their order.
   *
   * With the slot `b` it is the second instrument, to which `morph` leads; null takes that one away.
   *
   * @throws (rejects) when the model cannot be loaded or played, or the context is closed; the old one then plays on
   */
  setModel(input: ModelInput | null, options?: SetModelOptions): Promise<void>;
  /**
   * Changes how register and level are matched, from the next frame on. An option that is left out is `auto`.
   *
   * @throws OptionError that names the option
   */
  setMatching(options: MatchingOptions): void;
  /**
   * Begins a note. It is heard one hop later, exact to the sample.
   * @param note MIDI note number, 0 to 127; fractions are microtones
   * @param velocity 1 (the softest that the model learned) over 64 (its usual loudness) to 127 (the loudest); default 100
   * @param time context seconds; default, and in the past: now
   * @throws OptionError for a value out of range; DdspError `no-voices` for a node without voices
   */
  noteOn(note: number, velocity?: number, time?: number): void;
  /** Releases a note. */
  noteOff(note: number, time?: number): void;
  /**
   * Takes MIDI 1.0 bytes: notes, bend, pressure, pedals, controllers, MPE. Anything else is skipped.
   * @param bytes one message, several, or a part of one
   */
  midi(bytes: ArrayLike<number>, time?: number): void;
  /** Releases all notes, sustained ones too. */
  allNotesOff(time?: number): void;
  /** Stops all notes at once, and forgets those whose time has not come. */
  panic(): void;
  /**
   * What is known of the player (forte, pitches, levels) as plain data, to be saved and set again later. Setting it
   * matches the player from the next frame on; null forgets the player.
   *
   * @throws OptionError that names the field, for anything but what this gave
   */
  get player(): Promise<PlayerData>;
  set player(data: PlayerData | null);
  /**
   * Measures the player's forte: sing or play loudly once within the next `seconds`, 0.5 to 60. Works while matching
   * is locked, too. The context must run.
   *
   * @returns what is known of the player then
   * @throws (rejects with) OptionError for another number, DdspError `calibration` if hardly a note was heard
   */
  calibrate(seconds: number): Promise<PlayerData>;
  /** Ends the node: it is disconnected, and its processor may be collected. It cannot be used again. */
  dispose(): void;
}

/**
 * One input (any number of channels, averaged), one mono output. Create it with {@link DDSPNodeClass.create}, connect
 * it like any AudioNode, and end it with {@link InstrumentNode.dispose}. Until then it runs, with or without an input,
 * because its tail rings on.
 */
export interface DDSPNode extends AudioWorkletNode, ControlParams, InstrumentNode {
  addEventListener<K extends keyof DDSPNodeEventMap>(
    type: K,
    listener: NodeListener<K>,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof DDSPNodeEventMap>(
    type: K,
    listener: NodeListener<K>,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

export interface SetModelOptions {
  /** `a`: what plays; `b`: what {@link DDSPNode.morph} leads to; default `a` */
  readonly slot?: 'a' | 'b';
  /** aborts loading */
  readonly signal?: AbortSignal;
}

export interface DDSPNodeClass {
  readonly prototype: DDSPNode;
  /**
   * Loads the model and the worklet, and resolves when the processor can play.
   *
   * @param context a context that is not closed
   * @throws (rejects with) a DdspError that says why and what to do; nothing is left behind then
   */
  create(context: BaseAudioContext, options: DDSPNodeOptions): Promise<DDSPNode>;
}

/** What a class of nodes needs of the library whose contexts it lives in. */
export interface Host {
  /** the class to extend; a server has none, and importing must do no harm there */
  readonly AudioWorkletNode: typeof AudioWorkletNode | undefined;
  /** @throws DdspError for anything but a context of this host that can play */
  checkContext(context: BaseAudioContext): void;
  /** @param url where the page serves the worklet file; null: a Blob of the source built into this package */
  loadWorklet(context: BaseAudioContext, url: string | null): Promise<void>;
}

/** An event that tells of the input. */
interface Heard {
  readonly feed: PolledFeed;
  readonly listeners: ListenerCount;
}

interface Waiting {
  resolve(reply: Reply & { type: 'ready' | 'missing' | 'player' }): void;
  reject(reason: unknown): void;
}

const GROUPS = [
  { name: 'listening', keys: LISTENING_KEYS },
  { name: 'matching', keys: MATCHING_KEYS },
];
const KEYS = ['model', 'listening', 'matching', 'player', 'voices', 'mode', 'workletUrl', 'signal'];
const VOICES = { minimum: 0, maximum: 64, whole: true };
const NOTE = { minimum: 0, maximum: 127 };
const VELOCITY = { minimum: 1, maximum: 127 };
const TIME = { minimum: 0, maximum: Number.MAX_VALUE, unit: 's' };

/** The class of nodes for a host: native Web Audio, or a library that wraps it. */
export function ddspNodeClass(host: Host): DDSPNodeClass {
  const Base = (host.AudioWorkletNode ?? class {}) as new (
    ...args: ConstructorParameters<typeof AudioWorkletNode>
  ) => AudioWorkletNode & ControlParams;

  class DDSPNode extends Base {
    readonly #preparation: Preparation;
    readonly #listening: ListeningOptions;
    readonly #voices: number;
    readonly #heard: Readonly<Record<HeardEvent, Heard>>;
    readonly #waiting = new Map<number, Waiting>();
    #requests = 0;
    /** the model that it was created with */
    readonly #first: ModelInfo;
    /** kept so that other nodes of the same model find it */
    #instrument: Instrument | null = null;
    /** what `morph` leads to */
    #other: Instrument | null = null;
    #latency = 0;
    #tail = 0;
    #lastChange: Promise<void> = Promise.resolve();
    /** why it can play nothing any more */
    #failure: Error | null = null;
    #disposed = false;

    static async create(context: BaseAudioContext, options: DDSPNodeOptions): Promise<DDSPNode> {
      checkKeys('', options, KEYS, GROUPS);
      const { signal, listening: heard = {} } = options;
      const url = options.workletUrl === undefined ? null : String(options.workletUrl);
      host.checkContext(context);
      const matched = matching(options.matching);
      const player = options.player === undefined ? null : checkPlayerData(options.player);
      const { voices = 0, mode = 'poly' } = options;
      checkNumber('voices', voices, VOICES);
      checkMode(mode);
      checkKeys('listening', heard, LISTENING_KEYS);
      const binary = playableBinary();
      signal?.throwIfAborted();
      const loading = host.loadWorklet(context, url).then(() => loadPreparation(url));
      const load = async () => {
        const [preparation, model] = await Promise.all([
          loading,
          resolveModel(options.model, loading, signal),
        ]);
        listening(model.analysis, model.sampleRate, heard);
        return { preparation, instrument: await preparation.instrumentFor(model, context.sampleRate) };
      };
      const { preparation, instrument } = await until(load(), context, signal);
      const answer = sendInstruments(context, [instrument], async (message) => {
        const node = construct(
          context,
          {
            binary,
            instrument: message,
            listening: heard,
            matching: matched,
            player,
            voices,
            mode,
          },
          preparation,
          url,
        );
        try {
          await until(node.#expect(0, [instrument]), context, signal);
        } catch (error) {
          node.dispose();
          throw error;
        }
        return node;
      });
      return until(answer, context, signal);
    }

    constructor(context: BaseAudioContext, options: ProcessorOptions, preparation: Preparation) {
      super(context, PROCESSOR_NAME, {
        numberOfInputs: 1,
        numberOfOutputs: 1,
        outputChannelCount: [1],
        processorOptions: options,
      });
      for (const name of CONTROL_NAMES) {
        (this as Record<ControlName, AudioParam>)[name] = this.parameters.get(name) as AudioParam;
      }
      this.#first = options.instrument.model;
      this.#preparation = preparation;
      this.#listening = options.listening;
      this.#voices = options.voices;
      this.#heard = {
        analysis: this.#hear('analysis', FRAME_VALUES, analysisFrame),
        note: this.#hear('note', NOTE_VALUES, noteEvent),
      };
      this.port.onmessage = (event: MessageEvent<Reply>) => this.#receive(event.data);
      // Chromium calls the event `error`, though its handler is `onprocessorerror` (which stays the page's)
      for (const type of ['processorerror', 'error']) {
        super.addEventListener(type, (event: Event) => {
          this.#fail(failures.processorFailed(event instanceof ErrorEvent ? event.message : ''));
        });
      }
    }

    get latency(): number {
      return this.#latency / this.context.sampleRate;
    }

    get tailTime(): number {
      return this.#tail / this.context.sampleRate;
    }

    get model(): ModelInfo {
      return this.#instrument?.model ?? this.#first;
    }

    async setModel(input: ModelInput | null, options: SetModelOptions = {}): Promise<void> {
      checkKeys('', options, ['slot', 'signal']);
      const { slot = 'a', signal } = options;
      if (slot !== 'a' && slot !== 'b')
        throw new OptionError('slot', `expected 'a' or 'b', found ${show(slot)}`);
      if (input === null && slot === 'a')
        throw new OptionError('model', 'is missing', { remedy: 'only the slot b can be empty' });
      const before = this.#lastChange;
      const loading = input === null ? Promise.resolve(null) : resolveModel(input, this.#preparation, signal);
      const change = until(this.#change(loading, slot, before), this.context, signal);
      this.#lastChange = change.catch(() => {});
      return change;
    }

    setMatching(options: MatchingOptions): void {
      this.#send({ type: 'matching', matching: matching(options) });
    }

    get player(): Promise<PlayerData> {
      return this.#askPlayer({}).then(({ player }) => player);
    }

    set player(data: PlayerData | null) {
      const checked = data === null ? null : checkPlayerData(data);
      // a failure to answer is reported where the player is read
      this.#askPlayer({ data: checked }).catch(() => {});
    }

    async calibrate(seconds: number): Promise<PlayerData> {
      checkNumber('seconds', seconds, { minimum: 0.5, maximum: 60, unit: 's' });
      let { calibration, player } = await this.#askPlayer({ calibrate: seconds });
      while (calibration === 'listening') {
        await new Promise((resolve) => setTimeout(resolve, CALIBRATION_MS));
        ({ calibration, player } = await this.#askPlayer({}));
      }
      if (calibration !== 'done') throw failures.nothingHeard();
      return player;
    }

    noteOn(note: number, velocity = 100, time?: number): void {
      checkNumber('velocity', velocity, VELOCITY);
      this.#sendNote(true, note, velocity, time);
    }

    noteOff(note: number, time?: number): void {
      this.#sendNote(false, note, 0, time);
    }

    midi(bytes: ArrayLike<number>, time?: number): void {
      this.#sendNotes({ type: 'midi', bytes: Uint8Array.from(bytes), time: checkTime(time) });
    }

    allNotesOff(time?: number): void {
      this.#sendNotes({ type: 'allNotesOff', time: checkTime(time) });
    }

    panic(): void {
      this.#sendNotes({ type: 'panic' });
    }

    dispose(): void {
      if (this.#disposed) return;
      this.#send({ type: 'dispose' });
      this.#disposed = true;
      this.#fail(failures.disposed());
      this.disconnect();
      this.port.onmessage = null;
      this.port.close();
    }

    override addEventListener(
      type: string,
      listener: EventListenerOrEventListenerObject,
      options?: boolean | AddEventListenerOptions,
    ): void {
      super.addEventListener(type, listener, options);
      if (isHeard(type)) this.#heard[type].listeners.add(listener, options);
    }

    override removeEventListener(
      type: string,
      listener: EventListenerOrEventListenerObject,
      options?: boolean | EventListenerOptions,
    ): void {
      super.removeEventListener(type, listener, options);
      if (isHeard(type)) this.#heard[type].listeners.remove(listener, options);
    }

    async #change(loading: Promise<Model | null>, slot: 'a' | 'b', before: Promise<void>): Promise<void> {
      const [model] = await Promise.all([loading, before]);
      const { sampleRate } = this.context;
      const { instrumentFor } = this.#preparation;
      if (model) listening(model.analysis, model.sampleRate, this.#listening);
      const first = slot === 'a' && model ? await instrumentFor(model, sampleRate) : this.#instrument!;
      const second = slot === 'b' ? model : (this.#other?.source as Model | undefined);
      const instruments = second ? [first, await instrumentFor(second, sampleRate, first.hop)] : [first];
      if (this.#failure) throw this.#failure;
      const id = ++this.#requests;
      await sendInstruments(this.context, instruments, (instrument, other) => {
        const answer = this.#expect(id, instruments);
        this.#send({ type: 'model', id, instrument, other: other ?? null });
        return answer;
      });
    }

    #sendNote(on: boolean, note: number, velocity: number, time: number | undefined): void {
      checkNumber('note', note, NOTE);
      this.#sendNotes({ type: 'note', on, note, velocity, time: checkTime(time) });
    }

    #sendNotes(request: Request): void {
      if (this.#voices === 0) throw failures.noVoices();
      this.#send(request);
    }

    #send(request: Request, transfer: Transferable[] = []): void {
      if (!this.#disposed) this.port.postMessage(request, transfer);
    }

    /** Waits for the processor's answer to request `id`, which was to play one instrument, or two. */
    async #expect(id: number, instruments: readonly Instrument[]): Promise<void> {
      let answer = await this.#answer(id);
      if (answer.type === 'missing') {
        const again = this.#answer(id);
        const [instrument, other] = instruments.map((each) => instrumentMessage(this.context, each, true));
        this.#send({ type: 'model', id, instrument, other: other ?? null });
        answer = await again;
      }
      if (answer.type !== 'ready') throw failures.setupFailed('model', 'its tables were lost');
      this.#instrument = instruments[0];
      this.#other = instruments[1] ?? null;
      this.#latency = answer.latency;
      this.#tail = answer.tail;
    }

    async #askPlayer(request: { data?: PlayerData | null; calibrate?: number }) {
      if (this.#failure) throw this.#failure;
      const id = ++this.#requests;
      const answer = this.#answer(id);
      this.#send({ type: 'player', id, ...request });
      return (await answer) as Reply & { type: 'player' };
    }

    async #answer(id: number): Promise<Reply & { type: 'ready' | 'missing' | 'player' }> {
      let timer: ReturnType<typeof setTimeout> | undefined;
      try {
        return await new Promise((resolve, reject) => {
          this.#waiting.set(id, { resolve, reject });
          timer = setTimeout(() => reject(failures.noAnswer(ANSWER_SECONDS)), ANSWER_SECONDS * 1000);
        });
      } finally {
        clearTimeout(timer);
        this.#waiting.delete(id);
      }
    }

    #receive(reply: Reply): void {
      switch (reply.type) {
        case 'ready':
        case 'missing':
        case 'player':
          this.#waiting.get(reply.id)?.resolve(reply);
          break;
        case 'error':
          this.#waiting.get(reply.id)?.reject(failures.setupFailed(reply.stage, reply.message));
          break;
        case 'heard':
          this.#heard[reply.event].feed.receive(reply.entries, reply.count);
          break;
      }
    }

    /** What the page asks of a log as long as it listens to the event. */
    #hear(event: HeardEvent, width: number, detail: (entry: Float64Array) => object): Heard {
      const feed = new PolledFeed(
        width,
        (entries) => this.#send({ type: 'heard', event, entries }, [entries.buffer]),
        (entry) => {
          this.dispatchEvent(new CustomEvent(event, { detail: detail(entry) }));
          listeners.dispatched();
        },
      );
      const listeners = new ListenerCount(
        () => feed.start(),
        () => feed.stop(),
      );
      return { feed, listeners };
    }

    #fail(reason: Error): void {
      this.#failure ??= reason;
      for (const { feed } of Object.values(this.#heard)) feed.stop();
      for (const waiting of this.#waiting.values()) waiting.reject(reason);
    }
  }

  function construct(
    context: BaseAudioContext,
    options: ProcessorOptions,
    preparation: Preparation,
    url: string | null,
  ): DDSPNode {
    try {
      return new DDSPNode(context, options, preparation);
    } catch (cause) {
      throw failures.notRegistered(url, cause);
    }
  }

  return DDSPNode;
}

function isHeard(type: string): type is HeardEvent {
  return type === 'analysis' || type === 'note';
}

/** @returns context seconds, null: now */
function checkTime(time: number | undefined): number | null {
  return time === undefined ? null : checkNumber('time', time, TIME);
}

function playableBinary(): BufferSource {
  if (typeof WebAssembly === 'undefined') throw failures.noSimd();
  const binary = playBinary();
  if (!WebAssembly.validate(binary)) throw failures.noSimd();
  return binary;
}
