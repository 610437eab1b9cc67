/** What is heard of a click: sound above the highest partial, in short windows. */

const SIZE = 256;
const STEP = 64;

/**
 * Power above `from` Hz in windows of 256 samples, one every 64: sinusoids below are suppressed by 90 dB and more
 * (Blackman-Harris), a step is not.
 */
function powerAbove(signal: Float32Array, from: number, sampleRate: number): Float64Array {
  const lowest = Math.ceil((from / sampleRate) * SIZE);
  const window = Float64Array.from({ length: SIZE }, (_, n) => blackmanHarris((n + 0.5) / SIZE));
  const powers = new Float64Array(Math.floor((signal.length - SIZE) / STEP) + 1);
  for (let k = lowest; k <= SIZE / 2; k++) {
    const cos = window.map((w, n) => w * Math.cos((2 * Math.PI * k * n) / SIZE));
    const sin = window.map((w, n) => w * Math.sin((2 * Math.PI * k * n) / SIZE));
    for (let i = 0; i < powers.length; i++) {
      let re = 0;
      let im = 0;
      for (let n = 0; n < SIZE; n++) {
        re += cos[n] * signal[i * STEP + n];
        im += sin[n] * signal[i * STEP + n];
      }
      powers[i] += (re * re + im * im) / SIZE;
    }
  }
  return powers;
}

/** A window whose sidelobes lie 92 dB down. @param t 0..1 */
export function blackmanHarris(t: number): number {
  const turn = 2 * Math.PI * t;
  return 0.35875 - 0.48829 * Math.cos(turn) + 0.14128 * Math.cos(2 * turn) - 0.01168 * Math.cos(3 * turn);
}

/** The largest power above `from` Hz in [begin, end) samples, dB over that of the steady stretches around. */
export function clickLevel(
  signal: Float32Array,
  { from, sampleRate, begin, end }: { from: number; sampleRate: number; begin: number; end: number },
): number {
  const powers = powerAbove(signal, from, sampleRate);
  let steady = 0;
  let around = 0;
  powers.forEach((power, i) => {
    const at = i * STEP;
    if (at + SIZE > begin && at < end) around = Math.max(around, power);
    else steady = Math.max(steady, power);
  });
  return 10 * Math.log10(around / steady);
}
