import { describe, expect, it } from 'vitest';
import {
  fromTensors,
  initialParameters,
  parameterLayout,
  parameterPaces,
  toTensors,
} from '../../../src/train/learn/parameters';
import { randomiser } from '../../support/kernels';
import { configOf, smallShape } from '../../support/models';

const config = configOf(smallShape);
const layout = parameterLayout(config);

describe('the flat parameter vector', () => {
  it('holds every tensor once, the decoder first', () => {
    let end = 0;
    for (const { offset, shape, size } of layout.slots) {
      expect(offset).toBe(end);
      expect(size).toBe(shape.reduce((product, length) => product * length, 1));
      end += size;
    }
    expect(layout.size).toBe(end);
    expect(layout.slots.map(({ name }) => name).at(-1)).toBe('ir');
  });

  it('comes back from tensors as it went', () => {
    const values = initialParameters(config, randomiser(1));
    expect(fromTensors(layout, toTensors(layout, values))).toEqual(values);
    expect(() => fromTensors(layout, {})).toThrow(/estimator.mlp_0.linear.0.0.weight is missing/);
  });

  it("starts as PyTorch's modules do", () => {
    const tensors = toTensors(layout, initialParameters(config, randomiser(2)));
    const bounds = (name: string) => [Math.min(...tensors[name]), Math.max(...tensors[name])];
    const within = (name: string, bound: number) => {
      const [low, high] = bounds(name);
      expect(Math.max(-low, high)).toBeLessThanOrEqual(bound);
      expect(high - low).toBeGreaterThan(bound);
    };
    within('estimator.mlp_0.linear.0.0.weight', 1 / Math.sqrt(2));
    within('estimator.mlp_0.linear.0.0.bias', 1 / Math.sqrt(2));
    within('estimator.gru.weight_hh_l0', 1 / Math.sqrt(smallShape.hidden));
    within('estimator.out.bias', 1 / Math.sqrt(smallShape.hidden));
    expect(bounds('estimator.mlp_1.linear.2.1.weight')).toEqual([1, 1]);
    expect(bounds('estimator.mlp_1.linear.2.1.bias')).toEqual([0, 0]);
  });

  it('moves the decoder at the learning rate and late taps of a response more slowly than early ones', () => {
    const paces = parameterPaces(config, layout);
    let end = 0;
    for (const pace of paces) {
      expect(pace.end).toBeGreaterThan(end);
      end = pace.end;
    }
    expect(end).toBe(layout.size);
    const taps = layout.slots.at(-1);
    expect(taps?.name).toBe('ir');
    const [decoder, response] = [true, false].map((before) =>
      paces.filter((pace) => pace.end <= (taps?.offset ?? 0) === before).map(({ share }) => share),
    );
    expect(paces.map(({ decay = 0 }) => decay)).toEqual([...decoder.map(() => 0), ...response.map(() => 1)]);
    expect(new Set(decoder)).toEqual(new Set([1]));
    expect(response[0]).toBeLessThan(1);
    response.slice(1).forEach((share, i) => {
      expect(share).toBeLessThan(response[i]);
    });
  });
});
