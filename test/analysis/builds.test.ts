import { describe, expect, it } from 'vitest';
import { Analyser } from '../../src/analysis/analyser';
import type { Heap } from '../../src/dsp/heap';
import { flavours, newHeap } from '../support/kernels';
import { configOf, phrase, smallShape } from '../support/models';

describe('the plain and the relaxed build', () => {
  it('hear the same f0 and loudness, to the last bit: the synth sums f0 up', () => {
    const { analysis } = configOf(smallShape);
    const audio = phrase(1.5, 48000, 7);
    const [plain, relaxed] = flavours.map((flavour) => {
      const heap: Heap = newHeap(flavour);
      const analyser = new Analyser({ heap, sampleRate: 48000, modelRate: 48000, config: analysis });
      heap.seal();
      const window = heap.view(analyser.input, analyser.window);
      const heard: number[] = [];
      for (let at = 0; at + window.length <= audio.length; at += 480) {
        window.set(audio.subarray(at, at + window.length));
        analyser.run();
        heard.push(analyser.f0, analyser.loudness, analyser.confidence);
      }
      return heard;
    });
    expect(plain.length).toBeGreaterThan(300);
    expect(relaxed).toEqual(plain);
  });
});
