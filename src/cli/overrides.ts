/** `decoder.hidden=128`: changes to a configuration, by dotted path, with the types of its defaults. */

import { CliError, EXIT } from './errors';

type Leaf = number | string | boolean | readonly unknown[];

/**
 * @param defaults plain data; every key there is one that can be set, to a value of the same type
 * @param assignments `path=value`; lists are JSON or separated by commas; later ones win
 * @returns a copy with the changes
 * @throws CliError for an unknown path (naming the nearest) or a value of another type
 */
export function applyOverrides<T extends object>(defaults: T, assignments: readonly string[]): T {
  const result = structuredClone(defaults);
  const leaves = leafPaths(defaults);
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    if (equals < 1) throw usage(`"${assignment}": expected key=value, for instance ${leaves[0]}=...`);
    const key = assignment.slice(0, equals);
    const text = assignment.slice(equals + 1);
    if (!leaves.includes(key)) throw usage(unknownKey(key, leaves));
    const steps = key.split('.');
    const last = steps.pop()!;
    const parent = steps.reduce((node, step) => node[step] as Record<string, unknown>, record(result));
    parent[last] = parse(key, text, parent[last] as Leaf);
  }
  return result;
}

/** Dotted paths of everything that is not an object. */
export function leafPaths(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, child]) =>
    isRecord(child) ? leafPaths(child, `${prefix}${key}.`) : [prefix + key],
  );
}

function record(value: object): Record<string, unknown> {
  return value as Record<string, unknown>;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function usage(message: string): CliError {
  return new CliError(message, EXIT.usage);
}

function parse(key: string, text: string, example: Leaf): Leaf {
  if (Array.isArray(example)) return parseList(key, text, example);
  if (typeof example === 'string') return text;
  if (typeof example === 'number') {
    const number = Number(text);
    if (text.trim() === '' || !Number.isFinite(number))
      throw usage(`${key}: expected a number like ${example}, not "${text}"`);
    return number;
  }
  if (text !== 'true' && text !== 'false') throw usage(`${key}: expected true or false, not "${text}"`);
  return text === 'true';
}

/** The items have the type of the example's first; those of an empty example are strings. */
function parseList(key: string, text: string, [example = '']: readonly unknown[]): unknown[] {
  const items = text.trimStart().startsWith('[') ? parseJson(key, text) : splitCommas(text);
  return items.map((item, i) => parse(`${key}[${i}]`, String(item), example as Leaf));
}

function splitCommas(text: string): string[] {
  return text.trim() === '' ? [] : text.split(',').map((item) => item.trim());
}

function parseJson(key: string, text: string): unknown[] {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError(`${key}: "${text}" is not a JSON list`, EXIT.usage, { cause });
  }
}

function unknownKey(key: string, leaves: readonly string[]): string {
  const inside = leaves.filter((leaf) => leaf.startsWith(`${key}.`));
  if (inside.length > 0) return `"${key}" has several parts, set one of them: ${inside.join(', ')}`;
  // someone may know a key by its last part only
  const distance = (leaf: string) =>
    Math.min(editDistance(key, leaf), editDistance(key, leaf.slice(leaf.lastIndexOf('.') + 1)));
  const nearest = leaves.reduce((best, leaf) => (distance(leaf) < distance(best) ? leaf : best));
  return `unknown key "${key}"; did you mean ${nearest}?`;
}

/** Insertions, deletions and replacements from one string to the other (Levenshtein), case ignored. */
function editDistance(a: string, b: string): number {
  const from = a.toLowerCase();
  const to = b.toLowerCase();
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}
