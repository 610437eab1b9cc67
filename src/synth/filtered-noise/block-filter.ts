import { FftPlans, fftSizeFor, type RealFft } from '../../dsp/fft';
import { type FilterBasis, filterBasis } from '../../dsp/filter-basis';
import type { Heap, Pointer } from '../../dsp/heap';
import type { Options } from '../processor';

/** Filters one block of noise. Used by the stream and by training. */
export class BlockFilter {
  readonly fft: RealFft;
  readonly basis: FilterBasis;
  readonly basisAt: Pointer;
  /** length of a filtered block: H + 2 reach samples, which start `reach` before the block */
  readonly length: number;
  /** the filter's taps, circular around 0, with zeros between */
  readonly frame: Pointer;
  /** a block of noise at `reach`, with zeros around it */
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
   * Writes the noise in `block`, filtered with `taps`, to `filtered`.
   * @param spectrum where the spectrum of the block is written
   * @param product scratch for a spectrum; may be `spectrum`, which is then overwritten
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
