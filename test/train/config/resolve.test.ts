import { describe, expect, it } from 'vitest';
import {
  type ConfigChanges,
  ConfigError,
  ConfigLayer,
  defaultConfig,
  readAssignments,
  resolveConfig,
  type TrainConfig,
} from '../../../src/train/config';

function refusal(...changes: (ConfigChanges | ConfigLayer)[]): string {
  try {
    resolveConfig(...changes);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('was accepted');
}

/** As a page would bring it: any JSON. */
const json = (value: unknown) => value as ConfigChanges;

describe('resolveConfig', () => {
  it('gives the defaults', () => {
    expect(resolveConfig()).toEqual(defaultConfig);
    expect(resolveConfig({})).toEqual(defaultConfig);
    expect(resolveConfig({ synth: { preset: undefined }, data: { silence: undefined } })).toEqual(
      defaultConfig,
    );
    expect(Object.keys(resolveConfig())).toEqual([
      ...['data', 'model', 'synth', 'loss', 'optimizer', 'trainer'],
    ]);
  });

  it('lays parts over each other, later ones winning', () => {
    const config = resolveConfig(
      { model: { decoder: { hidden: 32 } }, trainer: { steps: 7, seed: 3 } },
      { trainer: { steps: 9 }, loss: { sizes: [256] } },
    );
    expect(config).toEqual({
      ...defaultConfig,
      model: { ...defaultConfig.model, decoder: { hidden: 32, inputScale: 'log' } },
      loss: { ...defaultConfig.loss, sizes: [256] },
      trainer: { ...defaultConfig.trainer, steps: 9, seed: 3 },
    });
    expect(resolveConfig(config)).toEqual(config);
    expect(defaultConfig.trainer.steps).toBe(5000);
  });

  it('takes the name of a kind for the kind, with its defaults and what it has in common', () => {
    const synth = (...changes: readonly ConfigChanges['synth'][]): TrainConfig['synth'] =>
      resolveConfig(...changes.map((change) => ({ synth: change }))).synth;
    expect(synth('hpn')).toEqual({ preset: 'hpn', harmonics: 100, bands: 65 });
    expect(synth({ harmonics: 40 })).toEqual({ ...defaultConfig.synth, harmonics: 40 });
    expect(synth({ harmonics: 40, irSeconds: 2 }, 'hpn')).toEqual({
      preset: 'hpn',
      harmonics: 40,
      bands: 65,
    });
    expect(synth({ irSeconds: 2 }, 'hpn', 'hpnir')).toEqual(defaultConfig.synth);
    const { schedule } = resolveConfig({ optimizer: { schedule: 'constant' } }).optimizer;
    expect(schedule).toEqual({ kind: 'constant' });
  });

  it('replaces the synth by a graph, and a graph by a preset', () => {
    const graph = { processors: [{ name: 'tone', type: 'Harmonic', options: { harmonics: 9 } }] };
    expect(resolveConfig({ synth: graph }).synth).toEqual(graph);
    expect(resolveConfig({ synth: graph }, { synth: 'hpnir' }).synth).toEqual(defaultConfig.synth);
    const bands = resolveConfig({ synth: graph }, { synth: { preset: 'hpn', bands: 9 } });
    expect(bands.synth).toEqual({ preset: 'hpn', harmonics: 100, bands: 9 });
  });

  it('refuses unknown keys, naming the nearest', () => {
    const nearest: [unknown, key: string, right: string][] = [
      [{ model: { decoder: { hiden: 1 } } }, 'model.decoder.hiden', 'model.decoder.hidden'],
      [{ hidden: 1 }, 'hidden', 'model.decoder.hidden'],
      [{ modle: { decoder: { hidden: 1 } } }, 'modle.decoder.hidden', 'model.decoder.hidden'],
      [{ run: { steps: 1 } }, 'run.steps', 'trainer.steps'],
      [{ framerate: 1 }, 'framerate', 'model.frameRate'],
      [{ trainer: { batch: 1 } }, 'trainer.batch', 'trainer.batchSize'],
      [{ pitchMin: 1 }, 'pitchMin', 'data.pitchMin or model.analysis.pitchMin'],
      [{ synth: { hamonics: 1 } }, 'synth.hamonics', 'synth.harmonics'],
      [{ optimiser: {} }, 'optimiser', 'optimizer'],
    ];
    for (const [change, key, right] of nearest)
      expect(refusal(json(change))).toBe(`${key}: unknown key; did you mean ${right}?`);
    for (const key of ['__proto__', 'constructor', 'toString', '']) {
      const change = JSON.parse(`{ "model": { ${JSON.stringify(key)}: 1 } }`);
      expect(refusal(change)).toMatch(/unknown key; did you mean \w/);
    }
    expect(refusal(json({ synth: { preset: 'hpn', irSeconds: 1 } }))).toBe(
      'synth.irSeconds: hpn does not have it (it has preset, harmonics, bands)',
    );
  });

  it('reads keys by the names they had before', () => {
    const former = json({ trainer: { best: 'loss', keep: 3, steps: 7 } });
    const { trainer } = resolveConfig(new ConfigLayer(former));
    expect(trainer).toEqual({ ...defaultConfig.trainer, bestBy: 'loss', keepCheckpoints: 3, steps: 7 });
    expect(refusal(json({ trainer: { keep: -1 } }))).toMatch(
      /^trainer.keepCheckpoints: expected a whole number/,
    );
    expect(refusal(json({ trainer: { best: 'loss', bestBy: 'loss' } }))).toBe(
      'trainer.best: unknown key; did you mean trainer.bestBy?',
    );
  });

  it('refuses values of another type or out of range, saying what is expected and what is there', () => {
    const wrong: [unknown, message: string][] = [
      [{ trainer: { steps: 1.5 } }, 'trainer.steps: expected a whole number from 1 to 1000000000, found 1.5'],
      [{ trainer: { steps: '9' } }, 'trainer.steps: expected a whole number from 1 to 1000000000, found "9"'],
      [
        { trainer: { seed: Number.NaN } },
        'trainer.seed: expected a whole number from 0 to 4294967295, found NaN',
      ],
      [{ data: { quietest: null } }, 'data.quietest: expected a number from -120 to 0, found nothing'],
      [{ loss: { sizes: [64, 100] } }, 'loss.sizes.1: expected a power of two from 32 to 16384, found 100'],
      [{ loss: { sizes: 64 } }, 'loss.sizes: expected a list of at least one size, found 64'],
      [{ loss: { sizes: [] } }, 'loss.sizes: expected a list of at least one size, found []'],
      [
        { model: { decoder: { inputScale: 'lgo' } } },
        'model.decoder.inputScale: expected linear or log, found "lgo"',
      ],
      [
        { model: { decoder: 3 } },
        'model.decoder: expected some of the keys hidden, inputScale, inputs, found 3',
      ],
      [
        { model: { analysis: { window: 1441 } } },
        'model.analysis.window: expected an even number, found 1441',
      ],
      [{ synth: 'hpin' }, 'synth.preset: expected hpnir or hpn, found "hpin"'],
      [{ synth: ['hpn'] }, 'synth: expected hpnir or hpn or keys, found ["hpn"]'],
      [
        { optimizer: { schedule: 'cos' } },
        'optimizer.schedule.kind: expected constant or cosine, found "cos"',
      ],
      [
        { optimizer: { learningRate: 0 } },
        'optimizer.learningRate: expected a number above 0, at most 1, found 0',
      ],
    ];
    for (const [change, message] of wrong) expect(refusal(json(change))).toBe(message);
    expect(refusal(json(3))).toMatch(/^expected some of the keys data, model, .*found 3$/);
  });

  it('refuses what does not go together', () => {
    expect(refusal({ model: { frameRate: 1000, sampleRate: 8000 } })).toMatch(
      /^model.frameRate: expected at most/,
    );
    expect(refusal({ model: { analysis: { window: 512 } } })).toMatch(
      /^model.analysis.pitchMin: .*a period fits/,
    );
    expect(refusal({ data: { pitchMax: 4400 } })).toBe(
      'data.pitchMax: expected at most model.analysis.pitchMax, 4000 Hz, found 4400; change one of the two',
    );
    expect(refusal({ data: { pitchMin: 50 } })).toMatch(
      /^data.pitchMin: expected at least model.analysis.pitchMin, 58 Hz, found 50/,
    );
    // what was not asked for follows the analysis
    const narrow = resolveConfig({ model: { analysis: { pitchMin: 100, pitchMax: 900 } } });
    expect(narrow.data).toMatchObject({ pitchMin: 100, pitchMax: 900 });
    expect(resolveConfig(narrow)).toEqual(narrow);
    expect(refusal({ data: { pitchMin: 3000 } })).toMatch(
      /^data.pitchMin: .*3000 to 2000 Hz.*58 to 4000 Hz$/,
    );
    expect(refusal({ data: { sliceSeconds: 0.1 }, model: { sampleRate: 16_000 } })).toMatch(
      /^data.sliceSeconds: expected at least 0.128, which is 2048 samples, found 0.1$/,
    );
    expect(
      refusal({ model: { sampleRate: 192_000, analysis: { window: 4096 } }, synth: { irSeconds: 10 } }),
    ).toMatch(/^synth.reverb.length must be an integer from 1 to 1000000, not 1919999$/);
  });
});

describe('a synth graph of one’s own', () => {
  const tone = { name: 'tone', type: 'Harmonic', options: { harmonics: 9 } };
  const noise = { name: 'noise', type: 'FilteredNoise', options: { bands: 9 } };
  const mix = (inputs: unknown) => ({ name: 'mix', type: 'Add', inputs });
  const graph = (...processors: unknown[]) => refusal(json({ synth: { processors } }));

  it('is refused with the processor and the input', () => {
    expect(graph(tone, mix({ a: 'tone', b: 'nois' }))).toBe(
      'synth.mix.b must name an earlier processor (there are: tone), not "nois"',
    );
    expect(graph(tone, noise, mix({ a: 'tone' }))).toMatch(
      /^synth.mix.b must name .*\(there are: tone, noise\)/,
    );
    expect(graph(tone, mix({ a: 'tone', b: 'tone', c: 'tone' }))).toMatch(/^synth.mix: Add has no .*"c"/);
    expect(graph(tone, { ...noise, type: 'Noise' })).toMatch(
      /^synth.noise: unknown type "Noise" \(known: .*Filtered/,
    );
    expect(graph(tone, { ...noise, options: { band: 3 } })).toMatch(
      /^synth.noise: .*no option "band" \(.*bands/,
    );
    expect(graph(tone, { ...noise, options: { bands: 0 } })).toMatch(/^synth.noise.bands must be/);
    expect(graph(tone, tone)).toMatch(/^synth.tone: the name is used twice/);
    expect(graph()).toMatch(/^synth.processors: expected a list of 1 to 32 processors, found \[\]/);
  });

  it('is refused with the key inside a processor', () => {
    expect(graph(tone, { name: 'noise', typ: 'FilteredNoise' })).toBe(
      'synth.processors.noise.typ: unknown key; did you mean synth.processors.noise.type?',
    );
    expect(graph({ name: 'tone' })).toBe('synth.processors.tone.type: is missing');
    expect(graph(tone, mix({ a: 'tone', b: 3 }))).toBe(
      'synth.processors.mix.inputs.b: expected a name, found 3',
    );
    expect(graph(tone, mix('tone'))).toMatch(/^synth.processors\.mix.inputs: expected keys with values/);
    expect(graph(tone, 'noise')).toMatch(
      /^synth.processors\.1: expected some of the keys name, type, .*"noise"/,
    );
    expect(graph({ ...tone, name: 'a tone' })).toMatch(/processors\.a tone.name: expected a name of letters/);
  });
});

describe('key=value', () => {
  const assigned = (...assignments: string[]) => resolveConfig(readAssignments(assignments));
  const refused = (...assignments: string[]) => refusal(readAssignments(assignments));

  it('sets values of every type', () => {
    const config = assigned(
      'model.sampleRate=4.41e4',
      'data.quietest=-1.5',
      'model.about.name=2024',
      'model.about.description=a=b, "c"',
      'model.about.authors=["Ann, B.", "C"]',
      'model.about.credits=Ann, Bo',
      'loss.sizes=32, 64',
      'model.decoder.hidden=32',
      'model.decoder.hidden=33',
    );
    const { sampleRate, about, decoder } = config.model;
    expect([sampleRate, config.data.quietest, decoder.hidden]).toEqual([44_100, -1.5, 33]);
    expect(about).toMatchObject({ name: '2024', description: 'a=b, "c"' });
    expect([about.authors, about.credits]).toEqual([
      ['Ann, B.', 'C'],
      ['Ann', 'Bo'],
    ]);
    expect(config.loss.sizes).toEqual([32, 64]);
    expect(assigned('model.about.authors=').model.about.authors).toEqual([]);
    expect(assigned()).toEqual(defaultConfig);
  });

  it('sets kinds, whatever the order', () => {
    const synth = { preset: 'hpn', harmonics: 8, bands: 65 };
    expect(assigned('synth=hpn', 'synth.harmonics=8').synth).toEqual(synth);
    expect(assigned('synth.harmonics=8', 'synth.preset=hpn').synth).toEqual(synth);
    expect(assigned('synth={preset: hpn, harmonics: 8}').synth).toEqual(synth);
    expect(assigned('optimizer.schedule=constant').optimizer.schedule).toEqual({ kind: 'constant' });
    const graph = '{processors: [{name: tone, type: Harmonic, options: {harmonics: 9}}]}';
    expect(assigned(`synth=${graph}`).synth).toMatchObject({ processors: [{ name: 'tone' }] });
  });

  it('sets items of lists, by place or name', () => {
    expect(assigned('loss.terms.1.weight=2', 'loss.terms.0.hop=64').loss.terms).toEqual([
      { kind: 'magnitude', weight: 0.2, hop: 64 },
      { kind: 'log', weight: 2 },
    ]);
    const fading = assigned('loss.terms.0.weight={kind: linear, from: 1, to: 0, steps: 9}');
    expect(fading.loss.terms[0].weight).toEqual({ kind: 'linear', from: 1, to: 0, steps: 9 });
    const room = { name: 'room', type: 'IRReverb', inputs: { audio: 'tone' }, options: { length: 99 } };
    const tone = { name: 'tone', type: 'Harmonic', options: { harmonics: 9 } };
    const graph: ConfigChanges = { synth: { processors: [tone, room] } };
    expect(
      resolveConfig(graph, readAssignments(['synth.processors.tone.options.harmonics=8'])).synth,
    ).toEqual({
      processors: [{ ...tone, options: { harmonics: 8 } }, room],
    });
    expect(refusal(graph, readAssignments(['synth.processors.tine.type=Add']))).toBe(
      'synth.processors.tine: there is no such item (there are: tone, room)',
    );
    expect(refusal(graph, readAssignments(['synth.processors.tone.typ=Add']))).toBe(
      'synth.processors.tone.typ: unknown key; did you mean synth.processors.tone.type?',
    );
    expect(refused('loss.terms.2.weight=2')).toBe('loss.terms.2: there is no such item (there are: 0, 1)');
    expect(refused('synth.processors.0.type=Add')).toMatch(/^synth.processors: expected a list .*processors/);
  });

  it('is refused by key, with what was expected', () => {
    expect(refused('hidden=3')).toBe('hidden: unknown key; did you mean model.decoder.hidden?');
    expect(refused('decoder.hidden=3')).toMatch(
      /^decoder.hidden: unknown key; did you mean model.decoder.hidden\?/,
    );
    for (const value of ['', ' ', 'NaN', 'Infinity', '1,2', '12px', '.nan', '.inf', '{}'])
      expect(refused(`model.decoder.hidden=${value}`)).toMatch(
        /^model.decoder.hidden: expected a whole number/,
      );
    expect(refused('loss.sizes=64,x')).toMatch(/^loss.sizes\.1: expected a power of two .* found "x"/);
    expect(() => assigned('loss.sizes=[64')).toThrow(/^loss.sizes: "\[64" cannot be read: /);
    expect(() => assigned('rate')).toThrow(/^"rate": expected key=value/);
    expect(() => assigned('=1')).toThrow(/^"=1": expected key=value/);
    for (const key of ['__proto__.x', 'constructor', 'model.toString', 'model.sampleRate.x', 'model..x'])
      expect(() => assigned(`${key}=1`)).toThrow(ConfigError);
  });
});
