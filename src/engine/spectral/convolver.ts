/**
 * Convolution of a stream with a long, fixed impulse response, without delay.
 *
 * The response is cut into partitions as long as a block of input; their spectra meet the spectra of
 * past blocks in a ring, and one inverse transform gives the output (uniformly partitioned convolution,
 * Kulp 1988). Long blocks are cheaper, but a block must be complete before it can be transformed: so a
 * `Convolver` has two levels (Gardner 1995). The first handles hop-long blocks and the response's first
 * taps, the second blocks of several hops and the rest, which is not heard before such a block is
 * complete. The second level's products are spread over the hops in between: only those with the newest
 * block have to wait for it.
 */

import type { Heap, Pointer } from '../kernels';
import { FftPlans, fftSizeFor, type RealFft } from './fft';

/** Nanoseconds, for choosing only: a product of two bins, and a transform's n log2 n. */
const PRODUCT_COST = 0.3;
const TRANSFORM_COST = 0.065;
const RATIOS = [2, 4, 8, 16];

/** What one block of a level costs. */
function blockCost(taps: number, block: number): number {
  if (taps <= 0) return 0;
  const size = fftSizeFor(2 * block);
  const products = Math.ceil(taps / block) * (size / 2);
  return PRODUCT_COST * products + 2 * TRANSFORM_COST * size * Math.log2(size);
}

/**
 * Hops a block of the second level has: the cheapest, 1 where a second level would not pay. Longer blocks
 * come in bigger bursts, so they must save a tenth.
 */
function chooseRatio(taps: number, hop: number): number {
  let best = 1;
  let least = blockCost(taps, hop);
  for (const ratio of RATIOS) {
    const first = (ratio - 1) * hop;
    const cost = blockCost(Math.min(taps, first), hop) + blockCost(taps - first, ratio * hop) / ratio;
    if (taps > first && cost < 0.9 * least) {
      least = cost;
      best = ratio;
    }
  }
  return best;
}

/** Convolution by partitions of one length. All memory is allocated here. */
class Level {
  readonly #heap: Heap;
  readonly #fft: RealFft;
  readonly #hop: number;
  readonly #hops: number;
  readonly #block: number;
  readonly #partitions: number;
  /** spectra of the partitions */
  readonly #filters: Pointer;
  /** ring of the spectra of past blocks, as many */
  readonly #blocks: Pointer;
  readonly #sum: Pointer;
  /** the block under way, then zeros that stay */
  readonly #input: Pointer;
  /** what the newest block gave: its first half is being read, its second overlaps with the next */
  #newest: Pointer;
  #previous: Pointer;
  /** slot of the block under way */
  #slot = 0;
  /** hops of it that are there */
  #filled = 0;

