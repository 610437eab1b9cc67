import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { writeWav } from '../../../src/audio/wav';
import {
  type ConfigChanges,
  ConfigError,
  type ConfigLayer,
  configYaml,
  datasetOptions,
  defaultConfig,
  modelConfig,
  readAssignments,
  readConfigYaml,
  resolveConfig,
  type TrainConfig,
} from '../../../src/train/config';
import { Dataset } from '../../../src/train/data/dataset';
import { uniform } from '../../../src/train/learn/random';
import { Trainer } from '../../../src/train/learn/trainer';
import { phrase } from '../../support/models';

const EXAMPLES = 'examples/configs';
const example = (file: string) => readConfigYaml(readFileSync(`${EXAMPLES}/${file}`, 'utf8'), file);

function resolved(...texts: string[]): TrainConfig {
  return resolveConfig(...texts.map((text, i) => readConfigYaml(text, `${i}.yaml`)));
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('was accepted');
}

const refused = (...texts: string[]) => refusal(() => resolved(...texts));

describe('YAML', () => {
  it('overrides parts, later files winning', () => {
    const first = 'trainer:\n  steps: 7\n  seed: 3\nmodel: { decoder: { hidden: 32 } }\n';
    const config = resolved(first, 'trainer: {steps: 9}');
    expect(config.trainer).toEqual({ ...defaultConfig.trainer, steps: 9, seed: 3 });
    expect(config.model.decoder).toEqual({ hidden: 32, inputScale: 'log' });
    const over = resolveConfig(readConfigYaml(first, 'a'), readAssignments(['trainer.seed=4']));
    expect(over.trainer).toEqual({ ...defaultConfig.trainer, steps: 7, seed: 4 });
  });

  it('changes nothing where it says nothing', () => {
    for (const text of [
      '',
      '# nothing\n',
      '---\n',
      '{}',
      'model:\n  # hidden: 3\ndata:\n',
      'model:\n  decoder:\n',
    ])
      expect(resolved(text)).toEqual(defaultConfig);
  });

  it('has anchors', () => {
    const graph =
      'synth:\n  processors:\n    - &tone {name: tone, type: Harmonic, options: {harmonics: 9}}\n';
    expect(
      resolved(`${graph}    - {name: b, type: Add, inputs: &i {a: tone, b: tone}}\n`).synth,
    ).toMatchObject({
      processors: [{ name: 'tone' }, { name: 'b' }],
    });
    expect(refused(`${graph}    - *tone\n`)).toMatch(/^0.yaml:4: synth.tone: the name is used twice/);
  });

  it('is refused with file, line and key', () => {
    const cases: [text: string, message: string | RegExp][] = [
      [
        '# comment\nmodel:\n  decoder:\n    hiden: 32\n',
        '0.yaml:4: model.decoder.hiden: unknown key; did you mean model.decoder.hidden?',
      ],
      ['data: {}\nrun:\n  steps: 3\n', '0.yaml:2: run.steps: unknown key; did you mean trainer.steps?'],
      [
        'trainer:\n  seed: 1\n  steps: many\n',
        '0.yaml:3: trainer.steps: expected a whole number from 1 to 1000000000, found "many"',
      ],
      ['trainer:\n  steps:\n', /^0.yaml:2: trainer.steps: expected .*, found nothing$/],
      ['model:\n  sampleRate: 48_000\n', /^0.yaml:2: model.sampleRate: expected .*, found "48_000"$/],
      ['model:\n  about:\n    name: 2024\n', /^0.yaml:3: model.about.name: expected text .*, found 2024$/],
      ['model:\n  - 3\n', /^0.yaml:1: model: expected some of the keys sampleRate, .*, found \[3\]$/],
      [
        'loss:\n  sizes:\n    - 64\n    - 65\n',
        /^0.yaml:4: loss.sizes\.1: expected a power of two .* found 65$/,
      ],
      ['\nsynth: hpin\n', '0.yaml:2: synth.preset: expected hpnir or hpn, found "hpin"'],
      ['data:\n  pitchMin: 3e3\n', /^0.yaml:2: data.pitchMin: .*3000 to 2000 Hz/],
      [
        'loss:\n\n  sizes: [16384]\ndata: {sliceSeconds: 0.2}\n',
        /^0.yaml:4: data.sliceSeconds: .*16384 samples/,
      ],
      ['trainer:\n  steps: 1\n  steps: 2\n', /^0.yaml:3: .*unique/],
      ['trainer:\n  steps: [1\n', /^0.yaml:[23]: /],
      ['trainer:\n  steps: *one\n', /^0.yaml:1: an alias .* leads nowhere/],
      ['trainer:\n\tsteps: 1\n', /^0.yaml:2: .*[Tt]ab/],
      ['loss: {sizes: &sizes [64, *sizes]}\n', /^0.yaml:1: an alias .* into itself/],
      ['loss: &loss {sizes: *loss}\n', /^0.yaml:1: an alias .* into itself/],
      ['{? {a: 1} : 2}', /^0.yaml:1: .*string/],
      ['- 3\n', /^0.yaml:1: expected a section and its keys/],
      ['steps', /^0.yaml:1: expected a section and its keys/],
      ['data: {}\n---\ndata: {}\n', /^0.yaml:2: .*multiple documents/],
      ['data: !own {}\n', /^0.yaml:1: .*tag/],
    ];
    for (const [text, message] of cases) expect(refused(text)).toMatch(message);
  });

  it('is refused with the file that is to blame', () => {
    expect(refused('trainer: {steps: 1}', 'trainer:\n  steps: 0')).toMatch(/^1.yaml:2: trainer.steps/);
    expect(refused('\n\nloss: {sizes: [16384]}', 'data: {sliceSeconds: 0.3}', 'trainer: {seed: 2}')).toMatch(
      /^1.yaml:1: data.sliceSeconds/,
    );
    expect(refused('\n\nloss:\n  sizes: [16384]', 'model: {sampleRate: 9000}', 'trainer: {seed: 2}')).toMatch(
      /^1.yaml:1: data.sliceSeconds/,
    );
  });

  it('names the processor and the input of a graph, and its line', () => {
    const graph = (b: string, bands = 9) => `synth:
  processors:
    - {name: tone, type: Harmonic, options: {harmonics: 9}}
    - {name: noise, type: FilteredNoise, options: {bands: ${bands}}}
    - name: mix
      type: Add
      inputs:
        a: tone
        b: ${b}
`;
    expect(refused(graph('nois'))).toMatch(/^0.yaml:5: synth.mix.b must name an earlier processor/);
    expect(refused(graph('mix'))).toMatch(/^0.yaml:5: synth.mix.b must name/);
    expect(refused(graph('3'))).toBe('0.yaml:9: synth.processors.mix.inputs.b: expected a name, found 3');
    expect(refused(graph('noise', 1))).toMatch(/^0.yaml:4: synth.noise.bands must be/);
    expect(refused(graph('noise', 0.5), 'data: {}')).toMatch(/^0.yaml:4: synth.noise.bands must be/);
    expect(modelConfig(resolved(graph('noise'))).synth.processors[2].inputs).toEqual({
      a: 'tone',
      b: 'noise',
    });
  });
});

