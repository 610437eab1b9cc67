/** The sound of one model: a decoder and its synth graph. */

import { CONTROL_INDEX } from '../../controls';
import { DecoderStream } from '../../decoder/decoder';
import type { FrameDecoder } from '../../decoder/frame-decoder';
import type { Heap, Pointer } from '../../dsp/heap';
import { SharedSynth, synthLookahead, synthTail, VoiceSynth } from '../../synth/stream';
import type { Instrument } from '../instrument';
import { F0 } from '../sources/source';
import type { Timbre, VoiceFrame, VoiceTimbre } from './timbre';

/** Makes the decoder of a voice. @param outputs number of controls in a frame */
export type DecoderMaker = (heap: Heap, outputs: number) => FrameDecoder;

export class OneModel implements Timbre {
  readonly sums: readonly Pointer[];
  readonly output: Pointer;
  readonly lookahead: number;
  readonly tail: number;
  readonly #instrument: Instrument;
  readonly #heap: Heap;
  readonly #decoder: DecoderMaker;
  readonly #shared: SharedSynth;

  /** @param decoder default: the instrument's own decoder, whose weights all voices share */
  constructor(heap: Heap, instrument: Instrument, seed: number, decoder = ownDecoder(heap, instrument)) {
    const { plan } = instrument;
    const context = instrument.context(heap, seed);
    this.#heap = heap;
    this.#instrument = instrument;
    this.#decoder = decoder;
    this.#shared = new SharedSynth(plan, context);
    this.sums = this.#shared.inputs;
    this.output = this.#shared.output;
    this.lookahead = synthLookahead(plan, context);
    this.tail = synthTail(plan, context);
  }

  voice(seed: number): VoiceTimbre {
    const { plan } = this.#instrument;
    const synth = new VoiceSynth(plan, this.#instrument.context(this.#heap, seed));
    return new OneModelVoice(this.#decoder(this.#heap, plan.outputs), synth);
  }

  clear(): void {
    this.#shared.clear();
  }

  step(controls: Float64Array): void {
    this.#shared.turn('reverb', controls[CONTROL_INDEX.reverb]);
    this.#shared.step();
  }

  reset(): void {
    this.#shared.reset();
  }
}

function ownDecoder(heap: Heap, instrument: Instrument): DecoderMaker {
  const decoder = instrument.decoder(heap);
  return () => new DecoderStream(decoder);
}

class OneModelVoice implements VoiceTimbre {
  readonly taps: readonly Pointer[];
  readonly #decoder: FrameDecoder;
  readonly #synth: VoiceSynth;

  constructor(decoder: FrameDecoder, synth: VoiceSynth) {
    this.#decoder = decoder;
    this.#synth = synth;
    this.taps = synth.taps;
  }

  get cycles(): number {
    return this.#synth.cycles;
  }

  set cycles(cycles: number) {
    this.#synth.cycles = cycles;
  }

  render(frame: VoiceFrame, controls: Float64Array): void {
    this.#decoder.step(frame.inputs);
    play(this.#synth, this.#decoder.output, frame, controls);
  }

  reset(): void {
    this.#decoder.reset();
    this.#synth.reset();
  }
}

/** Audio thread. Renders one segment of a voice. @param outputs of the decoder */
export function play(synth: VoiceSynth, outputs: Pointer, frame: VoiceFrame, controls: Float64Array): void {
  const { inputs, level, first, skip, resting, leaps } = frame;
  synth.turn('harmonics', controls[CONTROL_INDEX.harmonics] * level);
  synth.turn('noise', controls[CONTROL_INDEX.noise] * level);
  synth.turn('reverb', controls[CONTROL_INDEX.reverb]);
  synth.step(outputs, inputs[F0], first, skip, resting, leaps);
}