  /** @param hops hops of a block */
  constructor(heap: Heap, taps: Float32Array, hop: number, hops: number) {
    this.#heap = heap;
    this.#hop = hop;
    this.#hops = hops;
    this.#block = hop * hops;
    const fft = FftPlans.of(heap).get(fftSizeFor(2 * this.#block));
    this.#fft = fft;
    this.#partitions = Math.ceil(taps.length / this.#block);
    this.#newest = heap.alloc(fft.size);
    this.#filters = heap.filled(this.#partitions * fft.spectrumLength, (at) => this.#transform(at, taps));
    this.#blocks = heap.alloc(this.#partitions * fft.spectrumLength);
    this.#sum = heap.alloc(fft.spectrumLength);
    this.#input = heap.alloc(fft.size);
    this.#previous = heap.alloc(fft.size);
    this.reset();
  }

  /** The partitions' spectra; `#newest` is free then. */
  #transform(filters: Pointer, taps: Float32Array): void {
    const heap = this.#heap;
    const { size, tables, work } = this.#fft;
    for (let p = 0; p < this.#partitions; p++) {
      const partition = taps.subarray(p * this.#block, (p + 1) * this.#block);
      heap.view(this.#newest, size).fill(0);
      heap.view(this.#newest, partition.length).set(partition);
      heap.kernels.copyFlushed(this.#newest, this.#newest, this.#block);
      heap.kernels.rfft(this.#at(filters, p), this.#newest, tables, work, size);
    }
  }

  #at(spectra: Pointer, index: number): Pointer {
    return spectra + index * this.#fft.spectrumLength * 4;
  }

  /**
   * @param segment hop samples of input
   * @returns hop samples of output: at the same time as the segment if a block is one hop; else those
   *   that belong (hops - 1) hops after the response's first tap
   */
  process(segment: Pointer): Pointer {
    const { kernels } = this.#heap;
    const { size, stride, tables, work } = this.#fft;
    const step = this.#filled;
    kernels.copyFlushed(this.#input + step * this.#hop * 4, segment, this.#hop);
    const older = this.#partitions - 1;
    const from = 1 + Math.floor((older * step) / this.#hops);
    const to = 1 + Math.floor((older * (step + 1)) / this.#hops);
    this.#multiply(from, to);
    this.#filled = step + 1;
    if (this.#filled < this.#hops) return this.#newest + this.#filled * this.#hop * 4;

    kernels.rfft(this.#at(this.#blocks, this.#slot), this.#input, tables, work, size);
    this.#multiply(0, 1);
    const output = this.#previous;
    this.#previous = this.#newest;
    this.#newest = output;
    kernels.irfft(output, this.#sum, tables, work, size);
    kernels.add(output, output, this.#previous + this.#block * 4, this.#block);
    kernels.silence(this.#sum, 2 * stride);
    this.#slot = this.#slot + 1 === this.#partitions ? 0 : this.#slot + 1;
    this.#filled = 0;
    return output;
  }

  /** Adds the products of partitions from..to - 1 with the blocks that lie as many blocks back. */
  #multiply(from: number, to: number): void {
    this.#heap.kernels.multiplyPartitions(
      this.#sum,
      this.#blocks,
      this.#filters,
      this.#fft.stride,
      this.#partitions,
      this.#slot,
      from,
      to,
    );
  }

  reset(): void {
    const { kernels } = this.#heap;
    const { size, spectrumLength } = this.#fft;
    kernels.silence(this.#blocks, this.#partitions * spectrumLength);
    kernels.silence(this.#sum, spectrumLength);
    kernels.silence(this.#input, size);
    kernels.silence(this.#newest, size);
    kernels.silence(this.#previous, size);
    this.#slot = 0;
    this.#filled = 0;
  }
}

export class Convolver {
  readonly #heap: Heap;
  readonly #hop: number;
  readonly #first: Level;
  readonly #second: Level | null;

  /**
   * Set-up only. Values below 1e-12 count as 0, in the response as in the input: nothing can become
   * denormal, and a NaN in the input is gone when it has left the output.
   * @param taps the response, from time zero on
   * @param hop samples of a segment
   * @param ratio hops of a block of the second level; 1: no second level
   */
  constructor(heap: Heap, taps: Float32Array, hop: number, ratio = chooseRatio(taps.length, hop)) {
    this.#heap = heap;
    this.#hop = hop;
    const first = ratio === 1 ? taps.length : (ratio - 1) * hop;
    this.#first = new Level(heap, taps.subarray(0, first), hop, 1);
    this.#second = first < taps.length ? new Level(heap, taps.subarray(first), hop, ratio) : null;
  }

  /**
   * Audio thread.
   * @param segment hop samples
   * @returns hop samples of output, valid (and the caller's to change) until the next call
   */
  process(segment: Pointer): Pointer {
    const output = this.#first.process(segment);
    if (this.#second) this.#heap.kernels.add(output, output, this.#second.process(segment), this.#hop);
    return output;
  }

  reset(): void {
    this.#first.reset();
    this.#second?.reset();
  }
}
