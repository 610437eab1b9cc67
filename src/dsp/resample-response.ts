/** Resamples an impulse response, in double precision. Set-up only. */

import { kaiser } from './window';

/** zero crossings of the sinc on either side: flat to 0.89 of the lower Nyquist frequency */
const CROSSINGS = 32;
/** table entries between two zero crossings; the error of linear interpolation is then 5e-6 */
const STEPS = 512;
/** Kaiser's shape parameter for 100 dB */
const BETA = 10.06;

/** Samples by which a response grows beyond its own duration at the higher rate of the two. */
export const RESPONSE_SPREAD = CROSSINGS + 1;

/** sinc times Kaiser window, from its centre to its end and one entry beyond. */
function kernelTable(): Float64Array {
  return Float64Array.from({ length: CROSSINGS * STEPS + 2 }, (_, i) => {
    const x = i / STEPS;
    if (i === 0) return 1;
    if (x >= CROSSINGS) return 0;
    return (kaiser(x / CROSSINGS, BETA) * Math.sin(Math.PI * x)) / (Math.PI * x);
  });
}

/** Seconds that each sample of a response at the rate `to` takes. */
export function resampleSeconds(from: number, to: number): number {
  return from === to ? 0 : 10e-9 * 2 * CROSSINGS * Math.max(1, from / to);
}

/**
 * The same response at another rate: the same gain at every frequency below both Nyquist frequencies.
 * Samples that band-limited interpolation puts before time zero are dropped.
 * @param response begins at time zero
 * @param from its rate, Hz
 * @param to the rate wanted, Hz
 */
export function* resampleResponse(
  response: Float32Array,
  from: number,
  to: number,
): Generator<void, Float32Array> {
  if (from === to) return response;
  const table = kernelTable();
  const cutoff = Math.min(1, to / from);
  const reach = CROSSINGS / cutoff;
  // in samples of `response`; as much for samples of another length, and the low-pass filter's own level
  const step = from / to;
  const gain = step * cutoff;
  const length = Math.floor((response.length - 1 + reach) / step) + 1;
  const out = new Float32Array(length);
  for (let n = 0; n < length; n++) {
    if (n % 1024 === 0) yield;
    const centre = n * step;
    const end = Math.min(response.length - 1, Math.floor(centre + reach));
    let sum = 0;
    for (let k = Math.max(0, Math.ceil(centre - reach)); k <= end; k++) {
      const at = Math.abs(centre - k) * cutoff * STEPS;
      const whole = Math.floor(at);
      sum += response[k] * (table[whole] + (at - whole) * (table[whole + 1] - table[whole]));
    }
    out[n] = gain * sum;
  }
  return out;
}
