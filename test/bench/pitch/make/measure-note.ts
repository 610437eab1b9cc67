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
  const piece = hannWindowed(audio, centre, length);
  const strength = (cents: number) => harmonicSum(piece, sampleRate, hz * 2 ** (cents / 1200));
  let best = search(strength, -SEMITONE, SEMITONE, 10);
  best = search(strength, best - 10, best + 10, 1);
  const [a, b, c] = [strength(best - 1), strength(best), strength(best + 1)];
  const curvature = a - 2 * b + c;
  return curvature < 0 ? best + (0.5 * (a - c)) / curvature : best;
}

function hannWindowed(audio: Float32Array, centre: number, length: number): Float64Array {
  const start = Math.round(centre - length / 2);
  return Float64Array.from({ length }, (_, n) => {
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / length);
    return hann * (audio[start + n] ?? 0);
  });
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
    sum += Math.sqrt(power(piece, sampleRate, k * hz));
  }
  return sum;
}

/** Goertzel's recurrence. */
function power(piece: Float64Array, sampleRate: number, hz: number): number {
  const twice = 2 * Math.cos((2 * Math.PI * hz) / sampleRate);
  let [s1, s2] = [0, 0];
  for (let n = 0; n < piece.length; n++) {
    const s0 = piece[n] + twice * s1 - s2;
    s2 = s1;
    s1 = s0;
  }
  return Math.max(s1 * s1 + s2 * s2 - twice * s1 * s2, 0);
}

/** Periods looked at: harmonics and what lies halfway between them are apart, vibrato does not matter. */
const PERIODS = 8;

/** Power of the odd harmonics, and of what lies halfway between harmonics, over that of all harmonics. */
export interface Octaves {
  /** near 0 the octave above sounds */
  readonly odd: number;
  /** near 1 or above, the octave below */
  readonly halfway: number;
}

/** @param hz the pitch around sample `centre` */
export function octaves(audio: Float32Array, sampleRate: number, centre: number, hz: number): Octaves {
  const piece = hannWindowed(audio, centre, Math.round((PERIODS * sampleRate) / hz));
  const total = { odd: 0, even: 0, halfway: 0 };
  for (let k = 1; k <= 2 * HARMONICS && (k * hz) / 2 < HIGHEST; k++) {
    const kind = k % 2 ? 'halfway' : k % 4 ? 'odd' : 'even';
    total[kind] += power(piece, sampleRate, (k * hz) / 2);
  }
  const harmonics = total.odd + total.even;
  return { odd: total.odd / harmonics, halfway: total.halfway / harmonics };
}
