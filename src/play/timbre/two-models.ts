/**
 * The sound of two models and of mixtures between them. The control `morph` moves from one (0) to the other (1).
 *
 * Every voice runs both decoders on the same pitch. If the voices of both models have the same processors, one synth
 * plays controls that lie between the two, on a logarithmic scale. Otherwise two synths play in phase. Each model's
 * reverb processes the sum of the voices. The two results are mixed, and the level of the mix is kept between theirs.
 */

import { LOUDNESS_FLOOR } from '../../analysis/config';
import { CONTROL_INDEX } from '../../controls';
import type { Decoder } from '../../decoder/decoder';
import { DecoderStream } from '../../decoder/decoder';
import type { Heap, Pointer } from '../../dsp/heap';
import type { Statistics } from '../../model/model';
import type { SynthPlan } from '../../synth/graph';
import { SharedSynth, synthLookahead, synthTail, VoiceSynth } from '../../synth/stream';
import type { Instrument } from '../instrument';
import { F0, LOUDNESS } from '../sources/source';
import { commonPlan, Padded } from './blending';
import { LevelKeeper } from './level-keeper';
import { turn } from './one-model';
import { OwnRateDecoder } from './own-rate';
import type { Timbre, VoiceTimbre } from './timbre';

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
    const { lookahead } = this;
    const contexts = [one, other].map(({ instrument }) => ({ ...instrument.context(heap, seed), lookahead }));
    const second = heap.with(other.instrument.tables, () => ({
      decoder: new OwnRateDecoder(
        other.decoder,
        other.instrument.model.frameRate / one.instrument.model.frameRate,
      ),
      synth: this.#common ? null : new VoiceSynth(other.instrument.plan, contexts[1]),
    }));
    const pair = {
      decoder: new DecoderStream(one.decoder),
      second: second.decoder,
      inputs: new OtherInputs(one.instrument, other.instrument),
    };
    if (!second.synth || this.#common) {
      const common = this.#common!;
      const padded = [one, other].map(({ instrument }) => new Padded(heap, instrument.plan, common));
      const outputs = heap.alloc(Math.ceil(common.outputs / 4) * 4);
      return new BlendedVoice(
        pair,
        heap,
        new VoiceSynth(common, contexts[0]),
        padded,
        outputs,
        common.outputs,
      );
    }
    return new PairedVoice(pair, new VoiceSynth(one.instrument.plan, contexts[0]), second.synth);
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

interface Decoders {
  readonly decoder: DecoderStream;
  readonly second: OwnRateDecoder;
  readonly inputs: OtherInputs;
}

/** One synth, with controls between those of two decoders. */
class BlendedVoice implements VoiceTimbre {
  readonly taps: readonly Pointer[];

  constructor(
    readonly decoders: Decoders,
    readonly heap: Heap,
    readonly synth: VoiceSynth,
    readonly padded: readonly Padded[],
    readonly outputs: Pointer,
    readonly count: number,
  ) {
    this.taps = synth.taps;
  }

  get cycles(): number {
    return this.synth.cycles;
  }

  set cycles(cycles: number) {
    this.synth.cycles = cycles;
  }

  frame(
    inputs: Float64Array,
    literal: boolean,
    controls: Float64Array,
    level: number,
    first: boolean,
    skip: number,
    resting: boolean,
    leaps: boolean,
  ): void {
    const { decoder, second } = this.decoders;
    decoder.step(inputs);
    second.step(this.decoders.inputs.of(inputs, literal), first);
    const one = this.padded[0];
    const other = this.padded[1];
    one.take(decoder.output);
    other.take(second.output);
    const morph = controls[CONTROL_INDEX.morph];
    this.heap.kernels.blend(this.outputs, one.at, other.at, morph, this.count);
    turn(this.synth, controls, level);
    this.synth.step(this.outputs, inputs[F0], first, skip, resting, leaps);
  }

  reset(): void {
    this.decoders.decoder.reset();
    this.decoders.second.reset();
    this.synth.reset();
  }
}

/** Two synths, in phase. */
class PairedVoice implements VoiceTimbre {
  readonly taps: readonly Pointer[];

  constructor(
    readonly decoders: Decoders,
    readonly synth: VoiceSynth,
    readonly other: VoiceSynth,
  ) {
    this.taps = [...synth.taps, ...other.taps];
  }

  get cycles(): number {
    return this.synth.cycles;
  }

  set cycles(cycles: number) {
    this.synth.cycles = cycles;
    this.other.cycles = cycles;
  }

  frame(
    inputs: Float64Array,
    literal: boolean,
    controls: Float64Array,
    level: number,
    first: boolean,
    skip: number,
    resting: boolean,
    leaps: boolean,
  ): void {
    const { decoder, second } = this.decoders;
    decoder.step(inputs);
    second.step(this.decoders.inputs.of(inputs, literal), first);
    turn(this.synth, controls, level);
    turn(this.other, controls, level);
    this.synth.step(decoder.output, inputs[F0], first, skip, resting, leaps);
    this.other.step(second.output, inputs[F0], first, skip, resting, leaps);
  }

  reset(): void {
    this.decoders.decoder.reset();
    this.decoders.second.reset();
    this.synth.reset();
    this.other.reset();
  }
}

/**
 * Converts a frame for one model into a frame for the other. The pitch does not change. The loudness keeps its relative
 * place in the range that the model learned.
 */
class OtherInputs {
  readonly #values: Float64Array;
  /** index of each value in the first model's frame; -1: it has no such value */
  readonly #places: Int32Array;
  readonly #from: Statistics;
  readonly #to: Statistics;

  constructor(one: Instrument, other: Instrument) {
    this.#values = other.frame.create();
    this.#places = Int32Array.from(other.frame.names, (name) => one.frame.names.indexOf(name));
    this.#from = one.model.statistics;
    this.#to = other.model.statistics;
  }

  /** Audio thread. @param literal true: the loudness does not change either */
  of(inputs: Float64Array, literal: boolean): Float64Array {
    const values = this.#values;
    for (let i = 0; i < values.length; i++) if (this.#places[i] >= 0) values[i] = inputs[this.#places[i]];
    if (!literal) values[LOUDNESS] = this.#loudness(inputs[LOUDNESS]);
    return values;
  }

  #loudness(loudness: number): number {
    if (loudness <= LOUDNESS_FLOOR) return loudness;
    const soft = this.#from.loudness[0];
    const loud = this.#from.loudness[2];
    const to = this.#to.loudness;
    const inside = Math.min(Math.max(loudness, soft), loud);
    const share = (inside - soft) / Math.max(loud - soft, 1e-9);
    const placed = to[0] + share * (to[2] - to[0]);
    return Math.max(placed + loudness - inside, LOUDNESS_FLOOR);
  }
}
