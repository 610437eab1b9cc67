import { describe, expect, it } from 'vitest';
import { CliError, EXIT } from '../../src/cli/errors';
import { applyOverrides, leafPaths } from '../../src/cli/overrides';

interface Config {
  rate: number;
  decoder: { hidden: number; scale: string; bias: boolean };
  loss: { sizes: readonly number[] };
  about: { authors: readonly string[] };
}

const defaults: Config = {
  rate: 48_000,
  decoder: { hidden: 128, scale: 'log', bias: true },
  loss: { sizes: [64, 128] },
  about: { authors: [] },
};

function refusal(...assignments: string[]): string {
  try {
    applyOverrides(defaults, assignments);
  } catch (error) {
    expect(error).toBeInstanceOf(CliError);
    expect((error as CliError).exitCode).toBe(EXIT.usage);
    return (error as CliError).message;
  }
  throw new Error('was accepted');
}

describe('overrides', () => {
  it('lists what can be set', () => {
    expect(leafPaths(defaults)).toEqual([
      'rate',
      'decoder.hidden',
      'decoder.scale',
      'decoder.bias',
      'loss.sizes',
      'about.authors',
    ]);
  });

  it('sets values of every type in a copy', () => {
    const changed = applyOverrides(defaults, [
      'rate=4.41e4',
      'decoder.hidden=-1.5',
      'decoder.scale=a=b c',
      'decoder.bias=false',
      'loss.sizes=32, 64',
      'about.authors=["Ann, B.", "C"]',
      'decoder.hidden=64',
    ]);
    expect(changed).toEqual({
      rate: 44_100,
      decoder: { hidden: 64, scale: 'a=b c', bias: false },
      loss: { sizes: [32, 64] },
      about: { authors: ['Ann, B.', 'C'] },
    });
    expect(defaults.decoder.hidden).toBe(128);
    expect(applyOverrides(defaults, ['loss.sizes=', 'decoder.scale=']).loss.sizes).toEqual([]);
    expect(applyOverrides(defaults, [])).toEqual(defaults);
  });

  it('refuses unknown keys, naming the nearest', () => {
    expect(refusal('decoder.hiden=1')).toMatch(/unknown key "decoder.hiden".*did you mean decoder.hidden\?/);
    expect(refusal('hidden=1')).toMatch(/decoder.hidden/);
    expect(refusal('sizes=1')).toMatch(/loss.sizes/);
    expect(refusal('Rate=1')).toMatch(/did you mean rate/);
    expect(refusal('decoder=1')).toMatch(/several parts.*decoder.hidden, decoder.scale, decoder.bias/);
    for (const key of ['__proto__.x', 'constructor', 'decoder.toString', 'rate.x']) {
      expect(refusal(`${key}=1`)).toMatch(/unknown key/);
    }
  });

  it('refuses values of another type', () => {
    expect(refusal('rate=fast')).toMatch(/rate: expected a number like 48000, not "fast"/);
    for (const value of ['', ' ', 'NaN', 'Infinity', '1,2', '12px']) refusal(`decoder.hidden=${value}`);
    expect(refusal('decoder.bias=yes')).toMatch(/true or false/);
    expect(refusal('loss.sizes=64,x')).toMatch(/loss.sizes\[1\]: expected a number/);
    expect(refusal('loss.sizes=[64')).toMatch(/not a JSON list/);
    expect(refusal('rate')).toMatch(/expected key=value/);
    expect(refusal('=1')).toMatch(/expected key=value/);
  });
});
