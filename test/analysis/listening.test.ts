import { describe, expect, it } from 'vitest';
import { AS_RECORDED, type ListeningOptions, listening } from '../../src/analysis/listening';
import { playModule } from '../../src/dsp/play-module';
import { OptionError } from '../../src/errors';
import { Engine } from '../../src/play/engine';
import { Instrument } from '../../src/play/instrument';
import { phrase, randomModel } from '../support/models';

const analysis = { window: 1440, pitchMin: 65, pitchMax: 2000, threshold: 0.15 };
const listen = (options: ListeningOptions) => listening(analysis, 48000, options);

describe('listening', () => {
  it('is the model’s, where nothing is said', () => {
    const { config, gate, hold, filter } = listen({ threshold: undefined });
    expect(config).toEqual({ ...analysis, dip: undefined });
    expect([gate, hold, filter]).toEqual(['auto', 0.1, 'auto']);
    expect(listen(AS_RECORDED)).toMatchObject({ gate: -80, filter: 'off' });
  });

  it('takes what is said', () => {
    const options = {
      pitchMin: 100,
      pitchMax: 900,
      threshold: 0.2,
      dip: 'clear',
      gate: -40,
      hold: 0,
      filter: 90,
    } as const;
    const { gate, hold, filter, ...changes } = options;
    expect(listen(options)).toEqual({ config: { window: 1440, ...changes }, gate, hold, filter });
  });

  it.each([
    [{ pitchMin: 30 }, 'listening.pitchMin: expected a number from 33.33 to 2000 Hz, found 30'],
    [{ pitchMin: 2500 }, 'listening.pitchMin: expected'],
    [{ pitchMax: 50 }, 'listening.pitchMin: expected a number from 33.33 to 50 Hz, found 65'],
    [{ pitchMax: 30_000 }, 'listening.pitchMax: expected a number from 65 to 24000 Hz, found 30000'],
    [{ threshold: 0 }, 'listening.threshold: expected a number from 0.001 to 1, found 0'],
    [{ dip: 'last' as 'first' }, 'listening.dip: expected first or clear, found "last"'],
    [{ gate: -81 }, 'listening.gate: expected a number from -80 to 100 dB, found -81'],
    [{ gate: Number.NaN }, 'listening.gate: expected a number from -80 to 100 dB, found NaN'],
    [{ gate: 'on' as 'off' }, `listening.gate: expected 'auto', 'off' or a number, found "on"`],
    [{ filter: 4 }, 'listening.filter: expected a number from 5 to 2000 Hz, found 4'],
    [
      { filter: true as unknown as 'off' },
      `listening.filter: expected 'auto', 'off' or a number, found true`,
    ],
    [{ hold: -1 }, 'listening.hold: expected a number from 0 to Infinity s, found -1'],
  ])('refuses %o', (options, message) => {
    expect(() => listen(options)).toThrow(OptionError);
    expect(() => listen(options)).toThrow(message);
  });

  it('reaches the engine', async () => {
    const module = await playModule();
    const instrument = new Instrument(randomModel(4), 48000);
    const input = phrase(1, 48000, 3);
    const voiced = (options: ListeningOptions) => {
      const engine = new Engine(module, instrument, { listening: options });
      const output = new Float32Array(256);
      let [count, loudest] = [0, 0];
      for (let at = 0; at + 256 <= input.length; at += 256) {
        engine.process(input.subarray(at, at + 256), output, 0, 256);
        if (engine.listener!.f0 > 0) count++;
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
