/** What the schema says of a key, in words: for the documentation's tables and the comments of `ddsp config`. */

import * as v from 'valibot';
import { defaultConfig } from './config';
import type { KeyDoc } from './key';
import { type Field, fieldAt, fieldOf, keyPaths, namesOf, type Path, valueAt } from './keys';
import { configSchema } from './schema';

const schema = fieldOf(configSchema);

export interface KeyText extends KeyDoc {
  /** e.g. `model.decoder.hidden`; `*` stands for any item of a list */
  readonly key: string;
  /** what its value may be, e.g. `whole number from 1 to 4096` */
  readonly expected: string;
  /** empty for a key without a default */
  readonly standard: string;
}

/** Every key that takes a value, in the schema's order; sections are left out. */
export function explainKeys(): KeyText[] {
  return keyPaths(schema)
    .map((key) => explainKey(key.split('.')))
    .filter((text) => text !== undefined);
}

/** @returns undefined for a section, and where there is no key */
export function explainKey(path: Path): KeyText | undefined {
  const field = fieldAt(schema, path);
  if (!field || field.type === 'strict_object' || field.type === 'variant') return undefined;
  const { help, unit } = v.getMetadata(field as unknown as v.GenericSchema) as unknown as KeyDoc;
  const standard = showDefault(valueAt(defaultConfig, path));
  return { key: path.join('.'), help, unit, expected: expectationOf(field, path), standard };
}

/** As the errors say it, without its article. */
function expectationOf(field: Field, path: Path): string {
  if (field.type === 'record') return 'keys with values';
  if (field.type === 'lazy') return expectationOf(field.getter(0), path);
  if (field.type === 'literal') {
    const variant = fieldAt(schema, path.slice(0, -1));
    return variant?.type === 'variant' ? namesOf(variant).join(' or ') : String(field.literal);
  }
  return ('message' in field ? String(field.message) : '').replace(/^an? /, '');
}

function showDefault(value: unknown): string {
  if (value === undefined) return '';
  if (!Array.isArray(value)) return String(value);
  const items = value.map((item) => (item.kind ? `${item.kind} (${item.weight})` : String(item)));
  return items.join(', ');
}
