/** A room: parallel feedback combs, then allpasses in series (Schroeder 1962). */

/** Seconds: delays without common divisors. */
const COMBS = [0.0297, 0.0371, 0.0411, 0.0437, 0.0479, 0.0541];
const ALLPASSES = [0.005, 0.0017, 0.0121];
const DIFFUSION = 0.7;

/** @param decay seconds in which the reverb falls by 60 dB */
export function reverberate(audio: Float32Array, sampleRate: number, decay: number): Float32Array {
  const wet = new Float64Array(audio.length);
  for (const seconds of COMBS) {
    const delay = Math.round(seconds * sampleRate);
    const feedback = 10 ** ((-3 * seconds) / decay);
    const comb = new Float64Array(audio.length);
    for (let n = delay; n < audio.length; n++) {
      comb[n] = audio[n - delay] + feedback * comb[n - delay];
      wet[n] += comb[n] / COMBS.length;
    }
  }
  for (const seconds of ALLPASSES) allpass(wet, Math.round(seconds * sampleRate));
  return audio.map((v, n) => v + wet[n]);
}

function allpass(signal: Float64Array, delay: number): void {
  const state = new Float64Array(delay);
  for (let n = 0; n < signal.length; n++) {
    const delayed = state[n % delay];
    const input = signal[n] + DIFFUSION * delayed;
    signal[n] = delayed - DIFFUSION * input;
    state[n % delay] = input;
  }
}
