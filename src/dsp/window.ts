/** Window functions, in double precision. */

/** Periodic Hann window: 1/2 - 1/2 cos(2 pi i / size), i = 0..size - 1. */
export function hann(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
}

/** Periodic Blackman-Harris window of four terms: side lobes below -92 dB, a main lobe of four bins on either side. */
export function blackmanHarris(size: number): Float64Array {
  const terms = [0.35875, -0.48829, 0.14128, -0.01168];
  return Float64Array.from({ length: size }, (_, i) =>
    terms.reduce((sum, term, n) => sum + term * Math.cos((2 * Math.PI * n * i) / size), 0),
  );
}

/** Modified Bessel function of the first kind, order 0. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** Kaiser window at x in [-1, 1], 1 at 0. @param beta trades the width of the main lobe for its stop band */
export function kaiser(x: number, beta: number): number {
  return bessel(beta * Math.sqrt(1 - x * x)) / bessel(beta);
}
