/** The sawtooth without aliases as a sum of sines, in double precision: its definition. */

const REACH = 32;
const CUTOFF = 0.46;
const BETA = 8;
/** partials beyond this many times the sample rate are below -120 dB */
const HIGHEST = 3;
const STEPS = 4096;

function bessel(x: number): number {
  let sum = 1;
  for (let k = 1, term = 1; term > 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function impulse(t: number): number {
  const x = 2 * Math.PI * CUTOFF * t;
  return (
    (bessel(BETA * Math.sqrt(Math.max(0, 1 - (t / REACH) ** 2))) * (t === 0 ? 1 : Math.sin(x))) / (x || 1)
  );
}

/** The filter's gain at 0, 1 / STEPS, ... HIGHEST (and a little more) cycles a sample. */
const gains = (() => {
  const points = 16 * REACH;
  // the trapezoidal rule: the filter has nothing left where this many points a sample would alias
  const h = Array.from({ length: points }, (_, i) => (i === 0 ? 0.5 : 1) * impulse((i * REACH) / points));
  const transform = (frequency: number) =>
    h.reduce((sum, value, i) => sum + value * Math.cos((2 * Math.PI * frequency * i * REACH) / points), 0);
  const whole = transform(0);
  return Float64Array.from({ length: HIGHEST * STEPS + 3 }, (_, i) => transform(i / STEPS) / whole);
})();

/** @param frequency cycles a sample, 0..HIGHEST */
export function gain(frequency: number): number {
  const at = frequency * STEPS;
  const i = Math.floor(at);
  const w = at - i;
  const [a, b, c, d] = [gains[Math.abs(i - 1)], gains[i], gains[i + 1], gains[i + 2]];
  // cubic (Lagrange)
  return (
    (-w * (w - 1) * (w - 2) * a) / 6 +
    ((w + 1) * (w - 1) * (w - 2) * b) / 2 -
    ((w + 1) * w * (w - 2) * c) / 2 +
    ((w + 1) * w * (w - 1) * d) / 6
  );
}

/**
 * @param phase cycles
 * @param rate the filter's, Hz
 * @param highest partials from this many times the rate on are left out
 */
export function saw(phase: number, hz: number, rate: number, highest = HIGHEST): number {
  let y = 0;
  for (let k = 1; k * hz < highest * rate; k++) {
    y += (2 / (Math.PI * k)) * gain((k * hz) / rate) * Math.sin(2 * Math.PI * ((k * phase) % 1));
  }
  return y;
}
