/**
 * The AudioWorkletProcessor: hands the host's blocks to the player and its messages to whom they concern.
 *
 * All of it runs on the audio thread. The constructor and the message handler may allocate (an engine
 * is built there); `process` may not: no object, no view, no closure, no message.
 */

import type { ListeningOptions } from '../src/analysis/listening';
import type { Table } from '../src/dsp/heap';
import type { Metadata } from '../src/model/schema';
import { Engine } from '../src/play/engine';
import { FRAME_VALUES } from '../src/play/frame-log';
import { PlayerProfile } from '../src/play/matching/profile';
import { Player } from '../src/play/player';
import {
  PROCESSOR_NAME,
  PROTOCOL_VERSION,
  type ProcessorOptions,
  type Reply,
  type Request,
} from '../src/web/protocol';

/** Hosts may render any number of frames at once; longer quanta are taken in pieces of this many. */
const PIECE = 512;

type Parameters = Record<string, Float32Array>;

class DDSPProcessor extends AudioWorkletProcessor {
  /** Values are taken once a frame, at its very sample: a frame may end anywhere in a quantum. */
  static get parameterDescriptors() {
    const automationRate = 'a-rate';
    return [
      { name: 'pitchShift', defaultValue: 0, minValue: -24, maxValue: 24, automationRate },
      { name: 'harmonics', defaultValue: 1, minValue: 0, maxValue: 2, automationRate },
      { name: 'noise', defaultValue: 1, minValue: 0, maxValue: 2, automationRate },
      { name: 'reverb', defaultValue: 0.5, minValue: 0, maxValue: 1, automationRate },
      { name: 'gain', defaultValue: 1, minValue: 0, maxValue: 4, automationRate },
    ];
  }

  readonly #player = new Player(sampleRate);
  readonly #profile = new PlayerProfile();
  readonly #mono = new Float32Array(PIECE);
  readonly #sound = new Float32Array(PIECE);
  #module: WebAssembly.Module | null = null;
  #listening: ListeningOptions = {};
  /** context frame at which the player's sample 0 was played */
  #start = 0;
  #alive = true;

  constructor(options: { processorOptions: ProcessorOptions }) {
    super();
    this.port.onmessage = (event: MessageEvent) => this.#receive(event.data as Request);
    const { version, binary, model, tables, listening, matching } = options.processorOptions;
    this.#listening = listening;
    this.#player.controls.matching = matching;
    if (version !== PROTOCOL_VERSION) {
      this.#reply({
        type: 'error',
        id: 0,
        stage: 'version',
        message: `${PROTOCOL_VERSION} is not ${version}`,
      });
      return;
    }
    try {
      this.#module = new WebAssembly.Module(binary);
    } catch (error) {
      this.#reply({ type: 'error', id: 0, stage: 'kernels', message: String(error) });
      return;
    }
    this.#play(0, model, tables);
  }

  /**
   * Mono: the average of the input's channels in, the same samples to every channel of the output.
   * Stays alive until disposed: the tail rings on after the input is gone, and a node may be given
   * another input at any time.
   */
  process(inputs: Float32Array[][], outputs: Float32Array[][], parameters: Parameters): boolean {
    const channels = outputs[0];
    if (!this.#alive || channels.length === 0) return this.#alive;
    const player = this.#player;
    this.#start = currentFrame - player.position;

    const input = inputs[0];
    const count = channels[0].length;
    const sound = this.#sound;
    for (let at = 0, n = 0; at < count; at += n) {
      n = Math.min(PIECE, count - at, player.untilFrame);
      this.#turn(parameters, at + n - 1);
      if (input.length > 0) downmix(input, at, n, this.#mono);
      player.process(input.length > 0 ? this.#mono : null, sound, 0, n);
      for (let c = 0; c < channels.length; c++) {
        const channel = channels[c];
        for (let i = 0; i < n; i++) channel[at + i] = sound[i];
      }
    }
    return true;
  }

  /** What the frame takes whose last sample is sample `at` of the quantum. A parameter that rests has one value. */
  #turn({ pitchShift, harmonics, noise, reverb, gain }: Parameters, at: number): void {
    const controls = this.#player.controls;
    controls.pitchShift = pitchShift[Math.min(at, pitchShift.length - 1)];
    controls.harmonics = harmonics[Math.min(at, harmonics.length - 1)];
    controls.noise = noise[Math.min(at, noise.length - 1)];
    controls.reverb = reverb[Math.min(at, reverb.length - 1)];
    controls.gain = gain[Math.min(at, gain.length - 1)];
  }

  #receive(message: Request): void {
    switch (message.type) {
      case 'model':
        this.#play(message.id, message.model, message.tables);
        break;
      case 'matching':
        this.#player.controls.matching = message.matching;
        break;
      case 'analysis':
        this.#sendFrames(message.frames);
        break;
      case 'dispose':
        this.#alive = false;
        this.port.onmessage = null;
        break;
    }
  }

  #play(id: number, model: Metadata, tables: Table[]): void {
    if (!this.#module) return;
    try {
      const untold = { ...model, tensors: {} };
      const engine = new Engine(this.#module, untold, sampleRate, {
        tables,
        gradually: id > 0,
        profile: this.#profile,
        ...this.#listening,
      });
      this.#player.setEngine(engine);
      this.#reply({ type: 'ready', id, latency: engine.latency, tail: engine.tail });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#reply({ type: 'error', id, stage: 'model', message });
    }
  }

  #sendFrames(frames: Float64Array<ArrayBuffer>): void {
    const count = this.#player.log.drain(frames);
    for (let i = 0; i < count; i++) {
      frames[i * FRAME_VALUES] = (frames[i * FRAME_VALUES] + this.#start) / sampleRate;
    }
    this.#reply({ type: 'analysis', frames, count }, [frames.buffer]);
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

registerProcessor(PROCESSOR_NAME, DDSPProcessor);
