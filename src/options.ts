/** Checks that all public functions share. Every failure is an `OptionError` that names the option. */

import { OptionError } from './errors';

/** Options of one group, for naming the right place of a key that stands elsewhere. */
export interface OptionGroup {
  readonly name: string;
  readonly keys: readonly string[];
}

/**
 * @param path where the options stand, e.g. `listening`; empty for the outermost
 * @param groups nested options of the same call, for the remedy
 * @throws OptionError for anything but an object, and for a key that is not known
 */
export function checkKeys(
  path: string,
  options: unknown,
  known: readonly string[],
  groups: readonly OptionGroup[] = [],
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new OptionError(path || 'options', `expected an object, found ${show(options)}`);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const group = groups.find(({ keys }) => keys.includes(key));
    const remedy = group
      ? `write { ${group.name}: { ${key}: ... } }`
      : `the options are ${[...known, ...groups.map(({ name }) => name)].filter(unique).join(', ')}`;
    throw new OptionError(path ? `${path}.${key}` : key, 'unknown option', { remedy });
  }
}

export interface NumberRange {
  readonly minimum: number;
  readonly maximum: number;
  readonly unit?: string;
  readonly whole?: boolean;
}

/**
 * @returns the value
 * @throws OptionError for anything but a number of the range
 */
export function checkNumber(
  option: string,
  value: unknown,
  { minimum, maximum, unit = '', whole = false }: NumberRange,
): number {
  const fits = typeof value === 'number' && value >= minimum && value <= maximum;
  if (fits && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? 'a whole number from' : 'a number from';
  const range = `${kind} ${round(minimum)} to ${round(maximum)}${unit && ` ${unit}`}`;
  throw new OptionError(option, `expected ${range}, found ${show(value)}`);
}

/** A value in a message. */
export function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value).slice(0, 60);
}

function round(bound: number): number {
  return Number.isInteger(bound) ? bound : Number(bound.toPrecision(4));
}

function unique(name: string, index: number, names: readonly string[]): boolean {
  return names.indexOf(name) === index;
}
