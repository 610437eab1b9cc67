import { describe, expect, it } from 'vitest';
import { defaultConfig, modelConfig } from '../../src/train/config';
import { benchLatency } from '../bench/latency';

const config = modelConfig(defaultConfig);
const quick = { ...config, frameRate: 200, analysis: { ...config.analysis, window: 960, pitchMin: 180 } };

describe('from a step in pitch to the step that is played it takes W/2 + H', () => {
  it.each([
    ['default: 25 ms', config, 1200],
    ['quick: 15 ms', quick, 720],
  ])('%s', async (_, configuration, expected) => {
    const { reported, samples, samplesOfFourth } = await benchLatency(configuration);
    expect(reported).toBe(expected);
    expect(Math.abs(samples - expected)).toBeLessThan(24);
    // a frame, which is a hop, sees a larger step or does not
    expect(Math.abs(samplesOfFourth - expected)).toBeLessThan(expected / 5);
  });
});
