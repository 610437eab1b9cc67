/**
 * What a processor of the synth graph is.
 *
 * A processor has a *type* (a folder here, listed in registry.ts), and in a graph a *name*. Its inputs are of
 * three kinds: audio (another processor's output), f0, and controls. Controls are outputs of the decoder, in the
 * order of the graph.
 *
 * A type has two halves: `play.ts` (`ProcessorType`: declaration and stream) and `train.ts` (`TrainableType`:
 * forward and backward over a whole example). They are two files, so that a page that only plays never bundles
 * the training half.
 *
 * Time. A stream renders one *segment* per frame: the hop-long stretch of samples between the centre
 * of the last frame and the centre of this one, i.e. samples [(i - 1)H + floor(H/2), iH + floor(H/2))
 * when frame i arrives. Linear interpolation of controls between frame centres (half-pixel centres,
 * Engel et al. 2020) puts sample m of a segment at weight (m + offset) / H of this frame's controls,
 * with offset = 1/2 for even H, 0 for odd H. When frame 0 arrives there is no last frame: its
 * controls are held, and the first `skip = ceil(H/2)` samples of the segment lie before time zero and
 * are silent.
 *
 * Lookahead. Some processors need later frames than their segment (a noise filter longer than a
 * hop). Each declares how many samples; the engine takes the largest, L, and every source then
 * renders its segment L samples late (`StreamContext.lookahead`), so that all stay aligned. The first
 * `skip` samples of the undelayed segment are silent; delaying keeps what came before them silent too.
 */

import type { Cost } from '../dsp/cost';
import type { Heap, Pointer } from '../dsp/heap';

/** A control, and how it is made of a decoder output u in (0, 1). */
export interface ControlSpec {
  /** the input's name, e.g. `amplitude` */
  readonly name: string;
  /** values a frame */
  readonly size: number;
  /** `exp_sigmoid`: max u^ln(10) + 1e-7 (Engel et al. 2020); `sigmoid`: min + (max - min) u */
  readonly scaling: 'exp_sigmoid' | 'sigmoid';
  /** default 0 */
  readonly min?: number;
  readonly max: number;
}

/** What a graph node's configuration holds besides `name`, `type` and `inputs`. */
export type Options = Readonly<Record<string, number>>;

/** Live gains a player can turn; `reverb` is a mix in 0..1 (0.5 as trained), the others 0..2. */
export type Knob = 'harmonics' | 'noise' | 'reverb';

/** Where a processor is to play. */
export interface Rates {
  /** the context's sample rate, Hz */
  readonly sampleRate: number;
  /** the sample rate the model was trained at, Hz */
  readonly modelRate: number;
  /** H, samples between frames at the context's rate */
  readonly hop: number;
}

export interface StreamContext extends Rates {
  readonly heap: Heap;
  /** the processor's name in the graph: names its tables */
  readonly name: string;
  /** samples by which every source renders late; see above */
  readonly lookahead: number;
  /** seeds random generators; each processor that draws random numbers has its own */
  readonly seed: number;
  /**
   * A learned tensor of the model by its name, at the model's rate. A processor that has one resamples
   * it here, at set-up.
   */
  tensor(name: string): Float32Array;
}

/** A processor at work on a stream. All of its memory is allocated by the constructor. */
export interface ProcessorStream {
  /** hop samples: the segment last rendered */
  readonly output: Pointer;
  /** live gain or mix, moved to linearly over the next segment */
  knob: number;
  /**
   * Frame rate: takes this frame's decoder outputs and keeps last frame's controls.
   * @param u decoder outputs in (0, 1) for this processor's controls, in declared order
   * @param f0 Hz, > 0
   * @param first true for frame 0 after a reset: last frame's controls are this frame's
   * @param leaps true (default false): f0 does not glide from the last frame's, but is this frame's from the segment's start
   */
  control(u: Pointer, f0: number, first: boolean, leaps?: boolean): void;
  /**
   * Sample rate: renders one segment to `output`.
   * @param skip samples at the segment's start that lie before time zero
   */
  render(skip: number): void;
  /**
   * Sources only. In place of `render`, for a segment that nobody hears: `output` is silent, and what moves with
   * time (phases, random numbers) moves on, so that what is rendered afterwards is what it would have been.
   */
  rest?(): void;
  /** Back to the state after construction (oscillator phase, tails, random generator). */
  reset(): void;
}

export interface ProcessorType {
  readonly type: string;
  /** names of audio inputs */
  readonly audio: readonly string[];
  readonly knob: Knob | null;
  /**
   * What becomes of the processor when several voices play. `shared`: it is linear, time-invariant and has no
   * controls, so it runs once, on the sum of all voices. `sum`: it is linear without controls, so it may follow a
   * shared one. By default each voice has its own.
   */
  readonly voices?: 'shared' | 'sum';
  /** true: it draws random numbers while it sounds, and takes a seed for them */
  readonly random?: boolean;
  /** options it knows, with defaults; `undefined` means required */
  readonly options: Readonly<
    Record<string, { default?: number; min: number; max: number; integer: boolean }>
  >;
  controls(options: Options): readonly ControlSpec[];
  /** learned tensors of the model: values by name; sizes at the model's rate */
  tensors(options: Options, modelRate: number): Readonly<Record<string, number>>;
  /** extra samples of lookahead beyond a hop, at the context's rate */
  lookahead(options: Options, rates: Rates): number;
  /** samples that sound after the input has ended */
  tail(options: Options, rates: Rates): number;
  /** an estimate; a model beyond the budget is refused before it is set up */
  cost(options: Options, rates: Rates): Cost;
  /** @param audio one pointer to hop samples for each audio input: the sources' `output` */
  stream(context: StreamContext, options: Options, audio: readonly Pointer[]): ProcessorStream;
}
