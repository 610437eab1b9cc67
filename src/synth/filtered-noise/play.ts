/**
 * FilteredNoise: white noise through a zero-phase filter that changes in every frame and is given by N/2 + 1
 * magnitudes (Engel et al. 2020). Each block of H noise samples is convolved with the filter of its frame. The
 * results, centred on their blocks, are overlapped and added.
 */

import { type Cost, fftSeconds, floats, productSeconds, tabulated } from '../../dsp/cost';
import { fftSizeFor } from '../../dsp/fft';
import { filterReach, filterSize } from '../../dsp/filter-basis';
import type { Heap, Pointer } from '../../dsp/heap';
import type {
  ControlSpec,
  Options,
  ProcessorStream,
  ProcessorType,
  Rates,
  StreamContext,
} from '../processor';
import { BlockFilter } from './block-filter';

export const MAGNITUDE_MAX = 2;

/**
 * A filter spreads its block to both sides, so a segment must end before the next filtered block begins. That takes
 * (N - H) / 2 samples, rounded up, where N is the filter's length at the context's rate.
 */
function lookahead({ bands, odd = 0 }: Options, { sampleRate, modelRate, hop }: Rates): number {
  const half = Math.round((filterSize(bands, odd) * sampleRate) / modelRate / 2);
  return Math.max(0, Math.ceil((2 * half - hop) / 2));
}

/** Seconds for each value of the filter's basis, with the pauses of a set-up in slices. */
const BASIS_SECONDS = 200e-9;

function cost({ bands, odd = 0 }: Options, { sampleRate, modelRate, hop }: Rates): Cost {
  const reach = filterReach(bands, sampleRate, modelRate, odd);
  const basis = bands * (reach + 16);
  const size = fftSizeFor(hop + 2 * reach);
  const blocks = Math.ceil((hop + 2 * reach) / hop) + 3;
  return {
    setUp: BASIS_SECONDS * basis,
    memory: tabulated(basis) + floats(10 * size + blocks * bands),
    playing: (sampleRate / hop) * (productSeconds(basis) + 4 * fftSeconds(size) + 2e-9 * hop),
  };
}

export const filteredNoise: ProcessorType = {
  type: 'FilteredNoise',
  audio: [],
  knob: 'noise',
  random: true,
  options: {
    bands: { min: 3, max: 4097, integer: true },
    odd: { default: 0, min: 0, max: 1, integer: true },
    amplitude: { default: 1, min: 0, max: 100, integer: false },
  },
  controls: ({ bands }): readonly ControlSpec[] => [
    { name: 'noiseMagnitudes', size: bands, scaling: 'exp_sigmoid', max: MAGNITUDE_MAX },
  ],
  tensors: () => ({}),
  lookahead,
  tail: ({ bands, odd = 0 }, { sampleRate, modelRate }) => filterReach(bands, sampleRate, modelRate, odd),
  cost,
  stream: (context, options) => new FilteredNoiseStream(context, options),
};

class FilteredNoiseStream implements ProcessorStream {
  readonly output: Pointer;
  knob = 1;
  readonly #heap: Heap;
  readonly #filter: BlockFilter;
  readonly #bands: number;
  readonly #hop: number;
  readonly #lookahead: number;
  readonly #seed: number;
  /** ring with the magnitudes of the newest block and of earlier blocks that overlap with it */
  readonly #magnitudes: Pointer;
  readonly #slots: number;
  /** slot of the newest block */
  #slot = 0;
  /** blocks before the newest that were not rendered because they were not heard; at most slots - 1 */
  #missed = 0;
  readonly #taps: Pointer;
  readonly #spectrum: Pointer;
  /** sum of the filtered blocks; starts at the first sample of the segment */
  readonly #sum: Pointer;
  readonly #sumLength: number;
  /** where in `#sum` the newest block's filtered noise begins */
  readonly #offset: number;
  /** index of the newest block's first noise sample */
  #index = 0;
  /** samples at the start of `#sum` that lie before time zero */
  #silent = 0;
  #lastKnob = 1;

