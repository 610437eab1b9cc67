/** `model.decoder.hidden=128`: changes to a configuration as a command line takes them. */

import { ConfigError } from './error';
import { type Field, fieldAt, fieldOf, isRecord, unwrap } from './keys';
import { ConfigLayer } from './layer';
import { configSchema } from './schema';
import { parseYaml } from './yaml';

const schema = fieldOf(configSchema);

/**
 * Text is taken as it stands; lists are separated by commas, or YAML (`["Ann, B.", "C"]`); everything else is
 * YAML, so that `synth=hpn` and `synth={preset: hpn, harmonics: 40}` mean what they mean in a file.
 * @param assignments `key=value`; all are laid over what is there at once, later ones win
 * @throws ConfigError for what is no assignment; `resolveConfig` finds wrong keys and values
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
