/**
 * Convolves a stream with a long, fixed impulse response. It adds no delay, and each hop takes about the same time.
 *
 * The response is cut into partitions as long as a block of input. Their spectra are multiplied by the spectra of
 * past blocks, which are kept in a ring, and one inverse transform gives the output (uniformly partitioned
 * convolution, Kulp 1988). Long blocks are cheaper, but a block must be complete before it can be transformed. So a
 * `Convolver` has two levels (Gardner 1995): the first uses blocks of one hop for the first taps of the response,
 * the second uses blocks of several hops for all other taps.
 *
 * To transform a long block at once would take ten times as long as a usual hop. So the second level takes one more
 * block of time. It spreads the passes of the transform, the products and the inverse transform evenly over the hops
 * of the next block. The first level covers the taps up to there.
 */

import { addCosts, type Cost, fftSeconds, floats, tabulated } from './cost';
import { FftPlans, fftSizeFor, LARGEST_FFT, type RealFft } from './fft';
import type { Heap, Pointer } from './heap';

/** Nanoseconds per product of two bins, and per n log2 n of a transform. Used to choose a plan. */
const PRODUCT_COST = 0.3;
const TRANSFORM_COST = 0.065;
const RATIOS = [2, 4, 8, 16];
/** partitions transformed between two pauses of the set-up */
const PIECE = 16;

export interface LevelPlan {
  /** its first tap, and the one after its last */
  readonly from: number;
  readonly to: number;
  /** hops per block */
  readonly hops: number;
  /** of its FFTs */
  readonly size: number;
  readonly partitions: number;
}

function planLevel(from: number, to: number, hop: number, hops: number): LevelPlan {
  const block = hop * hops;
  return { from, to, hops, size: fftSizeFor(2 * block), partitions: Math.ceil((to - from) / block) };
}

/** The output of the second level comes two of its blocks, minus one hop, after its input. */
function planWith(ratio: number, taps: number, hop: number): readonly LevelPlan[] {
  const first = (2 * ratio - 1) * hop;
  if (ratio === 1 || taps <= first) return [planLevel(0, taps, hop, 1)];
  return [planLevel(0, first, hop, 1), planLevel(first, taps, hop, ratio)];
}

/** Nanoseconds per hop. */
function costOf(levels: readonly LevelPlan[]): number {
  return levels.reduce((sum, { size, partitions, hops }) => {
    const block = PRODUCT_COST * partitions * (size / 2) + 2 * TRANSFORM_COST * size * Math.log2(size);
    return sum + block / hops;
  }, 0);
}

/**
 * The cheapest plan for a response of `taps` taps.
 * @param ratio hops per block of the second level; 1: no second level; default: the cheapest
 */
export function planConvolver(taps: number, hop: number, ratio?: number): readonly LevelPlan[] {
  if (ratio !== undefined) return planWith(ratio, taps, hop);
  let best = planWith(1, taps, hop);
  for (const each of RATIOS) {
    const plan = planWith(each, taps, hop);
    const fits = plan.every(({ size }) => size <= LARGEST_FFT);
    if (fits && costOf(plan) < costOf(best)) best = plan;
  }
  return best;
}

/**
 * What a convolution with a response of `taps` costs.
 * @param rate hops per second
 */
export function convolverCost(taps: number, hop: number, rate: number): Cost {
  const levels = planConvolver(taps, hop);
  const costs = levels.map(({ size, partitions }) => ({
    setUp: partitions * fftSeconds(size),
    memory: tabulated(partitions * size) + floats(partitions * size) + floats(8 * size),
    playing: 0,
  }));
  const products = { setUp: 0, memory: tabulated(taps), playing: 1e-9 * rate * costOf(levels) };
  return addCosts([...costs, products]);
}

