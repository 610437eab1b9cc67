import { describe, expect, it } from 'vitest';
import { type ListeningOptions, listening } from '../../src/analysis/listening';
import { playModule } from '../../src/dsp/play-module';
import { Engine } from '../../src/play/engine';
import { phrase, randomModel } from '../support/models';

const analysis = { window: 1440, pitchMin: 65, pitchMax: 2000, threshold: 0.15 };
const listen = (options: ListeningOptions) => listening(analysis, 48000, options);

describe('listening', () => {
  it('is the model’s, where nothing is said', () => {
    const { config, gate, hold } = listen({ threshold: undefined });
    expect(config).toEqual({ ...analysis, dip: undefined });
    expect([gate, hold]).toEqual([-80, 0.1]);
  });

  it('takes what is said', () => {
    const options = {
      pitchMin: 100,
      pitchMax: 900,
      threshold: 0.2,
      dip: 'clear',
      gate: -40,
      hold: 0,
    } as const;
    const { gate, hold, ...changes } = options;
    expect(listen(options)).toEqual({ config: { window: 1440, ...changes }, gate, hold });
  });

  it.each([
    [{ pitchMin: 30 }, 'pitchMin: expected 33.33'],
    [{ pitchMin: 2500 }, 'pitchMin: expected'],
    [{ pitchMax: 50 }, 'pitchMin: expected 33.33 to 50, found 65'],
    [{ pitchMax: 30_000 }, 'pitchMax: expected 65 to 24000, found 30000'],
    [{ threshold: 0 }, 'threshold: expected 0.001 to 1, found 0'],
    [{ dip: 'last' as 'first' }, 'dip: expected first or clear, found last'],
    [{ gate: -81 }, 'gate: expected -80 to 100'],
    [{ gate: Number.NaN }, 'gate:'],
    [{ hold: -1 }, 'hold: expected 0 to Infinity, found -1'],
  ])('refuses %o', (options, message) => {
    expect(() => listen(options)).toThrow(RangeError);
    expect(() => listen(options)).toThrow(message);
  });

  it('reaches the engine', async () => {
    const module = await playModule();
    const model = randomModel(4);
    const input = phrase(1, 48000, 3);
    const voiced = (options: ListeningOptions) => {
      const engine = new Engine(module, model, 48000, options);
      const output = new Float32Array(256);
      let [count, loudest] = [0, 0];
      for (let at = 0; at + 256 <= input.length; at += 256) {
        engine.process(input.subarray(at, at + 256), output, 0, 256);
        if (engine.f0 > 0) count++;
        for (const v of output) loudest = Math.max(loudest, Math.abs(v));
      }
      return { count, loudest };
    };
    const plain = voiced({});
    expect(plain.count).toBeGreaterThan(10);
    expect(voiced({ pitchMin: 1800, pitchMax: 2000 }).count).toBeLessThan(plain.count / 2);
    expect(voiced({ gate: 100 }).loudest).not.toBe(plain.loudest);
    expect(voiced({ hold: 0 }).loudest).not.toBe(voiced({ hold: 1 }).loudest);
    expect(() => voiced({ threshold: 7 })).toThrow('threshold');
  });
});
