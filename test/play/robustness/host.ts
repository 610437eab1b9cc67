/**
 * Runs worklet/main.ts in Node as a browser would: globals of an AudioWorkletGlobalScope, messages that are
 * cloned, quanta of samples. Several hosts (contexts) can take turns.
 */

import type { ListeningOptions } from '../../../src/analysis/listening';
import { playBinary } from '../../../src/dsp/play-module';
import type { Model } from '../../../src/model/model';
import type { Instrument } from '../../../src/play/instrument';
import { type MatchingSettings, UNMATCHED } from '../../../src/play/matching/options';
import type { ProcessorOptions, Reply, Request } from '../../../src/web/protocol';
import { instrumentMessage } from '../../../src/web/sent-instruments';
import { instrumentFor } from '../../support/instruments';

interface Port {
  onmessage: ((event: { data: Request }) => void) | null;
  postMessage(reply: Reply, transfer: Transferable[]): void;
}

interface Processor {
  readonly port: Port;
  process(
    inputs: Float32Array[][],
    outputs: Float32Array[][],
    parameters: Record<string, Float32Array>,
  ): boolean;
}

interface Descriptor {
  readonly name: string;
  readonly defaultValue: number;
  readonly minValue: number;
  readonly maxValue: number;
  readonly automationRate: string;
}

interface ProcessorClass {
  readonly parameterDescriptors: readonly Descriptor[];
  new (options: { processorOptions: ProcessorOptions }): Processor;
}

/** What a worklet finds in its global scope. */
interface Scope {
  AudioWorkletProcessor: unknown;
  registerProcessor(name: string, processor: ProcessorClass): void;
  sampleRate: number;
  currentFrame: number;
}

const scope = globalThis as unknown as Scope;
let registered: ProcessorClass | undefined;
/** where the processor that is being constructed puts what it says */
let receiving: Reply[] = [];

async function processorClass(): Promise<ProcessorClass> {
  if (registered) return registered;
  scope.AudioWorkletProcessor = class {
    readonly port: Port;

    constructor() {
      const replies = receiving;
      this.port = {
        onmessage: null,
        postMessage: (reply, transfer) => replies.push(structuredClone(reply, { transfer })),
      };
    }
  };
  scope.registerProcessor = (_, processor) => {
    registered = processor;
  };
  // not a literal: its types are those of a worklet, which this program has not
  const source = '../../../worklet/main.ts';
  await import(source);
  if (!registered) throw new Error('the worklet registered no processor');
  return registered;
}

/** What a node would send. */
export type Prepared = Instrument;

export function prepare(model: Model, sampleRate: number): Promise<Prepared> {
  return instrumentFor(model, sampleRate);
}

/**
 * One processor in a context of its own. All contexts share the worklet's instruments, as those of one context do,
 * because the module is loaded once.
 */
export class Host {
  readonly parameters: Record<string, Float32Array> = {};
  readonly descriptors: readonly Descriptor[];
  /** what the processor has said, for the test to read and empty */
  readonly replies: Reply[] = [];
  currentFrame = 0;
  readonly #processor: Processor;
  readonly #outputs: Float32Array[][];
  #requests = 0;

  private constructor(
    readonly sampleRate: number,
    Processor: ProcessorClass,
    prepared: Prepared,
    listening: ListeningOptions,
    matching: MatchingSettings,
    channels: number,
    readonly quantum: number,
    voices: number,
  ) {
    scope.sampleRate = sampleRate;
    scope.currentFrame = 0;
    this.descriptors = Processor.parameterDescriptors;
    for (const { name, defaultValue } of this.descriptors)
      this.parameters[name] = Float32Array.of(defaultValue);
    const processorOptions = structuredClone({
      binary: playBinary(),
      instrument: instrumentMessage(scope, prepared),
      listening,
      matching,
      player: null,
      voices,
      mode: 'poly' as const,
    });
    receiving = this.replies;
    this.#processor = new Processor({ processorOptions });
    this.#sendMissing(0, prepared);
    this.#outputs = [Array.from({ length: channels }, () => new Float32Array(quantum))];
  }

  static async create(
    sampleRate: number,
    prepared: Prepared,
    { listening = {}, matching = UNMATCHED, channels = 1, quantum = 128, voices = 0 } = {},
  ): Promise<Host> {
    const Processor = await processorClass();
    return new Host(sampleRate, Processor, prepared, listening, matching, channels, quantum, voices);
  }

  /** What the last quantum gave, one array a channel; written anew by the next. */
  get output(): readonly Float32Array[] {
    return this.#outputs[0];
  }

  /** Plays one quantum. @param inputs as `process` takes them: one input, its channels */
  render(inputs: Float32Array[][]): boolean {
    scope.sampleRate = this.sampleRate;
    scope.currentFrame = this.currentFrame;
    const alive = this.#processor.process(inputs, this.#outputs, this.parameters);
    this.currentFrame += this.quantum;
    return alive;
  }

  send(request: Request, transfer: Transferable[] = []): void {
    scope.sampleRate = this.sampleRate;
    scope.currentFrame = this.currentFrame;
    this.#processor.port.onmessage?.({ data: structuredClone(request, { transfer }) });
  }

  /**
   * Changes the model as a node does: with its tables where the context has not received them.
   * @param other what `morph` leads to, at the same hop
   */
  swap(prepared: Prepared, other: Prepared | null = null): void {
    const id = ++this.#requests;
    this.#sendModels(id, prepared, other, false);
    this.#sendMissing(id, prepared, other);
  }

  /** Answers `missing`, as a node does. */
  #sendMissing(id: number, prepared: Prepared, other: Prepared | null = null): void {
    const last = this.replies.at(-1);
    if (last?.type !== 'missing' || last.id !== id) return;
    this.replies.pop();
    this.#sendModels(id, prepared, other, true);
  }

  #sendModels(id: number, prepared: Prepared, other: Prepared | null, complete: boolean): void {
    const instrument = instrumentMessage(scope, prepared, complete);
    this.send({
      type: 'model',
      id,
      instrument,
      other: other && instrumentMessage(scope, other, complete),
    });
  }
}
