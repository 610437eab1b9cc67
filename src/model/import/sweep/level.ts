/** How loud a graph sounds, as the analysis would measure it, without rendering it. */

import type { SynthNode } from '../../../synth/description';
import type { Model } from '../../model';

const FLOOR = -80;

/** A-weighting as a factor of power (IEC 61672-1). */
function aWeighting(hz: number): number {
  const f2 = hz * hz;
  const gain =
    (12194 ** 2 * f2 * f2) /
    ((f2 + 20.6 ** 2) * Math.sqrt((f2 + 107.7 ** 2) * (f2 + 737.9 ** 2)) * (f2 + 12194 ** 2));
  return (gain * 1.2589254) ** 2;
}

const expSigmoid = (u: number, max: number) => max * u ** Math.LN10 + 1e-7;

/** Power of a generator whose decoder outputs begin at `at`, times the window's length. */
type Power = (u: Float64Array, at: number, hz: number) => number;

type NodeOptions = NonNullable<SynthNode['options']>;

interface Generator {
  readonly outputs: number;
  readonly power: Power;
}

export class LevelMeter {
  readonly #generators: readonly Generator[];
  /** of the window, and of what reverbs add */
  readonly #gain: number;

  constructor({ synth, sampleRate, analysis, tensors }: Omit<Model, 'about' | 'statistics'>) {
    this.#generators = synth.processors.map((node) => generator(node, sampleRate));
    const response = tensors.ir ?? new Float32Array(0);
    const wet = response.reduce((sum, tap) => sum + tap * tap, 0);
    this.#gain = analysis.window * (1 + wet);
  }

  /** dB. @param u the decoder's outputs for pitch `hz` */
  level(u: Float64Array, hz: number): number {
    let power = 0;
    let at = 0;
    for (const generator of this.#generators) {
      power += generator.power(u, at, hz);
      at += generator.outputs;
    }
    return Math.max(FLOOR, 10 * Math.log10(power * this.#gain + 1e-12));
  }
}

function generator({ type, options = {} }: SynthNode, sampleRate: number): Generator {
  const nyquist = sampleRate / 2;
  switch (type) {
    case 'Harmonic':
      return { outputs: 1 + options.harmonics, power: harmonicPower(options, nyquist) };
    case 'FilteredNoise':
      return { outputs: options.bands, power: noisePower(options, nyquist) };
    case 'SineOscillator':
    case 'SawOscillator':
    case 'TableOscillator':
      return { outputs: 1, power: (u, at, hz) => (expSigmoid(u[at], 1) ** 2 / 2) * aWeighting(hz) };
    default:
      return { outputs: silentOutputs(type, options), power: () => 0 };
  }
}

/** Decoder outputs of processors that make no sound of their own. */
function silentOutputs(type: string, { functions = 0 }: NodeOptions): number {
  if (type === 'WaveShaper') return 3 * functions;
  return type === 'Mix' ? 2 : type === 'IRReverbMix' ? 1 : 0;
}

function harmonicPower({ harmonics, amplitudeMax = 1 }: NodeOptions, nyquist: number): Power {
  return (u, at, hz) => {
    const heard = Math.min(harmonics, Math.ceil(nyquist / hz) - 1);
    let sum = 0;
    let power = 0;
    for (let k = 1; k <= heard; k++) {
      const share = expSigmoid(u[at + k], 1);
      sum += share;
      power += share * share * aWeighting(k * hz);
    }
    return heard > 0 ? ((expSigmoid(u[at], amplitudeMax) / sum) ** 2 * power) / 2 : 0;
  };
}

/** Noise is uniform in -1 to 1, so its power is 1/3. */
function noisePower({ bands, amplitude = 1 }: NodeOptions, nyquist: number): Power {
  const weights = Array.from(
    { length: bands },
    (_, k) => (aWeighting((k * nyquist) / (bands - 1)) * amplitude ** 2) / (3 * bands),
  );
  return (u, at) => weights.reduce((sum, weight, k) => sum + weight * expSigmoid(u[at + k], 2) ** 2, 0);
}
