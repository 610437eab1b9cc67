/**
 * An instrument is the part that all engines of one model share at one sample rate. It consists of the planned graph
 * and the tables that set-up computes from the model's tensors. Once prepared it is immutable, and it has no state of a
 * sound.
 */

import { DECODER_PREFIX, type DecoderConfig } from '../decoder/config';
import { Decoder } from '../decoder/decoder';
import type { Heap } from '../dsp/heap';
import type { Table } from '../dsp/tables';
import { Tables } from '../dsp/tables';
import { ModelError } from '../model/errors';
import type { Model } from '../model/model';
import type { Metadata } from '../model/schema';
import { checkNumber } from '../options';
import { planSynth, type SynthPlan } from '../synth/graph';
import type { SynthContext } from '../synth/stream';
import { checkCost } from './cost';
import { networkNeeded } from './network-decoder';
import { FrameValues } from './sources/frame-values';

/** The limits of Web Audio are wider, but no useful rate lies outside these. */
const SAMPLE_RATES = { minimum: 8000, maximum: 384_000, unit: 'Hz' };

export class Instrument {
  readonly model: Metadata;
  readonly plan: SynthPlan;
  readonly frame: FrameValues;
  readonly tables: Tables;
  /** H, samples from frame to frame */
  readonly hop: number;
  /**
   * the model it was made from; this reference keeps the model alive with the instrument, so that it can be found again
   */
  readonly source: Model | Metadata;

  /**
   * @param model with its tensors, or without them if all tables exist already
   * @param sampleRate of the context, Hz; hop, window, noise filters and responses depend on it
   * @param hop of the engine that plays it; default: from the model's frame rate
   * @param complete tables that another instrument of the same model and rate has computed
   * @throws OptionError for a sample rate out of range
   * @throws SynthGraphError for a graph that cannot be built
   * @throws ModelError `too-costly` for a model beyond the budget
   */
  constructor(
    model: Model | Metadata,
    readonly sampleRate: number,
    complete?: ReadonlyMap<string, Table>,
    hop?: number,
  ) {
    checkNumber('sampleRate', sampleRate, SAMPLE_RATES);
    this.hop = hop ?? hopOf(model, sampleRate);
    if (!complete) checkCost(model, sampleRate, this.hop);
    const { tensors: _, ...metadata } = model as Model;
    this.model = metadata;
    this.source = model;
    this.plan = planSynth(model.synth);
    this.frame = new FrameValues(model.decoder as DecoderConfig);
    this.tables = new Tables(complete);
  }

  /** A learned tensor by its name. It is not called if all tables exist. */
  tensor(name: string): Float32Array {
    const tensor = 'tensors' in this.source ? this.source.tensors[name] : undefined;
    if (!tensor)
      throw new ModelError('missing-tensor', `this model cannot be played: its tensor ${name} is missing`);
    return tensor;
  }

  /** The context for the streams of its graph. */
  context(heap: Heap, seed: number): SynthContext {
    const { sampleRate, hop } = this;
    const tensor = (name: string) => this.tensor(name);
    return { heap, sampleRate, modelRate: this.model.sampleRate, hop, seed, tensor };
  }

  /**
   * The decoder, for any number of voices. Set-up only.
   * @throws ModelError `network` if the decoder is a network in another file
   */
  decoder(heap: Heap): Decoder {
    const { network } = this.model.decoder;
    if (network !== undefined) throw networkNeeded(network);
    const shape = { ...this.model.decoder, outputs: this.plan.outputs };
    return new Decoder(heap, (name) => this.decoderTensor(name), shape);
  }

  /** A tensor of the decoder. */
  decoderTensor(name: string): Float32Array {
    return this.tensor(DECODER_PREFIX + name);
  }
}

/** H, samples between frames of a model in a context. */
export function hopOf({ frameRate }: Pick<Metadata, 'frameRate'>, sampleRate: number): number {
  return Math.round(sampleRate / frameRate);
}