describe('configYaml', () => {
  it('can say what each key means', () => {
    for (const config of [defaultConfig, resolveConfig(example('flute.yaml')), resolved('synth: hpn')]) {
      const text = configYaml(config, { comments: true });
      expect(resolved(text)).toEqual(config);
      expect(text).toMatch(
        /^ {2}# Optimizer steps of the run\. \(steps, whole number from 1 to .*\n {2}steps: /m,
      );
      expect(text).not.toMatch(/[`\]]\(|`/);
    }
  });

  const layers: Record<string, ConfigLayer> = {
    defaults: readAssignments([]),
    kinds: readAssignments(['synth=hpn', 'optimizer.schedule=constant', 'loss.sizes=64']),
    numbers: readAssignments(['optimizer.learningRate=1.0000000000000002e-7', 'model.frameRate=86.1328125']),
    texts: readAssignments([
      'model.about.name=yes',
      'model.about.licence=1.0',
      'model.about.description=a: b # "c"\n  d\n\n- e\u2028 ü',
      'model.about.authors=["null", "", " x ", "- y", "{", "a, b"]',
    ]),
    'a graph': example('flute.yaml'),
  };

  it.each(Object.entries(layers))('of %s is read back as it was', (_name, layer) => {
    const config = resolveConfig(layer);
    const text = configYaml(config);
    expect(resolved(text)).toEqual(config);
    expect(configYaml(resolved(text))).toBe(text);
    // over another configuration, too: it has every key
    expect(resolved('synth: {harmonics: 3}\ntrainer: {seed: 9}\nloss: {sizes: [32]}\n', text)).toEqual(
      config,
    );
  });
});

describe('text that is far too long', () => {
  const repeat = (count: number, text: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => text(i)).join('');
  const many: Record<string, string> = {
    'unknown keys': repeat(100_000, (i) => `key${i}: 1\n`),
    'unknown keys of a section': `trainer:\n${repeat(100_000, (i) => `  key${i}: 1\n`)}`,
    'unknown keys in one line': `{${repeat(100_000, (i) => `k${i}: 1, `)}}`,
    items: `loss: {sizes: [${repeat(100_000, () => '64, ')}]}`,
    brackets: `loss: ${'['.repeat(100_000)}`,
    'a long key': `${'k'.repeat(5_000_000)}: 1`,
  };

  it.each(Object.entries(many))('of %s is refused before it is parsed', (_name, text) => {
    expect(refused(text)).toBe(
      '0.yaml:1: this is much longer than any configuration; check that it is the right file',
    );
  });

  it('is refused with the key where it can be parsed', () => {
    expect(refused(repeat(3000, (i) => `key${i}: 1\n`))).toMatch(
      /^0.yaml:1: key0: unknown key; did you mean/,
    );
    expect(refused(`trainer:\n${repeat(3000, (i) => `  key${i}: 1\n`)}`)).toMatch(
      /^0.yaml:2: trainer.key0: /,
    );
    expect(refused(`${'k'.repeat(1000)}: 1`)).toMatch(/^0.yaml:1: k{57}\.\.\.: unknown key; did you mean/);
    expect(refused(`a: ${'['.repeat(9000)}`)).toMatch(/^0.yaml:1: /);
    expect(refused(`${repeat(900, (i) => `${' '.repeat(i)}a:\n`)}${' '.repeat(900)}b: 1`)).toMatch(
      /^0.yaml:1: (a\.)+.*unknown key/,
    );
  });

  it('is as harmless as an object', () => {
    const keys = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, 1]));
    expect(refusal(() => resolveConfig(keys as ConfigChanges))).toMatch(/^key0: unknown key; did you mean/);
    let nested: unknown = 1;
    for (let i = 0; i < 100_000; i++) nested = { key: nested };
    expect(refusal(() => resolveConfig(nested as ConfigChanges))).toMatch(/^key\.key.*: unknown key/);
  });
});

