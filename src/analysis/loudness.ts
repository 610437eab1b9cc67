/** What the bins of a window's spectrum count for in its loudness. Set-up only, in double precision. */

/** dB relative to 1 kHz (IEC 61672-1), never below -80. */
export function aWeighting(hz: number): number {
  const f2 = hz * hz;
  const [a, b, c, d] = [20.598997, 107.65265, 737.86223, 12194.217].map((corner) => corner * corner);
  const response = (d * f2 * f2) / ((f2 + a) * Math.sqrt((f2 + b) * (f2 + c)) * (f2 + d));
  return Math.max(20 * Math.log10(response) + 2, -80);
}

/**
 * Weights of the window's own bins k = 0..W/2 such that the sum of weight * |X|^2 is the loudness (as
 * power) that the same sound has at the model's rate: the mean, over the bins of a window there, of
 * A-weighted power. Power at a frequency grows with the square of the window's samples; bins above the
 * model's Nyquist frequency count for nothing.
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
 * The same weights for autocorrelation instead of power: the sum of g(tau) * r(tau), tau from -(W - 1)
 * to W - 1, is the sum of weight * |X|^2. Its transform gives weights for the bins of a longer, padded
 * transform. (Those bins cannot simply be averaged: how much of a low tone leaks into the loud middle
 * of the spectrum depends on where the window's own bins lie, by several dB.)
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
      // g has the window's period, and is even
      g[window - tau] = sum;
      g[size - window + tau] = sum;
    }
  }
  return g;
}
