/** Reads the schema: which keys there are, what value each takes, and which key is nearest to a wrong one. */

import { distance } from 'fastest-levenshtein';
import type * as v from 'valibot';

/** Letters of a wrong key that are compared with keys; every key is shorter. */
const LONGEST = 200;

/** Keys and, in lists, indices. */
export type Path = readonly (string | number)[];

/** The parts of valibot's schemas that are read here. */
export type Field =
  | { readonly type: 'strict_object'; readonly entries: Readonly<Record<string, Field>> }
  | { readonly type: 'variant'; readonly key: string; readonly options: readonly Section[] }
  | { readonly type: 'optional' | 'exact_optional'; readonly wrapped: Field }
  | { readonly type: 'array'; readonly item: Field }
  /** keys, or a value */
  | { readonly type: 'lazy'; getter(given: unknown): Field }
  | { readonly type: 'literal'; readonly literal: unknown }
  | { readonly type: 'number' | 'string' | 'picklist' | 'record' | 'never' };

export type Section = Extract<Field, { type: 'strict_object' }>;
export type Variant = Extract<Field, { type: 'variant' }>;

export function fieldOf(schema: v.GenericSchema): Field {
  return schema as unknown as Field;
}

/** The keys a section may have. */
export function keysOf({ entries }: Section): string[] {
  return Object.keys(entries).filter((key) => unwrap(entries[key]).type !== 'never');
}

export function unwrap(field: Field): Field {
  return field.type === 'optional' || field.type === 'exact_optional' ? unwrap(field.wrapped) : field;
}

/** The name of a variant's option; the one without has none. */
export function nameOf({ key }: Variant, option: Section): unknown {
  const named = option.entries[key];
  return named.type === 'literal' ? named.literal : undefined;
}

export function namesOf(variant: Variant): unknown[] {
  return variant.options.map((option) => nameOf(variant, option)).filter((name) => name !== undefined);
}

/** Every key, e.g. `model.decoder.hidden`; keys of a list's items as `synth.processors.*.name`. */
export function keyPaths(field: Field, prefix = ''): string[] {
  const inner = unwrap(field);
  switch (inner.type) {
    case 'strict_object':
      return keysOf(inner).flatMap((key) => {
        const path = prefix ? `${prefix}.${key}` : key;
        return [path, ...keyPaths(inner.entries[key], path)];
      });
    case 'variant':
      return [...new Set(inner.options.flatMap((option) => keyPaths(option, prefix)))];
    case 'array':
      return keyPaths(inner.item, `${prefix}.*`);
    case 'lazy':
      return keyPaths(inner.getter({}), prefix);
    default:
      return [];
  }
}

/** The field at a path, in whichever option of a variant has it. Any step leads to a list's item. */
export function fieldAt(field: Field, [key, ...rest]: Path): Field | undefined {
  const inner = unwrap(field);
  if (key === undefined) return inner;
  if (inner.type === 'array') return fieldAt(inner.item, rest);
  if (inner.type === 'lazy') return fieldAt(inner.getter({}), [key, ...rest]);
  const sections = inner.type === 'variant' ? inner.options : [inner];
  for (const section of sections) {
    if (section.type !== 'strict_object' || !Object.hasOwn(section.entries, key)) continue;
    const found = fieldAt(section.entries[key], rest);
    if (found && found.type !== 'never') return found;
  }
}

/**
 * A path as people write it; items of a list go by their name where they have one.
 * @param values the tree it leads through
 */
export function showPath(path: Path, values: unknown): string {
  const shown = path.map((step, i) => {
    const item = typeof step === 'number' ? valueAt(values, path.slice(0, i + 1)) : undefined;
    return isRecord(item) && typeof item.name === 'string' ? item.name : step;
  });
  return shown.join('.');
}

export function valueAt(values: unknown, path: Path): unknown {
  return path.reduce((node, step) => {
    const inner = isRecord(node) || Array.isArray(node);
    return inner && Object.hasOwn(node, step) ? (node as Record<string | number, unknown>)[step] : undefined;
  }, values);
}

/**
 * The keys that were probably meant: the one that differs in the smallest share of its letters, in its whole path or
 * in its last part, and all that end exactly as the wrong key does.
 * @param key as `showPath` writes it
 * @param sections whether a section may have been meant
 */
export function nearestKeys(schema: Field, key: string, sections: boolean): string[] {
  const [list, item] = listItem(schema, key.split('.'));
  const written = (list === undefined ? key : key.replace(item, list)).toLowerCase();
  const scored = keyPaths(schema)
    .filter((path) => (list === undefined ? !path.includes('*') : path.startsWith(list)))
    .filter((path) => sections || fieldAt(schema, path.split('.'))?.type !== 'strict_object')
    .map((path) => {
      const candidate = path.toLowerCase();
      const whole = difference(written, candidate);
      return { path, whole, score: Math.min(whole, partDifference(lastPart(written), lastPart(candidate))) };
    })
    .sort((a, b) => a.score - b.score || a.whole - b.whole);
  return scored
    .filter(({ score }, i) => i === 0 || score === 0)
    .map(({ path }) => (list === undefined ? path : path.replace(list, item)));
}

/** The list's item that a path leads into: in general (`synth.processors.*`), and the one (`synth.processors.mix`). */
function listItem(schema: Field, path: Path): [undefined, ''] | [general: string, one: string] {
  const end = path.findIndex((_, i) => i > 0 && fieldAt(schema, path.slice(0, i))?.type === 'array');
  if (end < 0) return [undefined, ''];
  const list = path.slice(0, end).join('.');
  return [`${list}.*`, `${list}.${path[end]}`];
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** A part of a name is nearer to it than its letters say. */
function partDifference(written: string, name: string): number {
  return difference(written, name) / (written.length > 2 && name.includes(written) ? 2 : 1);
}

/** Share of the letters that differ, 0..1. Beyond the longest key, letters are not compared. */
function difference(a: string, b: string): number {
  return distance(a.slice(0, LONGEST), b) / Math.max(a.length, b.length);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
