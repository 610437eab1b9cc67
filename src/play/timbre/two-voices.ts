/** A voice of two models: with one synth that plays controls between theirs, or with two synths in phase. */

import { CONTROL_INDEX } from '../../controls';
import type { DecoderStream } from '../../decoder/decoder';
import type { Heap, Pointer } from '../../dsp/heap';
import type { VoiceSynth } from '../../synth/stream';
import type { Padded } from './blending';
import { play } from './one-model';
import type { OtherInputs } from './other-inputs';
import type { OwnRateDecoder } from './own-rate';
import type { VoiceFrame, VoiceTimbre } from './timbre';

export interface Decoders {
  readonly decoder: DecoderStream;
  readonly second: OwnRateDecoder;
  readonly inputs: OtherInputs;
}

/** One synth, with controls between those of two decoders. */
export class BlendedVoice implements VoiceTimbre {
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

  render(frame: VoiceFrame, controls: Float64Array): void {
    const { inputs, literal, first } = frame;
    const { decoder, second } = this.decoders;
    decoder.step(inputs);
    second.step(this.decoders.inputs.of(inputs, literal), first);
    const one = this.padded[0];
    const other = this.padded[1];
    one.take(decoder.output);
    other.take(second.output);
    const morph = controls[CONTROL_INDEX.morph];
    this.heap.kernels.blend(this.outputs, one.at, other.at, morph, this.count);
    play(this.synth, this.outputs, frame, controls);
  }

  reset(): void {
    this.decoders.decoder.reset();
    this.decoders.second.reset();
    this.synth.reset();
  }
}

/** Two synths, in phase. */
export class PairedVoice implements VoiceTimbre {
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

  render(frame: VoiceFrame, controls: Float64Array): void {
    const { inputs, literal, first } = frame;
    const { decoder, second } = this.decoders;
    decoder.step(inputs);
    second.step(this.decoders.inputs.of(inputs, literal), first);
    play(this.synth, decoder.output, frame, controls);
    play(this.other, second.output, frame, controls);
  }

  reset(): void {
    this.decoders.decoder.reset();
    this.decoders.second.reset();
    this.synth.reset();
    this.other.reset();
  }
}
