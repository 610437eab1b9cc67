/**
 * The least work that each stage of a training step can be done with by the method it uses: multiplications
 * and additions for one example, or bytes where nothing is computed. Copies, sines, logarithms, divisions and
 * shuffles count as nothing, so that a floor is never reached.
 */

import { DEFAULT_INPUTS } from '../../src/decoder/inputs';
import { decoderTensors } from '../../src/decoder/layout';
import { fftSizeFor } from '../../src/dsp/fft';
import { filterReach } from '../../src/dsp/filter-basis';
import type { SynthPlan } from '../../src/synth/graph';
import { LARGEST_TRANSFORM } from '../../src/synth/reverb-training';
import { hopSamples, type SpectralTerms } from '../../src/train/learn/loss/terms';

export interface Amount {
  readonly operations?: number;
  readonly bytes?: number;
}

export interface Example {
  readonly sampleRate: number;
  readonly hop: number;
  /** Hz, one value a frame */
  readonly f0: Float32Array;
}

/** Of a real FFT (Sorensen et al. 1987; radix 2 would take 2.5 N log2 N, radix 4 an eighth less). */
export function fft(size: number): number {
  return 2.2 * size * Math.log2(size);
}

export function decoderAmounts(hidden: number, outputs: number, { f0 }: Example) {
  const matrices = decoderTensors(hidden, outputs, DEFAULT_INPUTS.length).filter(
    ({ shape }) => shape.length === 2,
  );
  const sizes = matrices.map(({ shape: [rows, columns] }) => rows * columns);
  const products = sizes.reduce((sum, size) => sum + size);
  return {
    forward: { operations: 2 * products * f0.length },
    // to the inputs and to the weights; nobody asks for the gradient of the first layer's input
    backward: { operations: 2 * (2 * products - sizes[0]) * f0.length },
  };
}

type Amounts = Readonly<Record<'forward' | 'backward', Amount>>;

/** @throws Error for a processor that the bench does not know */
export function processorAmounts({ type, options }: SynthPlan['nodes'][number], example: Example): Amounts {
  const { sampleRate, hop, f0 } = example;
  const frames = f0.length;
  const samples = frames * hop;
  switch (type.type) {
    case 'Harmonic': {
      const audible = f0.reduce((sum, hz) => {
        return sum + Math.min(options.harmonics, Math.ceil(sampleRate / 2 / hz) - 1);
      }, 0);
      // a share of the frame before and one of the frame after, multiplied and added
      const both = { operations: 4 * audible * hop };
      return { forward: both, backward: both };
    }
    case 'FilteredNoise': {
      const reach = filterReach(options.bands, sampleRate, sampleRate);
      const size = fftSizeFor(hop + 2 * reach);
      const taps = 2 * options.bands * (reach + 1);
      return {
        forward: { operations: frames * (taps + 3 * fft(size) + size) },
        backward: { operations: frames * (taps + 2 * fft(size) + 1.5 * size) },
      };
    }
    case 'Add':
      return { forward: { operations: samples }, backward: { operations: 2 * samples } };
    case 'IRReverb': {
      const size = Math.min(fftSizeFor(samples + Math.min(options.length, samples - 1)), LARGEST_TRANSFORM);
      const blocks = size < LARGEST_TRANSFORM ? 1 : Math.ceil((2 * samples) / size);
      const pairs = (blocks * (blocks + 1)) / 2;
      const transforms = 2 * blocks * fft(size);
      return {
        forward: { operations: transforms + 4 * size * pairs + samples },
        backward: { operations: transforms + 8 * size * pairs + 2 * samples },
      };
    }
    default:
      throw new Error(`the bench has no floor for ${type.type}`);
  }
}

/** Of the terms of power and log power, which are the default: three transforms a frame. */
export function lossAmount({ sizes, hop }: SpectralTerms, { hop: frameHop, f0 }: Example): Amount {
  const samples = frameHop * f0.length;
  const operations = sizes.reduce((sum, size) => {
    const frames = Math.floor((samples - size) / hopSamples(hop, size)) + 1;
    return sum + frames * (4 * size + 3 * fft(size) + 21 * (size / 2 + 1));
  }, 0);
  return { operations };
}

/** Every gradient read once; parameters and both moments read and written. */
export function optimizerAmount(parameters: number, workers: number, batchSize: number): Amount {
  return { bytes: (4 * parameters * (workers + 6)) / batchSize };
}
