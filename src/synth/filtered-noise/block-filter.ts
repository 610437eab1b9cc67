import { FftPlans, fftSizeFor, type RealFft } from '../../dsp/fft';
import { type FilterBasis, filterBasis } from '../../dsp/filter-basis';
import type { Heap, Pointer } from '../../dsp/heap';
import type { Options } from '../processor';

/** One block's way from noise and taps to filtered noise; buffers shared by stream and training. */
export class BlockFilter {
  readonly fft: RealFft;
  readonly basis: FilterBasis;
  readonly basisAt: Pointer;
  /** samples of a filtered block: H + 2 reach, from `reach` before the block on */
  readonly length: number;
  /** the filter's taps around 0, circular; between them zeros that stay */
  readonly frame: Pointer;
  /** a block of noise at `reach`; around it zeros that stay */
  readonly block: Pointer;
  readonly filter: Pointer;
  /** `fft.size` samples, the first `length` of them the filtered block */
  readonly filtered: Pointer;

  constructor(heap: Heap, options: Options, hop: number, sampleRate: number, modelRate: number) {
    const { bands, odd = 0, amplitude = 1 } = options;
    this.basis = filterBasis(bands, sampleRate, modelRate, { odd, amplitude });
    const name = `noise-basis/${bands}/${odd}/${amplitude}/${sampleRate}/${modelRate}`;
    this.basisAt = heap.constant(name, () => this.basis.values());
    this.length = hop + 2 * this.basis.reach;
    this.fft = FftPlans.of(heap).get(fftSizeFor(this.length));
    this.frame = heap.alloc(this.fft.size);
    this.block = heap.alloc(this.fft.size);
    this.filter = heap.alloc(this.fft.spectrumLength);
    this.filtered = heap.alloc(this.fft.size);
  }

  /**
   * `filtered` = the noise in `block` through the filter of `taps`.
   * @param spectrum room for the block's spectrum, kept
   * @param product room for a spectrum; may be `spectrum`, which then is not kept
   */
  run({ kernels }: Heap, taps: Pointer, spectrum: Pointer, product: Pointer): void {
    const { tables, work, size, stride } = this.fft;
    kernels.spreadTaps(this.frame, taps, this.basis.reach, size);
    kernels.rfft(this.filter, this.frame, tables, work, size);
    kernels.rfft(spectrum, this.block, tables, work, size);
    kernels.multiplyByReal(product, spectrum, this.filter, stride);
    kernels.irfft(this.filtered, product, tables, work, size);
  }
}
