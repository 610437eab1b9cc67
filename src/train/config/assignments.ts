/** `model.decoder.hidden=128`: changes to a configuration as a command line takes them. */

import { ConfigError } from './error';
import { type Field, fieldAt, fieldOf, isRecord, unwrap } from './keys';
import { ConfigLayer } from './layer';
import { configSchema } from './schema';
import { parseYaml } from './yaml';

const schema = fieldOf(configSchema);

/**
 * Reads `key=value` arguments. A text is used as it is. The items of a list are separated by commas or written as
 * YAML (`["Ann, B.", "C"]`). Any other value is YAML, as in a file: `synth=hpn`, `synth={preset: hpn, harmonics: 40}`.
 * @param assignments `key=value`; later ones override earlier ones
 * @throws ConfigError if an argument has not this form; `resolveConfig` finds unknown keys and wrong values
 */
export function readAssignments(assignments: readonly string[]): ConfigLayer {
  const trees = assignments.map((assignment) => {
    const equals = assignment.indexOf('=');
    if (equals < 1)
      throw new ConfigError(`"${assignment}": expected key=value, for instance trainer.steps=2000`);
    const key = assignment.slice(0, equals);
    const steps = key.split('.');
    const value = readValue(fieldAt(schema, steps), key, assignment.slice(equals + 1));
    return steps.reduceRight<unknown>((inner, step) => Object.fromEntries([[step, inner]]), value);
  });
  return new ConfigLayer(trees.reduce(combine, {}));
}

function readValue(field: Field | undefined, key: string, text: string): unknown {
  const expected = field && unwrap(field);
  switch (expected?.type) {
    case 'string':
    case 'picklist':
    case 'literal':
      return text;
    case 'array': {
      if (text.trimStart().startsWith('[')) return readYaml(key, text);
      if (text.trim() === '') return [];
      return text.split(',').map((item) => readValue(expected.item, key, item.trim()));
    }
    case 'variant': {
      const value = readYaml(key, text);
      return typeof value === 'string' ? { [expected.key]: value } : value;
    }
    default:
      return readYaml(key, text);
  }
}

function readYaml(key: string, text: string): unknown {
  return parseYaml(text, () => `${key}: "${text}" cannot be read`).values;
}

function combine(before: unknown, after: unknown): unknown {
  if (!isRecord(before) || !isRecord(after)) return after;
  const combined = Object.entries(after).map(([key, value]) => [
    key,
    Object.hasOwn(before, key) ? combine(before[key], value) : value,
  ]);
  return Object.fromEntries([...Object.entries(before), ...combined]);
}
