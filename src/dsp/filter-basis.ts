/**
 * The noise filter's design as a matrix: impulse response = magnitudes x basis.
 *
 * At the model's rate (DESIGN: FilteredNoise) the response to N/2 + 1 magnitudes m is, for |n| < N/2,
 *
 *   h[n] = w(n) / N (m_0 + 2 sum of m_k cos(2 pi k n / N) + (-1)^n m_{N/2}),  w(n) = 1/2 + 1/2 cos(2 pi n / N)
 *
 * At another rate the same function of time is sampled at that rate: n becomes n modelRate / sampleRate. A factor
 * sqrt(modelRate / sampleRate) keeps the noise's power per Hz, because white noise spreads its power over another
 * band.
 *
 * Bands above the lower of the two Nyquist frequencies are dropped. The weight of the last remaining band is the
 * width of the frequency range that it represents: half the distance to its neighbour below, and half the distance
 * to its mirror image above the Nyquist frequency. So a flat curve stays flat up to the Nyquist frequency. At equal
 * rates this weight is 1, as for band N/2 above.
 *
 * N may be odd, as in some models that were trained elsewhere: then no band lies at the Nyquist frequency. Their
 * window lies half a sample off centre; the one here is its symmetric part, w(n) = 1/2 + 1/2 cos(pi / N)
 * cos(2 pi n / N), which leaves out a part of the response 20 log10(sin(pi / N) / 2) dB below it.
 */

/** Taps 0..reach of the zero-phase filter, for every band. */
export interface FilterBasis {
  /** the last tap that is not zero; the filter has 2 reach + 1 taps */
  readonly reach: number;
  /** reach + 1, padded to a multiple of 16 */
  readonly tapStride: number;
  /** computes the taps: (bands, tapStride), row-major, zeros beyond reach */
  values(): Generator<void, Float32Array>;
}

/** The last tap before the window's end, N/2 samples at the model's rate. */
export function filterReach(bands: number, sampleRate: number, modelRate: number, odd = 0): number {
  return Math.ceil((filterSize(bands, odd) * sampleRate) / modelRate / 2) - 1;
}

/** N, taps at the model's rate. */
export function filterSize(bands: number, odd: number): number {
  return 2 * (bands - 1) + odd;
}

export interface FilterBasisOptions {
  /** 1: N is odd; default 0 */
  readonly odd?: number;
  /** times every tap; default 1 */
  readonly amplitude?: number;
}

/**
 * @param bands N/2 + 1, rounded down; at least 3
 * @param sampleRate the rate to play at, Hz
 * @param modelRate the rate the magnitudes were learned at, Hz
 */
export function filterBasis(
  bands: number,
  sampleRate: number,
  modelRate: number,
  { odd = 0, amplitude = 1 }: FilterBasisOptions = {},
): FilterBasis {
  const size = filterSize(bands, odd);
  const slant = odd === 1 ? Math.cos(Math.PI / size) : 1;
  const spacing = modelRate / size;
  const nyquist = Math.min(sampleRate, modelRate) / 2;
  const last = Math.min(bands - 1, Math.floor(nyquist / spacing + 1e-9));
  const edge = 0.5 + (nyquist - last * spacing) / spacing;
  const reach = filterReach(bands, sampleRate, modelRate, odd);
  const tapStride = Math.ceil((reach + 1) / 16) * 16;
  const level = (amplitude * Math.sqrt(modelRate / sampleRate)) / size;
  function* compute(): Generator<void, Float32Array> {
    const values = new Float32Array(bands * tapStride);
    for (let k = 0; k <= last; k++) {
      yield;
      const weight = level * (k === 0 ? 1 : k === last ? 2 * edge : 2);
      for (let n = 0; n <= reach; n++) {
        const turns = (n * modelRate) / sampleRate / size;
        const window = 0.5 + 0.5 * slant * Math.cos(2 * Math.PI * turns);
        values[k * tapStride + n] = weight * window * Math.cos(2 * Math.PI * ((k * turns) % 1));
      }
    }
    return values;
  }
  return { reach, tapStride, values: compute };
}
