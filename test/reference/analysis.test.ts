import { describe, expect, it } from 'vitest';
import { Analyser } from '../../src/analysis/analyser';
import { aWeighting } from '../../src/analysis/loudness';
import { FftPlans, fftSizeFor } from '../../src/dsp/fft';
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

/** The reference's quotient never divides by less: in silence it is 0, where the kernel's is 1. */
const LEAST_SUM = 1e-5;

/** Frame i of the file: its window begins at i * hop. */
function frame(i: number): Float32Array {
  const x = new Float32Array(window);
  x.set(audio.subarray(i * hop, i * hop + window));
  return x;
}

/** Frame i of `loudness_centred`: the window around i * hop, the audio mirrored at both ends. */
function centredFrame(i: number): Float32Array {
  const last = audio.length - 1;
  return Float32Array.from({ length: window }, (_, n) => {
    const at = Math.abs(i * hop - window / 2 + n);
    return audio[at > last ? 2 * last - at : at];
  });
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
    let alike = 0;
    let voiced = 0;
    let bothVoiced = 0;
    f0.forEach((hz, i) => {
      input.set(frame(i));
      analyser.run();
      expect(Math.abs(analyser.loudness - loudness[i])).toBeLessThan(0.001);
      if (analyser.f0 > 0 === hz > 0) alike++;
      if (hz > 0) voiced++;
      if (analyser.f0 > 0 && hz > 0) {
        bothVoiced++;
        expect(Math.abs(sampleRate / analyser.f0 - sampleRate / hz)).toBeLessThanOrEqual(1.0001);
      }
    });
    expect(bothVoiced).toBeGreaterThanOrEqual(0.98 * voiced);
    expect(alike).toBeGreaterThanOrEqual(0.98 * f0.length);
  });

  it('loudness of centred frames', () => {
    const heap = newHeap(flavour);
    const analyser = new Analyser({ heap, sampleRate, modelRate: sampleRate, config });
    const input = heap.view(analyser.input, window);
    fixture.get('loudness_centred').forEach((db, i) => {
      input.set(centredFrame(i));
      analyser.run();
      expect(Math.abs(analyser.loudness - db)).toBeLessThan(0.001);
    });
  });

  it('cumulative mean normalised difference', () => {
    const heap = newHeap(flavour);
    const { kernels } = heap;
    const [frames, lags] = fixture.shape('cmndf_frames_0_10_20');
    const expected = fixture.get('cmndf_frames_0_10_20');
    const { size, spectrumLength, tables, work } = new FftPlans(heap).get(fftSizeFor(2 * window));
    const [x, padded, spectrum, weights] = [window, size, spectrumLength, size].map((n) => heap.alloc(n));
    const [r, d, normalised] = [size, lags + 1, lags + 1].map((n) => heap.alloc(n));
    for (let i = 0; i < frames; i++) {
      heap.view(x, window).set(frame(10 * i));
      kernels.analysisWindow(padded, x, window, size);
      kernels.rfft(spectrum, padded, tables, work, size);
      kernels.weightedPower(spectrum, weights, size);
      kernels.irfft(r, spectrum, tables, work, size);
      kernels.yinDifference(d, normalised, r, padded, window, lags + 1);
      const [differences, values] = [d, normalised].map((at) => heap.view(at, lags + 1));
      let sum = 0;
      for (let lag = 1; lag <= lags; lag++) {
        sum += differences[lag];
        const value = values[lag] * Math.min(sum / LEAST_SUM, 1);
        expect(Math.abs(value - expected[i * lags + lag - 1])).toBeLessThan(1e-3);
      }
    }
  });
});