  constructor({ heap, sampleRate, modelRate, hop, lookahead, seed }: StreamContext, options: Options) {
    const { bands } = options;
    this.#heap = heap;
    this.#bands = bands;
    this.#hop = hop;
    this.#lookahead = lookahead;
    this.#seed = seed;
    this.#filter = new BlockFilter(heap, options, hop, sampleRate, modelRate);
    const { basis, fft, length } = this.#filter;
    this.#taps = heap.alloc(basis.tapStride);
    this.#spectrum = heap.alloc(fft.spectrumLength);
    this.#offset = Math.ceil(hop / 2) + lookahead - basis.reach;
    this.#sumLength = this.#offset + length;
    this.#slots = 1 + Math.ceil(this.#sumLength / hop);
    this.#magnitudes = heap.alloc(this.#slots * bands);
    this.#sum = heap.alloc(this.#sumLength);
    this.output = heap.alloc(hop);
  }

  control(u: Pointer, _f0: number, first: boolean): void {
    if (first) this.#lastKnob = this.knob;
    this.#slot = this.#slot + 1 === this.#slots ? 0 : this.#slot + 1;
    const magnitudes = this.#magnitudes + this.#slot * this.#bands * 4;
    this.#heap.kernels.expSigmoid(magnitudes, u, MAGNITUDE_MAX, this.#bands);
  }

  render(skip: number): void {
    const { kernels } = this.#heap;
    if (this.#lastKnob === 0 && this.knob === 0 && skip === 0 && this.#silent <= 0) {
      this.rest();
      return;
    }
    // blocks that were skipped may reach into this segment
    for (; this.#missed > 0; this.#missed--) {
      this.#addBlock(this.#missed);
      this.#shift();
    }
    this.#addBlock(0);
    // filters spread noise to before time zero, where the output is silent
    if (skip > 0) this.#silent = skip + this.#lookahead;
    if (this.#silent > 0) {
      kernels.silence(this.#sum, Math.min(this.#silent, this.#sumLength));
      this.#silent -= this.#hop;
    }
    kernels.move(this.output, this.#sum, this.#hop);
    this.#shift();
    kernels.rampGain(this.output, this.#lastKnob, this.knob, this.#hop);
    this.#lastKnob = this.knob;
    this.#index += this.#hop;
  }

  rest(): void {
    // earlier blocks than these have ended
    this.#missed = Math.min(this.#missed + 1, this.#slots - 1);
    this.#heap.kernels.silence(this.output, this.#hop);
    this.#lastKnob = this.knob;
    this.#index += this.#hop;
  }

  /** Adds the filtered noise of the block `age` blocks before the newest. */
  #addBlock(age: number): void {
    const { kernels } = this.#heap;
    const { basis, basisAt, block, filtered, length } = this.#filter;
    const slot = (this.#slot + this.#slots - age) % this.#slots;
    const magnitudes = this.#magnitudes + slot * this.#bands * 4;
    const index = this.#index - age * this.#hop;
    kernels.filterTaps(this.#taps, magnitudes, basisAt, this.#bands, basis.tapStride, this.#bands, 1);
    kernels.uniformNoise(block + basis.reach * 4, this.#seed, index, this.#hop);
    this.#filter.run(this.#heap, this.#taps, this.#spectrum, this.#spectrum);
    kernels.addTo(this.#sum + this.#offset * 4, filtered, length);
  }

  /** Moves on to the next segment. */
  #shift(): void {
    const { kernels } = this.#heap;
    kernels.move(this.#sum, this.#sum + this.#hop * 4, this.#sumLength - this.#hop);
    kernels.silence(this.#sum + (this.#sumLength - this.#hop) * 4, this.#hop);
  }

  reset(): void {
    this.#heap.kernels.silence(this.#sum, this.#sumLength);
    this.#missed = 0;
    this.#heap.kernels.silence(this.output, this.#hop);
    this.#index = 0;
    this.#silent = 0;
    this.#lastKnob = this.knob;
  }
}
