/**
 * Constants of realtimeDDSP's training metrics. Playing does not use them, but its reader wants every tensor of its
 * modules. Definitions: HTK's mel scale and triangular filters, DCT-II with orthonormal rows.
 */

const BANDS = 40;
const COEFFICIENTS = 20;
const FFT_SIZE = 1024;
const LOWEST_HZ = 40;
const HIGHEST_HZ = 7600;

export interface Matrix {
  readonly shape: readonly [rows: number, columns: number];
  /** row-major */
  readonly values: Float32Array<ArrayBuffer>;
}

const toMel = (hz: number) => 2595 * Math.log10(1 + hz / 700);
const toHz = (mel: number) => 700 * (10 ** (mel / 2595) - 1);

/** Weights of power spectra (513 bins) in 40 bands. */
export function melFilters(sampleRate: number): Matrix {
  const bins = FFT_SIZE / 2 + 1;
  const [low, high] = [toMel(LOWEST_HZ), toMel(HIGHEST_HZ)];
  const corners = Array.from({ length: BANDS + 2 }, (_, i) => toHz(low + ((high - low) * i) / (BANDS + 1)));
  const values = new Float32Array(bins * BANDS);
  for (let bin = 0; bin < bins; bin++) {
    const hz = (bin * Math.floor(sampleRate / 2)) / (bins - 1);
    for (let band = 0; band < BANDS; band++) {
      const rising = (hz - corners[band]) / (corners[band + 1] - corners[band]);
      const falling = (corners[band + 2] - hz) / (corners[band + 2] - corners[band + 1]);
      values[bin * BANDS + band] = Math.max(0, Math.min(rising, falling));
    }
  }
  return { shape: [bins, BANDS], values };
}

/** 40 bands to 20 coefficients. */
export function cosines(): Matrix {
  const values = new Float32Array(BANDS * COEFFICIENTS);
  for (let band = 0; band < BANDS; band++) {
    for (let k = 0; k < COEFFICIENTS; k++) {
      const scale = Math.sqrt((k === 0 ? 1 : 2) / BANDS);
      values[band * COEFFICIENTS + k] = scale * Math.cos((Math.PI / BANDS) * (band + 0.5) * k);
    }
  }
  return { shape: [BANDS, COEFFICIENTS], values };
}
