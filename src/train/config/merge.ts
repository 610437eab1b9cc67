/** Lays part of a configuration over a whole one. */

import { type Field, isRecord, keysOf, nameOf, type Path, type Section, unwrap, type Variant } from './keys';

/** An unknown key. */
export interface Unknown {
  readonly path: Path;
  /** the section that does not have the key */
  readonly section: Section;
  readonly value: unknown;
}

/** Each throws. */
export interface Refusals {
  unknown(unknown: Unknown): never;
  /** a value where keys should be */
  noSection(path: Path, field: Section | Variant, value: unknown): never;
  /** a key that is none of a list's items */
  noItem(path: Path, list: readonly unknown[]): never;
}

/**
 * Merges sections key by key. An item of a list is merged too if its position or its name is the key. Any other
 * value replaces the one before. If the kind changes, keys that both kinds have keep their values.
 * @param base valid
 * @param change as it was read
 * @returns the merged values; those from `change` are not checked yet
 */
export function merge(
  field: Field,
  base: unknown,
  change: unknown,
  refuse: Refusals,
  path: Path = [],
): unknown {
  if (change === undefined) return base;
  const inner = unwrap(field);
  if (inner.type === 'array' && Array.isArray(base) && isRecord(change))
    return mergeItems(inner.item, base, change, refuse, path);
  if (inner.type === 'record' && isRecord(base) && isRecord(change))
    return Object.fromEntries([...Object.entries(base), ...Object.entries(change)]);
  if (inner.type !== 'strict_object' && inner.type !== 'variant') return change;
  // a section of a file without a line in it
  if (change === null) return base;
  const named = inner.type === 'variant' && typeof change === 'string' ? { [inner.key]: change } : change;
  if (!isRecord(named)) return refuse.noSection(path, inner, change);
  const before = isRecord(base) ? base : {};
  const section = inner.type === 'variant' ? choose(inner, before, named) : inner;
  // validation says which names there are
  if (!section) return named;
  const keys = keysOf(section);
  const kept = Object.entries(before).filter(([key]) => keys.includes(key));
  const changed = Object.entries(named).map(([key, value]) => {
    const at = [...path, key];
    if (!keys.includes(key)) return refuse.unknown({ path: at, section, value });
    return [key, merge(section.entries[key], before[key], value, refuse, at)] as const;
  });
  return Object.fromEntries([...kept, ...changed]);
}

function mergeItems(
  field: Field,
  list: readonly unknown[],
  change: Readonly<Record<string, unknown>>,
  refuse: Refusals,
  path: Path,
): unknown[] {
  const merged = [...list];
  for (const [key, value] of Object.entries(change)) {
    const at = list.findIndex((item, i) => String(i) === key || (isRecord(item) && item.name === key));
    if (at < 0) refuse.noItem([...path, key], list);
    merged[at] = merge(field, list[at], value, refuse, [...path, key]);
  }
  return merged;
}

/** The option that `change` names or has keys of, else the one that `before` is. */
function choose(
  variant: Variant,
  before: Readonly<Record<string, unknown>>,
  change: Readonly<Record<string, unknown>>,
): Section | undefined {
  const called = (name: unknown) => variant.options.find((option) => nameOf(variant, option) === name);
  if (change[variant.key] !== undefined) return called(change[variant.key]);
  const nameless = called(undefined);
  if (nameless && keysOf(nameless).some((key) => change[key] !== undefined)) return nameless;
  return called(before[variant.key]);
}
