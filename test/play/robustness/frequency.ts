/** The frequency of a steady partial, to a ten thousandth of a cent over a few seconds. */

/** Phase, in turns, of the partial near `hz` in `size` samples from `from` on (Hann). */
function phaseAt(signal: Float32Array, from: number, size: number, hz: number, sampleRate: number): number {
  let re = 0;
  let im = 0;
  for (let n = 0; n < size; n++) {
    const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / size);
    const turn = ((hz * (from + n)) / sampleRate) % 1;
    re += weight * signal[from + n] * Math.cos(2 * Math.PI * turn);
    im -= weight * signal[from + n] * Math.sin(2 * Math.PI * turn);
  }
  return Math.atan2(im, re) / (2 * Math.PI);
}

/**
 * Hz of the partial within a few tenths of a Hz of `near`: how far its phase runs ahead of `near`'s, from the first
 * half second to the last, and for the sign of that run from both to the middle.
 */
export function frequency(signal: Float32Array, near: number, sampleRate: number): number {
  const size = Math.round(sampleRate / 2);
  const last = signal.length - size;
  const middle = Math.round(last / 2);
  const phases = [0, middle, last].map((from) => phaseAt(signal, from, size, near, sampleRate));
  let run = 0;
  for (let i = 1; i < phases.length; i++) {
    const step = phases[i] - phases[i - 1];
    run += step - Math.round(step);
  }
  return near + (run * sampleRate) / last;
}
