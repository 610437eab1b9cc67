/** The cost of analysing a live input. */

import { type Cost, fftSeconds, floats, tabulated } from '../dsp/cost';
import { fftSizeFor } from '../dsp/fft';
import type { AnalysisConfig } from './config';

/**
 * @param sampleRate of the context, Hz
 * @param modelRate sample rate that the configuration is meant for, Hz
 * @param frameRate frames per second
 */
export function analysisCost(
  config: AnalysisConfig,
  sampleRate: number,
  modelRate: number,
  frameRate: number,
): Cost {
  const window = Math.round((config.window * sampleRate) / modelRate);
  const size = fftSizeFor(2 * window);
  const lags = Math.min(sampleRate / config.pitchMin, window);
  // weights of a window that is no power of two
  const weights = Number.isInteger(size / window) ? 0 : 4.5e-9 * (window / 2) ** 2;
  return {
    setUp: weights + 200e-9 * window,
    memory: floats(6 * size + 3 * lags) + tabulated(3 * size),
    playing: frameRate * (2 * fftSeconds(size) + 4e-9 * window + 20e-9 * lags),
  };
}
