/**
 * What a note that is known really sounds: its pitch over time, searched for within a semitone of the key.
 *
 * Knowing the note leaves no octave to be wrong about. The harmonics' amplitudes (Hann window, discrete
 * Fourier transform at the very frequencies) are summed for every candidate; the largest sum wins.
 */

/** Samples of a window: 60 ms, or 5 periods of low notes. */
function windowLength(sampleRate: number, hz: number): number {
  return Math.round(Math.max(0.06 * sampleRate, (5 * sampleRate) / hz));
}

const SEMITONE = 100;

/**
 * @param centre sample in the middle of the window
 * @returns cents above `hz`, -100..100
 */
export function deviation(audio: Float32Array, sampleRate: number, centre: number, hz: number): number {
  const length = windowLength(sampleRate, hz);
  const start = Math.round(centre - length / 2);
  const piece = Float64Array.from({ length }, (_, n) => {
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / length);
    return hann * (audio[start + n] ?? 0);
  });
  const strength = (cents: number) => harmonicSum(piece, sampleRate, hz * 2 ** (cents / 1200));
  let best = search(strength, -SEMITONE, SEMITONE, 10);
  best = search(strength, best - 10, best + 10, 1);
  const [a, b, c] = [strength(best - 1), strength(best), strength(best + 1)];
  const curvature = a - 2 * b + c;
  return curvature < 0 ? best + (0.5 * (a - c)) / curvature : best;
}

function search(strength: (cents: number) => number, from: number, to: number, step: number): number {
  let best = from;
  let most = -1;
  for (let cents = from; cents <= to; cents += step) {
    const found = strength(cents);
    if (found > most) [best, most] = [cents, found];
  }
  return best;
}

const HARMONICS = 10;
const HIGHEST = 8000;

function harmonicSum(piece: Float64Array, sampleRate: number, hz: number): number {
  let sum = 0;
  for (let k = 1; k <= HARMONICS && (k === 1 || k * hz < HIGHEST); k++) {
    const turn = (2 * Math.PI * k * hz) / sampleRate;
    // Goertzel's recurrence
    const twice = 2 * Math.cos(turn);
    let [s1, s2] = [0, 0];
    for (let n = 0; n < piece.length; n++) {
      const s0 = piece[n] + twice * s1 - s2;
      s2 = s1;
      s1 = s0;
    }
    sum += Math.sqrt(Math.max(s1 * s1 + s2 * s2 - twice * s1 * s2, 0));
  }
  return sum;
}
