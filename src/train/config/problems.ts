/** The errors about a key or a value. */

import type * as v from 'valibot';
import { explain, shorten, show } from '../../model/fields';
import {
  type Field,
  fieldAt,
  isRecord,
  keyPaths,
  keysOf,
  namesOf,
  nearestKeys,
  type Path,
  type Section,
  showPath,
} from './keys';
import type { Unknown } from './merge';

/** Sections are nested less deeply. */
const DEEPEST = 8;

/** About an unknown key, or one that another kind has: the key, and the problem. */
export function unknownKey(schema: Field, { path, section, value }: Unknown): [key: string, problem: string] {
  const key = path.join('.');
  if (keyPaths(schema).includes(key))
    return [key, `${kindOf(section)} does not have it (it has ${keysOf(section).join(', ')})`];
  // the keys inside it say better what was meant
  const deepest = [key, ...innerKeys(value, DEEPEST)].map(shorten).join('.');
  return [deepest, `unknown key; ${suggest(schema, deepest, isRecord(value))}`];
}

/** The keys that lead to the first value inside, at most `depth` of them. */
function innerKeys(value: unknown, depth: number): string[] {
  if (depth === 0 || !isRecord(value)) return [];
  for (const key in value) return [key, ...innerKeys(value[key], depth - 1)];
  return [];
}

function kindOf({ entries }: Section): string {
  const kinds = Object.values(entries).flatMap((entry) => (entry.type === 'literal' ? [entry.literal] : []));
  return kinds.length > 0 ? String(kinds[0]) : 'a graph of your own';
}

function suggest(schema: Field, key: string, sections: boolean): string {
  return `did you mean ${nearestKeys(schema, key, sections).join(' or ')}?`;
}

/** @param values the tree that `path` leads through */
export function wrongValue(schema: Field, issue: v.BaseIssue<unknown>, path: Path, values: unknown): string {
  const field = fieldAt(schema, path);
  if (issue.expected === 'never') return `unknown key; ${suggest(schema, showPath(path, values), false)}`;
  if (issue.expected === 'Object' && field) return noSection(field, issue.input);
  if (issue.type !== 'variant') return explain(issue);
  const variant = fieldAt(schema, path.slice(0, -1));
  const names = variant?.type === 'variant' ? namesOf(variant) : [];
  return `expected ${names.join(' or ')}, found ${show(issue.input)}`;
}

/** About a value that stands where keys should be. */
export function noSection(field: Field, value: unknown): string {
  const found = `found ${show(value)}`;
  if (field.type === 'strict_object')
    return `expected some of the keys ${keysOf(field).join(', ')}, ${found}`;
  const names = field.type === 'variant' ? [...namesOf(field), 'keys'] : ['keys with values'];
  return `expected ${names.join(' or ')}, ${found}`;
}

/** About a key that is neither the position nor the name of an item. */
export function noItem(list: readonly unknown[]): string {
  const keys = list.map((item, i) => (isRecord(item) && typeof item.name === 'string' ? item.name : i));
  return `there is no such item (there are: ${keys.join(', ')})`;
}
