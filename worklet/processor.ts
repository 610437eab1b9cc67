/**
 * The AudioWorkletProcessor: hands the host's blocks to the crossfader and its messages to whom they concern.
 *
 * All of it runs on the audio thread. The constructor and the message handler may allocate (an engine
 * is built there); `process` may not: no object, no view, no closure, no message.
 */

import { LISTENING_KEYS, type ListeningOptions } from '../src/analysis/listening';
import { CONTROL_NAMES, CONTROLS, type ControlName } from '../src/controls';
import { messageOf } from '../src/errors';
import { checkKeys } from '../src/options';
import { Crossfader } from '../src/play/crossfader';
import { Engine } from '../src/play/engine';
import { FRAME_VALUES } from '../src/play/frame-log';
import { NOTE_VALUES } from '../src/play/heard-notes/note-tracker';
import { matching } from '../src/play/matching/options';
import { PlayerProfile } from '../src/play/matching/profile';
import { NoteInput } from '../src/play/notes/note-input';
import type { InstrumentMessage, ProcessorOptions, Reply, Request } from '../src/web/protocol';
import { releaseInstrument, takeInstruments } from './instruments';

/** Hosts may render any number of frames at once; longer quanta are taken in pieces of this many. */
const PIECE = 512;
/** Engines that a node can be playing: one fades out while the next takes over and a third waits. */
const IN_USE = 3;

type Parameters = Record<ControlName, Float32Array>;

/** The kernels, compiled once for all nodes of a context. */
let compiled: WebAssembly.Module | null = null;

/** A page runs this file, too, and has no processors. */
const Base = typeof AudioWorkletProcessor === 'undefined' ? (class {} as never) : AudioWorkletProcessor;

export class DDSPProcessor extends Base {
  /** Values are taken once a frame, at its very sample: a frame may end anywhere in a quantum. */
  static get parameterDescriptors() {
    return CONTROL_NAMES.map((name) => {
      const { minimum, maximum, default: defaultValue } = CONTROLS[name];
      return { name, defaultValue, minValue: minimum, maxValue: maximum, automationRate: 'a-rate' as const };
    });
  }

  readonly #crossfader = new Crossfader(sampleRate);
  readonly #profile = new PlayerProfile();
  readonly #mono = new Float32Array(PIECE);
  readonly #sound = new Float32Array(PIECE);
  /** null: it plays no notes */
  #notes: NoteInput | null = null;
  #voices = 0;
  #listening: ListeningOptions = {};
  /** keys of the instruments of the engines that this node may be playing, the newest last */
  readonly #instruments: (readonly string[])[] = [];
  /** context frame at which the crossfader's sample 0 was played */
  #start = 0;
  #alive = true;

  constructor(options: { processorOptions: ProcessorOptions }) {
    super();
    this.port.onmessage = (event: MessageEvent) => this.#receive(event.data);
    const { binary, instrument, listening, matching, player, voices, mode } = options.processorOptions;
    this.#listening = listening;
    this.#crossfader.matching = matching;
    if (player) this.#profile.restore(player);
    this.#voices = voices;
    if (voices > 0) this.#notes = new NoteInput({ mode });
    try {
      compiled ??= new WebAssembly.Module(binary);
    } catch (error) {
      this.#reply({ type: 'error', id: 0, stage: 'kernels', message: String(error) });
      return;
    }
    this.#play(0, [instrument]);
  }