/** Convolution with partitions of one length. The constructor allocates all memory. */
class Level {
  readonly #heap: Heap;
  readonly #fft: RealFft;
  readonly #hop: number;
  readonly #hops: number;
  readonly #block: number;
  readonly #partitions: number;
  /** number of the first step after the transform, after the products (one per partition), and after the inverse */
  readonly #forward: number;
  readonly #products: number;
  readonly #steps: number;
  /** spectra of the partitions of the response */
  readonly #filters: Pointer;
  /** ring with the spectra of as many past blocks */
  readonly #blocks: Pointer;
  readonly #sum: Pointer;
  /** scratch of a transform that is spread over several hops */
  readonly #work: Pointer;
  /** the incomplete block, then zeros */
  readonly #input: Pointer;
  /** output of the newest block: the first half is being read, the second overlaps with the next block */
  #newest: Pointer;
  /** where the next inverse transform writes */
  #spare: Pointer;
  /** slot of the last complete block in the ring */
  #slot = 0;
  /** hops that the incomplete block has */
  #filled = 0;

  constructor(
    heap: Heap,
    name: string,
    taps: Float32Array,
    hop: number,
    { from, to, hops, size, partitions }: LevelPlan,
  ) {
    this.#heap = heap;
    this.#hop = hop;
    this.#hops = hops;
    this.#block = hop * hops;
    this.#partitions = partitions;
    const fft = FftPlans.of(heap).get(size);
    this.#fft = fft;
    this.#forward = heap.kernels.rfftSteps(size);
    this.#products = this.#forward + partitions;
    this.#steps = this.#products + heap.kernels.irfftSteps(size);
    this.#newest = heap.alloc(size);
    this.#filters = heap.filled(
      `${name}/${from}`,
      partitions * fft.spectrumLength,
      (at, piece) => this.#transform(at, taps.subarray(from, to), piece * PIECE),
      PIECE * fft.spectrumLength,
    );
    this.#blocks = heap.alloc(partitions * fft.spectrumLength);
    this.#sum = heap.alloc(fft.spectrumLength);
    this.#work = hops > 1 ? heap.alloc(size) : fft.work;
    this.#input = heap.alloc(size);
    this.#spare = heap.alloc(size);
  }

  /** Hops of silence after which all buffers hold zeros. */
  get memory(): number {
    return (this.#partitions + 3) * this.#hops;
  }

  /** Spectra of up to PIECE partitions from `first` on; `#newest` is free then. */
  #transform(filters: Pointer, taps: Float32Array, first: number): void {
    const heap = this.#heap;
    const { size, tables, work } = this.#fft;
    for (let p = first; p < Math.min(first + PIECE, this.#partitions); p++) {
      const partition = taps.subarray(p * this.#block, (p + 1) * this.#block);
      heap.view(this.#newest, size).fill(0);
      heap.view(this.#newest, partition.length).set(partition);
      heap.kernels.copyFlushed(this.#newest, this.#newest, this.#block);
      heap.kernels.rfft(this.#at(filters, p - first), this.#newest, tables, work, size);
    }
    heap.kernels.silence(this.#newest, size);
  }

  #at(spectra: Pointer, index: number): Pointer {
    return spectra + index * this.#fft.spectrumLength * 4;
  }

  /**
   * @param segment hop samples of input
   * @returns hop samples of output. With blocks of one hop they belong to this segment; with longer blocks they
   *   belong to the segment (2 * hops - 1) hops earlier
   */
  process(segment: Pointer): Pointer {
    const { kernels } = this.#heap;
    const at = this.#input + this.#filled * this.#hop * 4;
    // a block of one hop is transformed at once; a longer block while the next one overwrites it
    if (this.#hops === 1) kernels.copyFlushed(at, segment, this.#hop);
    const from = Math.ceil((this.#steps * this.#filled) / this.#hops);
    const to = Math.ceil((this.#steps * (this.#filled + 1)) / this.#hops);
    this.#advance(from, to);
    if (this.#hops > 1) kernels.copyFlushed(at, segment, this.#hop);
    this.#filled++;
    if (this.#filled < this.#hops) return this.#newest + this.#filled * this.#hop * 4;
    this.#turn();
    return this.#newest;
  }

  /** Runs steps `from` to `to - 1` of a block: its transform, the products, the inverse transform. */
  #advance(from: number, to: number): void {
    const { kernels } = this.#heap;
    const { size, stride, tables } = this.#fft;
    const work = this.#work;
    const forward = this.#forward;
    const products = this.#products;
    for (let step = from; step < Math.min(to, forward); step++) {
      kernels.rfftStep(this.#at(this.#blocks, this.#slot), this.#input, tables, work, size, step);
    }
    const first = Math.max(from, forward) - forward;
    const end = Math.min(to, products) - forward;
    if (first < end) {
      kernels.multiplyPartitions(
        this.#sum,
        this.#blocks,
        this.#filters,
        stride,
        this.#partitions,
        this.#slot,
        first,
        end,
      );
    }
    for (let step = Math.max(from, products); step < to; step++) {
      kernels.irfftStep(this.#spare, this.#sum, tables, work, size, step - products);
    }
  }

  /** Called when a block's output and the next block of input are complete. */
  #turn(): void {
    const { kernels } = this.#heap;
    const output = this.#spare;
    kernels.add(output, output, this.#newest + this.#block * 4, this.#block);
    kernels.silence(this.#sum, this.#fft.spectrumLength);
    this.#spare = this.#newest;
    this.#newest = output;
    this.#slot = this.#slot + 1 === this.#partitions ? 0 : this.#slot + 1;
    this.#filled = 0;
  }

  reset(): void {
    const { kernels } = this.#heap;
    const { size, spectrumLength } = this.#fft;
    kernels.silence(this.#blocks, this.#partitions * spectrumLength);
    kernels.silence(this.#sum, spectrumLength);
    kernels.silence(this.#input, size);
    kernels.silence(this.#newest, size);
    kernels.silence(this.#spare, size);
    this.#slot = 0;
    this.#filled = 0;
  }
}

export class Convolver {
  readonly #heap: Heap;
  readonly #hop: number;
  readonly #first: Level;
  readonly #second: Level | null;
  /** hop samples */
  readonly #silence: Pointer;
  /** hops of silent input after which the output is silent */
  readonly #memory: number;
  /** silent hops of input so far, in a row */
  #quiet = 0;

  /**
   * Set-up only. Values below 1e-12 are treated as 0, in the response and in the input. So nothing becomes
   * denormal, and a NaN in the input does not stay.
   * @param name of the response, for its tables
   * @param taps the response, from time zero on
   * @param hop samples of a segment
   * @param ratio see `planConvolver`
   */
  constructor(heap: Heap, name: string, taps: Float32Array, hop: number, ratio?: number) {
    this.#heap = heap;
    this.#hop = hop;
    const [first, second] = planConvolver(taps.length, hop, ratio);
    this.#first = new Level(heap, name, taps, hop, first);
    this.#second = second ? new Level(heap, name, taps, hop, second) : null;
    this.#silence = heap.alloc(hop);
    this.#memory = Math.max(this.#first.memory, this.#second?.memory ?? 0);
    this.#quiet = this.#memory;
  }

  /**
   * Audio thread. Computes nothing once the response to all earlier input has ended.
   * @param segment hop samples
   * @returns hop samples of output, valid until the next call; the caller may change them
   */
  process(segment: Pointer): Pointer {
    const { kernels } = this.#heap;
    if (!kernels.isSilent(segment, this.#hop)) this.#quiet = 0;
    else if (this.#quiet < this.#memory) this.#quiet++;
    else {
      kernels.silence(this.#silence, this.#hop);
      return this.#silence;
    }
    const output = this.#first.process(segment);
    if (this.#second) kernels.add(output, output, this.#second.process(segment), this.#hop);
    return output;
  }

  reset(): void {
    this.#first.reset();
    this.#second?.reset();
    this.#quiet = this.#memory;
  }
}
