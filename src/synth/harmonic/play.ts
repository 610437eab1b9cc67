/**
 * Harmonic: a bank of K sines at the multiples of f0, by the kernels of src/kernels/synth.
 *
 * Controls: amplitude (1) and the distribution over the harmonics (K). The limit above which a harmonic
 * is silent is the lower of the two Nyquist frequencies, the context's and the model's: at a higher
 * context rate the instrument keeps the colour it was trained with.
 */

import type { Heap, Pointer } from '../../dsp/heap';
import type { Options, ProcessorStream, ProcessorType, StreamContext } from '../processor';
import { heldHz, type Segment, segmentOffset, segmentsOf, segmentWeights } from '../segments';
import type { TrainableProcessor, TrainableType, TrainContext } from '../trainable';

const TYPE = 'Harmonic';

function paddedHarmonics(harmonics: number): number {
  return (harmonics + 15) & ~15;
}

class HarmonicStream implements ProcessorStream {
  readonly output: Pointer;
  knob = 1;
  readonly #kernels: Heap['kernels'];
  readonly #hop: number;
  readonly #offset: number;
  readonly #lookahead: number;
  readonly #sampleRate: number;
  readonly #limit: number;
  readonly #harmonics: number;
  readonly #scaled: Pointer;
  /** folded controls of two frames, in turn */
  readonly #even: Pointer;
  readonly #odd: Pointer;
  #from: Pointer;
  #to: Pointer;
  #fromHz = 1;
  #toHz = 1;
  #gain = 1;
  readonly #phase: Pointer;
  readonly #state: Pointer;
  readonly #weight: Pointer;
  readonly #scratch: Pointer;
  /** where a segment is rendered: `lookahead` samples behind `output` */
  readonly #segment: Pointer;

  constructor(context: StreamContext, harmonics: number) {
    const { heap, hop, lookahead, sampleRate, modelRate } = context;
    this.#kernels = heap.kernels;
    this.#hop = hop;
    this.#offset = segmentOffset(hop);
    this.#lookahead = lookahead;
    this.#sampleRate = sampleRate;
    this.#limit = Math.min(sampleRate, modelRate) / 2;
    this.#harmonics = harmonics;
    this.#scaled = heap.alloc(1 + harmonics);
    this.#even = heap.alloc(paddedHarmonics(harmonics));
    this.#odd = heap.alloc(paddedHarmonics(harmonics));
    this.#from = this.#even;
    this.#to = this.#even;
    this.#phase = heap.alloc(hop + 16);
    this.#state = heap.alloc(2);
    this.#weight = heap.put(segmentWeights(hop));
    this.#scratch = heap.alloc(heap.kernels.harmonicScratch(harmonics, false));
    this.output = heap.alloc(lookahead + hop);
    this.#segment = this.output + lookahead * 4;
  }

  control(u: Pointer, f0: number, first: boolean): void {
    const next = this.#to === this.#even ? this.#odd : this.#even;
    const hz = heldHz(f0, this.#limit);
    this.#kernels.expSigmoid(this.#scaled, u, 1, 1 + this.#harmonics);
    this.#kernels.harmonicControls(next, this.#scaled, hz, this.#limit, this.#harmonics);
    this.#from = first ? next : this.#to;
    this.#fromHz = first ? hz : this.#toHz;
    this.#to = next;
    this.#toHz = hz;
    if (first) this.#gain = this.knob;
  }

  render(skip: number): void {
    const kernels = this.#kernels;
    const n = this.#hop - skip;
    const out = this.#segment + skip * 4;
    if (this.#gain === 0 && this.knob === 0 && this.#lookahead === 0) {
      this.#pass(skip);
      return;
    }
    kernels.move(this.output, this.output + this.#hop * 4, this.#lookahead);
    kernels.silence(this.#segment, skip);
    this.#movePhase(skip);
    kernels.harmonicSegment(
      out,
      this.#phase,
      this.#weight + skip * 4,
      skip + this.#offset,
      this.#hop,
      this.#from,
      this.#to,
      this.#fromHz,
      this.#toHz,
      this.#limit,
      this.#harmonics,
      n,
      this.#scratch,
    );
    kernels.rampGain(this.output, this.#gain, this.knob, this.#hop);
    this.#gain = this.knob;
  }

  rest(): void {
    if (this.#lookahead === 0) {
      this.#pass(0);
      return;
    }
    // the end of this segment is heard with the next one
    this.render(0);
    this.#kernels.silence(this.output, this.#hop);
  }

  #pass(skip: number): void {
    this.#kernels.silence(this.output, this.#hop);
    this.#movePhase(skip);
    this.#gain = this.knob;
  }

  #movePhase(skip: number): void {
    this.#kernels.harmonicPhase(
      this.#phase,
      this.#state,
      this.#fromHz,
      this.#toHz,
      skip + this.#offset,
      this.#hop,
      this.#sampleRate,
      this.#hop - skip,
    );
  }

  reset(): void {
    this.#kernels.silence(this.#state, 2);
    this.#kernels.silence(this.output, this.#lookahead + this.#hop);
    this.#kernels.silence(this.#even, paddedHarmonics(this.#harmonics));
    this.#from = this.#even;
    this.#to = this.#even;
    this.#gain = 1;
  }
}

export const harmonic: ProcessorType = {
  type: TYPE,
  audio: [],
  knob: 'harmonics',
  options: { harmonics: { min: 1, max: 512, integer: true } },
  controls: ({ harmonics }) => [
    { name: 'amplitude', size: 1, scaling: 'exp_sigmoid', max: 1 },
    { name: 'harmonics', size: harmonics, scaling: 'exp_sigmoid', max: 1 },
  ],
  tensors: () => ({}),
  lookahead: () => 0,
  tail: () => 0,
  stream: (context, { harmonics }) => new HarmonicStream(context, harmonics),
};

/**
 * Forward and backward over T frames. Kept between the two: scaled controls (T * (1 + K)), their folded
 * form (T * K), phases (one u32 a sample). f0 has no gradient.
 */
class HarmonicTraining implements TrainableProcessor {
  readonly signal: Pointer;
  readonly gradient: Pointer;
  readonly #heap: TrainContext['heap'];
  readonly #hop: number;
  readonly #frames: number;
  readonly #segments: readonly Segment[];
  readonly #stride: number;
  readonly #sampleRate: number;
  readonly #limit: number;
  readonly #harmonics: number;
  readonly #padded: number;
  readonly #scaled: Pointer;
  readonly #dScaled: Pointer;
  readonly #folded: Pointer;
  readonly #dFolded: Pointer;
  /** floats from one segment's phases to the next's */
  readonly #phaseStride: number;
  readonly #phase: Pointer;
  readonly #state: Pointer;
  readonly #weight: Pointer;
  readonly #scratch: Pointer;

