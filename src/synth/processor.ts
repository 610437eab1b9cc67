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
 * Time. For each frame, a stream renders one *segment*: the H samples between the centre of the last frame and the
 * centre of this one. For frame i these are the samples [(i - 1)H + floor(H/2), iH + floor(H/2)). Controls are
 * interpolated linearly between frame centres (half-pixel centres, Engel et al. 2020). At sample m of a segment the
 * weight of this frame's controls is (m + offset) / H, with offset = 1/2 for even H and 0 for odd H. Frame 0 has no
 * frame before it: its controls are held, and the first `skip = ceil(H/2)` samples of its segment lie before time
 * zero and are silent.
 *
 * Lookahead. Some processors need frames after their segment, for example a noise filter longer than a hop. Each
 * declares how many samples it needs. Let L be the largest number in the graph: every source renders its segment L
 * samples late (`StreamContext.lookahead`), so that all sources stay aligned. Samples before time zero stay silent.
 */

import type { Cost } from '../dsp/cost';
import type { Heap, Pointer } from '../dsp/heap';

/** A control, and how a decoder output u in (0, 1) is scaled to it. */
export interface ControlSpec {
  /** the input's name, e.g. `amplitude` */
  readonly name: string;
  /** values per frame */
  readonly size: number;
  /** `exp_sigmoid`: max u^ln(10) + 1e-7 (Engel et al. 2020); `sigmoid`: min + (max - min) u */
  readonly scaling: 'exp_sigmoid' | 'sigmoid';
  /** default 0 */
  readonly min?: number;
  readonly max: number;
}

/** What a graph node's configuration holds besides `name`, `type` and `inputs`. */
export type Options = Readonly<Record<string, number>>;

/** Live controls of processors: `reverb` is a mix from 0 to 1 (0.5 as trained), the others are gains from 0 to 2. */
export type Knob = 'harmonics' | 'noise' | 'reverb';

/** The rates at which a processor plays. */
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
  /** the processor's name in the graph; part of the names of its tables */
  readonly name: string;
  /** samples by which every source renders late; see above */
  readonly lookahead: number;
  /** seeds random generators; each processor that draws random numbers has its own */
  readonly seed: number;
  /**
   * A learned tensor of the model, by name, at the model's rate. A processor resamples it at set-up if the rates
   * differ.
   */
  tensor(name: string): Float32Array;
}

/** A processor that renders a stream. Its constructor allocates all of its memory. */
export interface ProcessorStream {
  /** hop samples: the segment last rendered */
  readonly output: Pointer;
  /** live gain or mix; the next segment moves to it linearly */
  knob: number;
  /** Oscillators only. Cycles at the end of the last segment. Before the first frame it may be set to any. */
  cycles?: number;
  /**
   * Called once per frame: takes the decoder outputs of this frame and keeps the controls of the last one.
   * @param u decoder outputs in (0, 1) for this processor's controls, in declared order
   * @param f0 Hz, > 0
   * @param first true for the first frame after a reset: there is no last frame
   * @param leaps true: f0 does not glide from the last frame but jumps at the segment's start; default false
   */
  control(u: Pointer, f0: number, first: boolean, leaps?: boolean): void;
  /**
   * Called once per frame, after `control`: renders one segment to `output`.
   * @param skip samples at the segment's start that lie before time zero
   */
  render(skip: number): void;
  /**
   * Sources only. Called instead of `render` for a segment that is not heard. `output` becomes silent. Phases and
   * random numbers advance, so that later segments are the same as if this one had been rendered.
   */
  rest?(): void;
  /** Restores the state after construction: phases, tails, random generator. */
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
  /** its options; one without a default is required */
  readonly options: Readonly<
    Record<string, { default?: number; min: number; max: number; integer: boolean }>
  >;
  controls(options: Options): readonly ControlSpec[];
  /** sizes of its learned tensors by name, at the model's rate */
  tensors(options: Options, modelRate: number): Readonly<Record<string, number>>;
  /** extra samples of lookahead beyond a hop, at the context's rate */
  lookahead(options: Options, rates: Rates): number;
  /** samples for which it sounds after its input has ended */
  tail(options: Options, rates: Rates): number;
  /** an estimate; a model beyond the budget is refused before it is set up */
  cost(options: Options, rates: Rates): Cost;
  /** @param audio one pointer to hop samples for each audio input: the sources' `output` */
  stream(context: StreamContext, options: Options, audio: readonly Pointer[]): ProcessorStream;
}