  /**
   * Mono: the average of the input's channels in, the same samples to every channel of the output.
   * Stays alive until disposed: the tail rings on after the input is gone, and a node may be given
   * another input at any time.
   */
  process(inputs: Float32Array[][], outputs: Float32Array[][], parameters: Parameters): boolean {
    const channels = outputs[0];
    if (!this.#alive || channels.length === 0) return this.#alive;
    const crossfader = this.#crossfader;
    this.#start = currentFrame - crossfader.position;

    const input = inputs[0];
    const count = channels[0].length;
    const sound = this.#sound;
    for (let at = 0, n = 0; at < count; at += n) {
      n = Math.min(PIECE, count - at, crossfader.untilBlock);
      this.#turn(parameters, at + n - 1);
      if (input.length > 0) downmix(input, at, n, this.#mono);
      crossfader.process(input.length > 0 ? this.#mono : null, sound, 0, n);
      for (let c = 0; c < channels.length; c++) {
        const channel = channels[c];
        for (let i = 0; i < n; i++) channel[at + i] = sound[i];
      }
    }
    return true;
  }

  /** What the frame takes whose last sample is sample `at` of the quantum. A parameter at rest has one value. */
  #turn(parameters: Parameters, at: number): void {
    const { values } = this.#crossfader.controls;
    for (let i = 0; i < CONTROL_NAMES.length; i++) {
      const parameter = parameters[CONTROL_NAMES[i]];
      values[i] = parameter[Math.min(at, parameter.length - 1)];
    }
  }

  /** Anything may arrive on the port of a page's node: what is not a request is ignored. */
  #receive(message: Partial<Request> | null | undefined): void {
    try {
      this.#answer(message as Request);
    } catch {
      // a request of another shape than the protocol's
    }
  }

  #answer(message: Request): void {
    switch (message.type) {
      case 'model':
        this.#play(message.id, message.other ? [message.instrument, message.other] : [message.instrument]);
        break;
      case 'matching':
        this.#crossfader.matching = matching(message.matching);
        break;
      case 'player':
        this.#sendPlayer(message);
        break;
      case 'midi':
        this.#notes?.midi(this.#sampleAt(message.time), message.bytes);
        break;
      case 'note':
        if (message.on) this.#notes?.noteOn(this.#sampleAt(message.time), message.note, message.velocity);
        else this.#notes?.noteOff(this.#sampleAt(message.time), message.note);
        break;
      case 'allNotesOff':
        this.#notes?.allNotesOff(this.#sampleAt(message.time));
        break;
      case 'panic':
        this.#notes?.panic();
        break;
      case 'heard':
        this.#sendHeard(message);
        break;
      case 'dispose':
        this.#alive = false;
        this.port.onmessage = null;
        for (const key of this.#instruments.flat()) releaseInstrument(key);
        break;
    }
  }

  /** @param messages the instrument, and the one that `morph` leads to */
  #play(id: number, messages: readonly InstrumentMessage[]): void {
    if (!compiled) return;
    const keys = messages.map(({ key }) => key);
    let taken = false;
    try {
      for (const message of messages) checkKeys('instrument', message, ['key', 'model', 'hop', 'tables']);
      checkKeys('listening', this.#listening, LISTENING_KEYS);
      const instruments = takeInstruments(messages);
      if (!instruments) {
        this.#reply({ type: 'missing', id });
        return;
      }
      taken = true;
      const [instrument, other] = instruments;
      const engine = new Engine(compiled, instrument, {
        other,
        listening: this.#listening,
        voices: 2 * this.#voices,
        gradually: true,
        profile: this.#profile,
      });
      this.#notes?.connect(engine, instrument);
      this.#crossfader.setEngine(engine);
      this.#instruments.push(keys);
      if (this.#instruments.length > IN_USE) this.#instruments.shift()!.forEach(releaseInstrument);
      this.#reply({ type: 'ready', id, latency: engine.latency, tail: engine.tail });
    } catch (error) {
      if (taken) keys.forEach(releaseInstrument);
      this.#reply({ type: 'error', id, stage: 'model', message: messageOf(error) });
    }
  }

  /** @param time context seconds; null or in the past: now */
  #sampleAt(time: number | null): number {
    const now = this.#crossfader.position;
    return time === null ? now : Math.max(Math.round(time * sampleRate) - this.#start, now);
  }

  /** Entries begin with a sample of the crossfader, and in the reply with context seconds. */
  #sendHeard({ event, entries }: Request & { type: 'heard' }): void {
    if (!(entries instanceof Float64Array)) return;
    const { log, notes } = this.#crossfader;
    const [from, width] = event === 'note' ? [notes, NOTE_VALUES] : [log, FRAME_VALUES];
    const count = from.drain(entries);
    for (let i = 0; i < count; i++) entries[i * width] = (entries[i * width] + this.#start) / sampleRate;
    this.#reply({ type: 'heard', event, entries, count }, [entries.buffer]);
  }

  #sendPlayer({ id, data, calibrate }: Request & { type: 'player' }): void {
    const profile = this.#profile;
    if (data) profile.restore(data);
    else if (data === null) profile.clear();
    if (calibrate !== undefined) profile.calibrate(calibrate);
    this.#reply({ type: 'player', id, player: profile.save(), calibration: profile.calibration });
  }

  #reply(message: Reply, transfer: Transferable[] = []): void {
    this.port.postMessage(message, transfer);
  }
}

/** Average of all channels of `input`, `count` samples from `offset`, to the start of `mono`. */
function downmix(input: Float32Array[], offset: number, count: number, mono: Float32Array): void {
  const first = input[0];
  for (let i = 0; i < count; i++) mono[i] = first[offset + i];
  if (input.length === 1) return;
  for (let c = 1; c < input.length; c++) {
    const channel = input[c];
    for (let i = 0; i < count; i++) mono[i] += channel[offset + i];
  }
  const scale = 1 / input.length;
  for (let i = 0; i < count; i++) mono[i] *= scale;
}