  constructor(context: TrainContext, options: Options) {
    const { heap, hop, frames, stride, sampleRate } = context;
    const harmonics = options.harmonics;
    this.#heap = heap;
    this.#hop = hop;
    this.#frames = frames;
    this.#segments = segmentsOf(frames, hop);
    this.#stride = stride;
    this.#sampleRate = sampleRate;
    this.#limit = sampleRate / 2;
    this.#harmonics = harmonics;
    this.#padded = paddedHarmonics(harmonics);
    this.signal = heap.alloc(frames * hop);
    this.gradient = heap.alloc(frames * hop);
    this.#scaled = heap.alloc(frames * (1 + harmonics));
    this.#dScaled = heap.alloc(1 + harmonics);
    this.#folded = heap.alloc(frames * this.#padded);
    this.#dFolded = heap.alloc(frames * this.#padded);
    this.#phaseStride = (hop + 15) & ~15;
    this.#phase = heap.alloc((frames + 1) * this.#phaseStride);
    this.#state = heap.alloc(2);
    this.#weight = heap.put(segmentWeights(hop));
    this.#scratch = heap.alloc(heap.kernels.harmonicScratch(harmonics, true));
  }

  begin(): void {}
  end(): void {}

  forward(u: Pointer, f0: Pointer): void {
    const { kernels } = this.#heap;
    const hz = this.#hz(f0);
    for (let i = 0; i < this.#frames; i++) {
      kernels.expSigmoid(this.#scaledAt(i), u + i * this.#stride * 4, 1, 1 + this.#harmonics);
      kernels.harmonicControls(
        this.#frameOf(this.#folded, i),
        this.#scaledAt(i),
        hz[i],
        this.#limit,
        this.#harmonics,
      );
    }
    kernels.silence(this.#state, 2);
    const offset = segmentOffset(this.#hop);
    for (const { index, from, to, skip, n, start } of this.#segments) {
      const phase = this.#phaseOf(index);
      kernels.harmonicPhase(
        phase,
        this.#state,
        hz[from],
        hz[to],
        skip + offset,
        this.#hop,
        this.#sampleRate,
        n,
      );
      kernels.harmonicSegment(
        this.signal + start * 4,
        phase,
        this.#weight + skip * 4,
        skip + offset,
        this.#hop,
        this.#frameOf(this.#folded, from),
        this.#frameOf(this.#folded, to),
        hz[from],
        hz[to],
        this.#limit,
        this.#harmonics,
        n,
        this.#scratch,
      );
    }
  }

  backward(u: Pointer, f0: Pointer, du: Pointer): void {
    const { kernels } = this.#heap;
    const hz = this.#hz(f0);
    kernels.silence(this.#dFolded, this.#frames * this.#padded);
    for (const { index, from, to, skip, n, start } of this.#segments) {
      const phase = this.#phaseOf(index);
      kernels.harmonicSegmentBackward(
        this.#frameOf(this.#dFolded, from),
        this.#frameOf(this.#dFolded, to),
        this.gradient + start * 4,
        phase,
        this.#weight + skip * 4,
        skip + segmentOffset(this.#hop),
        this.#hop,
        hz[from],
        hz[to],
        this.#limit,
        this.#harmonics,
        n,
        this.#scratch,
      );
    }
    for (let i = 0; i < this.#frames; i++) {
      const at = i * this.#stride * 4;
      kernels.silence(this.#dScaled, 1 + this.#harmonics);
      kernels.harmonicControlsBackward(
        this.#dScaled,
        this.#frameOf(this.#dFolded, i),
        this.#scaledAt(i),
        hz[i],
        this.#limit,
        this.#harmonics,
      );
      kernels.expSigmoidBackward(du + at, this.#dScaled, u + at, 1, 1 + this.#harmonics);
    }
  }

  #scaledAt(frame: number): Pointer {
    return this.#scaled + frame * (1 + this.#harmonics) * 4;
  }

  #frameOf(folded: Pointer, frame: number): Pointer {
    return folded + frame * this.#padded * 4;
  }

  #phaseOf(segment: number): Pointer {
    return this.#phase + segment * this.#phaseStride * 4;
  }

  #hz(f0: Pointer): Float32Array {
    return this.#heap.view(f0, this.#frames).map((hz) => heldHz(hz, this.#limit));
  }
}

export const harmonicTraining: TrainableType = {
  type: TYPE,
  initial(name) {
    throw new Error(`${TYPE} has no learned tensor ${name}`);
  },
  create: (context, options) => new HarmonicTraining(context, options),
};
