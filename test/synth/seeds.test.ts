/** Every noise of a graph is its own; the first is the one that the graph's seed always named. */

import { describe, expect, it } from 'vitest';
import type { SynthNode } from '../../src/model/model';
import { planSynth } from '../../src/synth/graph';
import { seedOf } from '../../src/synth/seeds';
import { newHeap } from '../support/kernels';
import { WholeSynth } from '../support/whole-synth';

const HOP = 480;
const BANDS = 9;
const FRAMES = 40;

const noise = (name: string): SynthNode => ({ name, type: 'FilteredNoise', options: { bands: BANDS } });
const one = planSynth({ processors: [noise('a')] });
const two = planSynth({
  processors: [noise('a'), noise('b'), { name: 'both', type: 'Add', inputs: { a: 'a', b: 'b' } }],
});

/** What a graph plays with all magnitudes 1 in the processors `loud`, 0 in the others. */
function play(plan: typeof one, loud: readonly boolean[], seed: number): Float32Array {
  const heap = newHeap();
  const tensor = (): never => {
    throw new Error('no tensors');
  };
  const stream = new WholeSynth(plan, { heap, sampleRate: 48000, modelRate: 48000, hop: HOP, seed, tensor });
  const u = heap.put(
    Float32Array.from({ length: plan.outputs }, (_, i) => (loud[Math.floor(i / BANDS)] ? 1 : 0)),
  );
  const out = new Float32Array(FRAMES * HOP);
  for (let i = 0; i < FRAMES; i++) {
    stream.step(u, 440, i === 0, i === 0 ? HOP / 2 : 0);
    out.set(heap.view(stream.output, HOP), i * HOP);
  }
  return out;
}

function correlation(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe('the noises of a graph', () => {
  it('differ, and the first is that of a graph with one', () => {
    const first = play(two, [true, false], 5);
    const second = play(two, [false, true], 5);
    expect(Math.abs(correlation(first, second))).toBeLessThan(0.05);
    expect(correlation(first, play(one, [true], 5))).toBeGreaterThan(0.9999);
  });

  it('are counted in the order of the graph', () => {
    expect(two.nodes.map((node) => node.randomSource)).toEqual([0, 1, 0]);
  });

  it('have seeds that no other source or neighbouring seed has', () => {
    expect(seedOf(7, 0)).toBe(7);
    const seeds = new Set<number>();
    for (let seed = 0; seed < 100; seed++)
      for (let source = 0; source < 10; source++) {
        const own = seedOf(seed, source);
        expect(own).toBe(own >>> 0);
        seeds.add(own);
      }
    expect(seeds.size).toBe(1000);
  });
});
