/** Weights of the bins of a window's spectrum for its loudness. Set-up only, in double precision. */

/** A-weighting in dB relative to 1 kHz (IEC 61672-1), never below -80. */
export function aWeighting(hz: number): number {
  const f2 = hz * hz;
  const [a, b, c, d] = [20.598997, 107.65265, 737.86223, 12194.217].map((corner) => corner * corner);
  const response = (d * f2 * f2) / ((f2 + a) * Math.sqrt((f2 + b) * (f2 + c)) * (f2 + d));
  return Math.max(20 * Math.log10(response) + 2, -80);
}

/**
 * Weights of the bins k = 0..W/2 of an unpadded window. The sum of weight * |X|^2 is the loudness, as power, that the
 * same sound has at the model's rate. There it is the mean of the A-weighted power over the bins of a window. Power at
 * a frequency grows with the square of the number of samples in the window. Bins above the model's Nyquist frequency
 * have weight 0.
 */
export function binWeights(
  window: number,
  sampleRate: number,
  modelWindow: number,
  modelRate: number,
): Float64Array {
  const scale = (modelWindow / window) ** 2 / (modelWindow / 2 + 1);
  return Float64Array.from({ length: window / 2 + 1 }, (_, k) => {
    const hz = (k * sampleRate) / window;
    return hz <= modelRate / 2 ? scale * 10 ** (aWeighting(hz) / 10) : 0;
  });
}

/**
 * The same weights for the autocorrelation instead of the power. The sum of g(tau) * r(tau), for |tau| < W, equals the
 * sum of weight * |X|^2. The transform of g gives weights for the bins of a longer, padded transform. The bins of the
 * padded transform cannot simply be averaged instead. Low tones leak into the middle of the spectrum, where the weights
 * are high. The amount of this leakage depends on the positions of the window's own bins, by several dB.
 * @param size of the padded transform, at least 2 W
 * @returns g(0), g(1)..g(W - 1), zeros, g(W - 1)..g(1)
 */
export function* lagWeights(
  weights: Float64Array,
  window: number,
  size: number,
): Generator<void, Float32Array> {
  const half = window / 2;
  const cosines = Float64Array.from({ length: window }, (_, i) => Math.cos((2 * Math.PI * i) / window));
  const g = new Float32Array(size);
  for (let tau = 0; tau <= half; tau++) {
    if (tau % 64 === 0) yield;
    let sum = 0;
    let turn = 0;
    for (let k = 0; k <= half; k++) {
      sum += weights[k] * cosines[turn];
      turn += tau;
      if (turn >= window) turn -= window;
    }
    g[tau] = sum;
    if (tau > 0) {
      g[size - tau] = sum;
      // g is even and has the window's period
      g[window - tau] = sum;
      g[size - window + tau] = sum;
    }
  }
  return g;
}
