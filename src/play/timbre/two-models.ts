/**
 * The sound of two models and of mixtures between them. The control `morph` moves from one (0) to the other (1).
 *
 * Every voice runs both decoders on the same pitch. If the voices of both models have the same processors, one synth
 * plays controls that lie between the two, on a logarithmic scale. Otherwise two synths play in phase. Each model's
 * reverb processes the sum of the voices. The two results are mixed, and the level of the mix is kept between theirs.
 */

import { CONTROL_INDEX } from '../../controls';
import type { Decoder } from '../../decoder/decoder';
import { DecoderStream } from '../../decoder/decoder';
import type { Heap, Pointer } from '../../dsp/heap';
import type { SynthPlan } from '../../synth/graph';
import { SharedSynth, synthLookahead, synthTail, VoiceSynth } from '../../synth/stream';
import type { Instrument } from '../instrument';
import { commonPlan, Padded } from './blending';
import { LevelKeeper } from './level-keeper';
import { OtherInputs } from './other-inputs';
import { OwnRateDecoder } from './own-rate';
import type { Timbre, VoiceTimbre } from './timbre';
import { BlendedVoice, PairedVoice } from './two-voices';

/** One of the two models in an engine. */
interface Part {
  readonly instrument: Instrument;
  readonly decoder: Decoder;
  readonly shared: SharedSynth;
}

export class TwoModels implements Timbre {
  readonly sums: readonly Pointer[];
  readonly output: Pointer;
  readonly lookahead: number;
  readonly tail: number;
  readonly #heap: Heap;
  readonly #hop: number;
  readonly #one: Part;
  readonly #other: Part;
  readonly #common: SynthPlan | null;
  readonly #mixed: Pointer;
  readonly #level: LevelKeeper;
  #morph = Number.NaN;

  /** @param other with the same sample rate and hop as `one` */
  constructor(heap: Heap, one: Instrument, other: Instrument, seed: number) {
    const both = [one, other].map(({ plan }) => plan);
    this.#heap = heap;
    this.#hop = one.hop;
    this.#common = commonPlan(one, other);
    this.lookahead = Math.max(
      ...both.map((plan, i) => synthLookahead(plan, [one, other][i].context(heap, seed))),
    );
    this.tail = Math.max(...both.map((plan, i) => synthTail(plan, [one, other][i].context(heap, seed))));
    this.#one = this.#part(one, seed);
    this.#other = heap.with(other.tables, () => this.#part(other, seed));
    const [sums, others] = [this.#one.shared.inputs, this.#other.shared.inputs];
    this.sums = this.#common ? sums : [...sums, ...others];
    this.output = heap.alloc(one.hop);
    this.#mixed = heap.alloc(one.hop);
    this.#level = new LevelKeeper(one.hop / one.sampleRate);
  }

  voice(seed: number): VoiceTimbre {
    const [one, other] = [this.#one, this.#other];
    const heap = this.#heap;
    const common = this.#common;
    const synth = ({ instrument }: Part, plan: SynthPlan) =>
      new VoiceSynth(plan, { ...instrument.context(heap, seed), lookahead: this.lookahead });
    const rates = [other, one].map(({ instrument }) => instrument.model.frameRate);
    const ofOther = heap.with(other.instrument.tables, () => ({
      decoder: new OwnRateDecoder(other.decoder, rates[0] / rates[1]),
      synth: common ? null : synth(other, other.instrument.plan),
    }));
    const decoders = {
      decoder: new DecoderStream(one.decoder),
      second: ofOther.decoder,
      inputs: new OtherInputs(one.instrument, other.instrument),
    };
    if (ofOther.synth) return new PairedVoice(decoders, synth(one, one.instrument.plan), ofOther.synth);
    const shared = common as SynthPlan;
    const padded = [one, other].map(({ instrument }) => new Padded(heap, instrument.plan, shared));
    const outputs = heap.alloc(Math.ceil(shared.outputs / 4) * 4);
    return new BlendedVoice(decoders, heap, synth(one, shared), padded, outputs, shared.outputs);
  }

  clear(): void {
    this.#one.shared.clear();
    this.#other.shared.clear();
  }

  step(controls: Float64Array): void {
    const { kernels } = this.#heap;
    const hop = this.#hop;
    const one = this.#one.shared;
    const other = this.#other.shared;
    if (this.#common) {
      for (let i = 0; i < one.inputs.length; i++) kernels.move(other.inputs[i], one.inputs[i], hop);
    }
    const reverb = controls[CONTROL_INDEX.reverb];
    one.turn('reverb', reverb);
    other.turn('reverb', reverb);
    one.step();
    other.step();
    const morph = controls[CONTROL_INDEX.morph];
    const before = Number.isNaN(this.#morph) ? morph : this.#morph;
    this.#morph = morph;
    kernels.move(this.output, one.output, hop);
    kernels.move(this.#mixed, other.output, hop);
    kernels.rampGain(this.output, 1 - before, 1 - morph, hop);
    kernels.rampGain(this.#mixed, before, morph, hop);
    kernels.addTo(this.output, this.#mixed, hop);
    this.#keepLevel(morph);
  }

  #keepLevel(morph: number): void {
    const { kernels } = this.#heap;
    const hop = this.#hop;
    const level = this.#level;
    const before = level.gain;
    const one = this.#one.shared;
    const other = this.#other.shared;
    level.next(
      kernels.power(one.output, hop),
      kernels.power(other.output, hop),
      kernels.power(this.output, hop),
      morph,
    );
    kernels.rampGain(this.output, before, level.gain, hop);
  }

  reset(): void {
    this.#one.shared.reset();
    this.#other.shared.reset();
    this.#level.reset();
    this.#morph = Number.NaN;
  }

  #part(instrument: Instrument, seed: number): Part {
    const context = { ...instrument.context(this.#heap, seed), lookahead: this.lookahead };
    return {
      instrument,
      decoder: instrument.decoder(this.#heap),
      shared: new SharedSynth(instrument.plan, context),
    };
  }
}
