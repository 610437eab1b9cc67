import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documentation } from '../../../.ci/docs';
import { ConfigError, defaultConfig, readConfigYaml, resolveConfig } from '../../../src/train/config';
import { type Field, fieldAt, fieldOf, keyPaths, namesOf, valueAt } from '../../../src/train/config/keys';
import { configSchema } from '../../../src/train/config/schema';

const text = readFileSync('docs/configuration.md', 'utf8');
const schema = fieldOf(configSchema);

/** Cells of the rows that begin with a key. */
const rows = [...text.matchAll(/^\| `([\w.*]+)`\s*\|(.*)\|$/gm)].map(([, key, cells]) => {
  const [unit, value, standard, what] = cells.split('|').map((cell) => cell.trim());
  return { key, unit, value, standard, what };
});

/** What can be set to a value, i.e. not only to keys. */
const keys = keyPaths(schema).filter((key) => {
  const field = fieldAt(schema, key.split('.'));
  return field?.type !== 'strict_object' && field?.type !== 'variant';
});

const fieldOfKey = (key: string) => fieldAt(schema, key.split('.')) as Field & { message?: string };

/** As the errors say it. */
function expectation(key: string): string {
  const field = fieldOfKey(key);
  if (field.type === 'record') return 'keys with values';
  if (field.type === 'lazy') return (field.getter(0) as { message?: string }).message ?? '';
  if (field.type !== 'literal') return field.message ?? '';
  const variant = fieldAt(schema, key.split('.').slice(0, -1));
  return variant?.type === 'variant' ? namesOf(variant).join(' or ') : String(field.literal);
}

describe('the parts of docs that are made from the source', () => {
  it.each(documentation())('$file is fresh: else run npm run docs', ({ text: written, fresh }) => {
    expect(written).toBe(fresh);
  });
});

describe('docs/configuration.md', () => {
  it('has every key, once, in order, and no other', () => {
    expect(rows.map(({ key }) => key)).toEqual(keys);
  });

  it('says of every key what it may be, as the errors do, and what for', () => {
    for (const { key, value, what } of rows) {
      expect(`${key}: ${value}`).toBe(`${key}: ${expectation(key).replace(/^an? /, '')}`);
      expect(what.length, key).toBeGreaterThan(3);
    }
  });

  it('says of every key its default', () => {
    for (const { key, standard } of rows) {
      const value = valueAt(defaultConfig, key.split('.'));
      // what a list of terms is by default is told in words
      if (value === undefined || key === 'loss.terms') continue;
      expect(`${key}: ${standard}`).toBe(`${key}: ${Array.isArray(value) ? value.join(', ') : value}`);
    }
    const terms = defaultConfig.loss.terms.map(({ kind, weight }) => `${kind} (${weight})`);
    expect(rows.find(({ key }) => key === 'loss.terms')?.standard).toBe(terms.join(', '));
  });

  it('gives units to times, frequencies, levels and counts', () => {
    const measured = /seconds|sampleRate|frameRate|pitch|silence|quietest|window|sizes|steps|every$/i;
    for (const { key, unit } of rows)
      if (measured.test(key)) expect(`${key}: ${unit}`).toMatch(/: (s|Hz|dB|samples|steps|1\/s)$/);
  });

  it('shows YAML that is taken, and errors that are given', () => {
    const yaml = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block);
    expect(yaml).toHaveLength(1);
    expect(resolveConfig(readConfigYaml(yaml[0], 'docs'))).toMatchObject({
      synth: { preset: 'hpn' },
      optimizer: { schedule: { kind: 'cosine', finalShare: 0.05 } },
    });
    const [unknown = '', wrong = ''] = text.match(/^cello\.yaml:.*$/gm) ?? [];
    for (const [file, message] of [
      ['# \n\nmodel:\n  decoder: {hiden: 3}\n', unknown],
      ['\n\n\n\n\ntrainer:\n  steps: many\n', wrong],
    ])
      expect(() => resolveConfig(readConfigYaml(file, 'cello.yaml'))).toThrow(new ConfigError(message));
  });
});
