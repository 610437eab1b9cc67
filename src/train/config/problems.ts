/** What is told of a key or a value that cannot be taken. */

import type * as v from 'valibot';
import { explain, show } from '../../model/fields';
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

/** Of a key that there is not, or not in this kind: the key, and what is told of it. */
export function unknownKey(schema: Field, { path, section, value }: Unknown): [key: string, problem: string] {
  const key = path.join('.');
  if (keyPaths(schema).includes(key))
    return [key, `${kindOf(section)} does not have it (it has ${keysOf(section).join(', ')})`];
  // what is inside tells better what was meant
  const deepest = [key, ...innerKeys(value)].join('.');
  return [deepest, `unknown key; ${suggest(schema, deepest, isRecord(value))}`];
}

/** The way to the first value inside. */
function innerKeys(value: unknown): string[] {
  const [first] = isRecord(value) ? Object.entries(value) : [];
  return first ? [first[0], ...innerKeys(first[1])] : [];
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

/** Of a value where keys should be. */
export function noSection(field: Field, value: unknown): string {
  const found = `found ${show(value)}`;
  if (field.type === 'strict_object')
    return `expected some of the keys ${keysOf(field).join(', ')}, ${found}`;
  const names = field.type === 'variant' ? [...namesOf(field), 'keys'] : ['keys with values'];
  return `expected ${names.join(' or ')}, ${found}`;
}

/** Of a key that leads to none of a list's items. */
export function noItem(list: readonly unknown[]): string {
  const keys = list.map((item, i) => (isRecord(item) && typeof item.name === 'string' ? item.name : i));
  return `there is no such item (there are: ${keys.join(', ')})`;
}
