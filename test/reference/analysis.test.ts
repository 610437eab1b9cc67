import { describe, expect, it } from 'vitest';
import { Analyser } from '../../src/engine/analysis/analyser';
import { aWeighting } from '../../src/engine/analysis/loudness';
import { FftPlans } from '../../src/engine/spectral/fft';
import { reference } from '../support/fixtures';
import { flavours, newHeap } from '../support/kernels';

const fixture = reference('analysis');
const number = (name: string) => Number(fixture.metadata[name]);
const sampleRate = number('sample_rate');
const window = number('window');
const hop = number('hop');
const config = {
  window,
  pitchMin: number('pitch_min'),
  pitchMax: number('pitch_max'),
  threshold: number('threshold'),
};
const audio = fixture.get('audio');
const f0 = fixture.get('f0');

/** Frame i of the file: its window begins at i * hop. */
function frame(i: number): Float32Array {
  const x = new Float32Array(window);
  x.set(audio.subarray(i * hop, i * hop + window));
  return x;
}

it('A-weighting', () => {
  fixture.get('a_weighting_db').forEach((db, k) => {
    expect(Math.abs(aWeighting((k * sampleRate) / window) - db)).toBeLessThan(1e-4);
  });
});

describe.each(flavours)('analysis of the reference (%s)', (flavour) => {
  it('f0 and loudness', () => {
    const heap = newHeap(flavour);
    const analyser = new Analyser({ heap, sampleRate, modelRate: sampleRate, config });
    const input = heap.view(analyser.input, window);
    const loudness = fixture.get('loudness');
    let voicedAlike = 0;
    f0.forEach((hz, i) => {
      input.set(frame(i));
      analyser.run();
      expect(Math.abs(analyser.loudness - loudness[i])).toBeLessThan(0.001);
      if (analyser.f0 > 0 === hz > 0) voicedAlike++;
      if (analyser.f0 > 0 && hz > 0) {
        expect(Math.abs(sampleRate / analyser.f0 - sampleRate / hz)).toBeLessThanOrEqual(1.0001);
      }
    });
    expect(voicedAlike / f0.length).toBeGreaterThanOrEqual(0.98);
  });

  it('cumulative mean normalised difference', () => {
    const heap = newHeap(flavour);
    const { kernels } = heap;
    const [frames, lags] = fixture.shape('cmndf_frames_0_10_20');
    const expected = fixture.get('cmndf_frames_0_10_20');
    const { size, spectrumLength, tables, work } = new FftPlans(heap).get(4096);
    const [x, padded, spectrum, weights] = [window, size, spectrumLength, size].map((n) => heap.alloc(n));
    const [r, d, normalised] = [size, lags + 1, lags + 1].map((n) => heap.alloc(n));
    for (let i = 0; i < frames; i++) {
      heap.view(x, window).set(frame(10 * i));
      kernels.analysisWindow(padded, x, window, size);
      kernels.rfft(spectrum, padded, tables, work, size);
      kernels.weightedPower(spectrum, weights, size);
      kernels.irfft(r, spectrum, tables, work, size);
      kernels.yinDifference(d, normalised, r, padded, window, lags + 1);
      const values = heap.view(normalised, lags + 1);
      for (let lag = 1; lag <= lags; lag++) {
        expect(Math.abs(values[lag] - expected[i * lags + lag - 1])).toBeLessThan(1e-4);
      }
    }
  });
});