describe('damaged text', () => {
  it('is refused as such, or means something; nothing else happens', () => {
    const text = `${configYaml(defaultConfig)}${readFileSync(`${EXAMPLES}/flute.yaml`, 'utf8')}`;
    const lines = text.split('\n').filter((line) => line.trim() !== 'synth:');
    const random = uniform(1);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
    const marks = [
      ':',
      '- ',
      '{',
      '}',
      '[',
      '&a ',
      '*a',
      '"',
      '#',
      '!x ',
      '\t',
      '|',
      '? ',
      'null',
      '-1',
      '1e400',
      '~',
    ];
    let taken = 0;
    for (let round = 0; round < 600; round++) {
      const start = Math.floor(random() * lines.length);
      const part = lines.slice(start, start + 1 + Math.floor(random() * 12));
      for (let edits = Math.floor(random() * 3); edits > 0; edits--) {
        const at = Math.floor(random() * part.length);
        const cut = Math.floor(random() * (part[at].length + 1));
        part[at] = part[at].slice(0, cut) + pick(marks) + part[at].slice(cut + Math.floor(random() * 3));
      }
      const section =
        random() < 0.5 ? `${pick(['data', 'model', 'synth', 'loss', 'optimizer', 'trainer'])}:\n` : '';
      const changes = [
        () => readConfigYaml(section + part.join('\n'), 'x'),
        () => readAssignments([`${pick(part).trim().replace(': ', '=')}`]),
      ];
      for (const change of changes) {
        try {
          resolveConfig(change());
          taken++;
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          expect(error.message).toMatch(/^\S[\s\S]*: ./);
        }
      }
    }
    expect(taken).toBeGreaterThan(20);
  });
});

describe('the examples', () => {
  it('all resolve', () => {
    for (const file of readdirSync(EXAMPLES)) expect(() => resolveConfig(example(file))).not.toThrow();
  });

  it.each(['hpnir', 'hpn'] as const)('%s.yaml is the preset of that name, written out', (preset) => {
    const graph = modelConfig(resolveConfig(example(`${preset}.yaml`)));
    expect(graph).toEqual(modelConfig(resolveConfig({ synth: preset })));
  });

  it('flute.yaml is a graph that trains', async () => {
    const small = readAssignments([
      'model={sampleRate: 16000, frameRate: 50, decoder: {hidden: 4}, analysis: {window: 640}}',
      'data.sliceSeconds=0.5',
      'trainer={steps: 2, batchSize: 2}',
    ]);
    const config = resolveConfig(example('flute.yaml'), small);
    const source = { name: 'a.wav', content: writeWav(phrase(3, 16_000, 1), 16_000) };
    const dataset = await Dataset.fromFiles([source], { ...datasetOptions(config), silence: -80 });
    const trainer = await Trainer.create({ dataset, config, workers: 1 });
    const losses: number[] = [];
    for await (const event of trainer.run()) if (event.type === 'step') losses.push(event.loss);
    await trainer.close();
    expect(losses).toHaveLength(2);
    expect(losses.every((loss) => loss > 0)).toBe(true);
    expect(Object.keys(trainer.model({ name: 'x' }).tensors)).toContain('ir');
  });
});
