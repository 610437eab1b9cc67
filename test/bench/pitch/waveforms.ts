/** Periodic sounds as sums of harmonics, each below the Nyquist frequency at every moment. */

export interface Waveform {
  readonly name: string;
  /** amplitude of harmonic k = 1, 2, ... at a fundamental of `hz` */
  readonly amplitude: (k: number, hz: number) => number;
  /** turns; default 0 */
  readonly phase?: (k: number) => number;
}

/** Formants of a sung "a", Hz, each with its bandwidth. */
const FORMANTS = [
  [700, 110],
  [1220, 120],
  [2600, 160],
] as const;

const MOST_HARMONICS = 60;

/** Fractions of turns that look random and are the same each time. */
const scattered = (k: number) => (k * k * 0.381966) % 1;

export const waveforms: readonly Waveform[] = [
  { name: 'sine', amplitude: (k) => (k === 1 ? 1 : 0) },
  { name: 'triangle', amplitude: (k) => (k % 2 ? (((k - 1) / 2) % 2 ? -1 : 1) / k ** 2 : 0) },
  { name: 'square', amplitude: (k) => (k % 2 ? 1 / k : 0) },
  { name: 'saw', amplitude: (k) => 1 / k },
  { name: 'pulse', amplitude: (k) => Math.sin(0.1 * Math.PI * k) / k, phase: () => 0.25 },
  { name: 'scattered', amplitude: (k) => 1 / k, phase: scattered },
  // the fundamental 10 dB below its octave, as in low notes of a bassoon or a voice
  { name: 'weak', amplitude: (k) => (k === 1 ? 0.3 : k === 2 ? 1 : 1.2 / k), phase: scattered },
  // odd harmonics with 4% of the power: nearly the octave
  { name: 'second', amplitude: (k) => (k === 1 ? 0.1 : k === 2 ? 1 : 0.5 / k), phase: scattered },
  { name: 'missing', amplitude: (k) => (k === 1 || k > 8 ? 0 : 1 / k), phase: scattered },
  {
    name: 'sung',
    amplitude: (k, hz) =>
      FORMANTS.reduce((sum, [centre, width]) => sum + 1 / (1 + ((k * hz - centre) / width) ** 2), 0.02) / k,
    phase: scattered,
  },
];

/**
 * @param pitch Hz at each sample
 * @param reference Hz: the fundamental at which harmonics have their amplitudes
 * @returns peak 0.5
 */
export function synthesise(
  { amplitude, phase = () => 0 }: Waveform,
  pitch: Float64Array,
  sampleRate: number,
  reference: number,
): Float32Array {
  const highest = pitch.reduce((most, hz) => Math.max(most, hz), 0);
  const count = Math.min(Math.floor((0.45 * sampleRate) / highest), MOST_HARMONICS);
  const sines = new Float64Array(count + 1);
  const cosines = new Float64Array(count + 1);
  for (let k = 1; k <= count; k++) {
    sines[k] = amplitude(k, reference) * Math.cos(2 * Math.PI * phase(k));
    cosines[k] = amplitude(k, reference) * Math.sin(2 * Math.PI * phase(k));
  }
  const sum = new Float64Array(pitch.length);
  let turns = 0;
  for (let n = 0; n < sum.length; n++) {
    // The phase is the integral of the pitch: the trapezoidal rule's error is far below a cent.
    if (n > 0) turns += (pitch[n - 1] + pitch[n]) / 2 / sampleRate;
    const [cos, sin] = [Math.cos(2 * Math.PI * turns), Math.sin(2 * Math.PI * turns)];
    let c = 1;
    let s = 0;
    let value = 0;
    for (let k = 1; k <= count; k++) {
      const next = c * cos - s * sin;
      s = s * cos + c * sin;
      c = next;
      value += sines[k] * s + cosines[k] * c;
    }
    sum[n] = value;
  }
  const peak = sum.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return Float32Array.from(sum, (v) => (0.5 * v) / peak);
}
