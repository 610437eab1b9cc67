/** How a key of the configuration is declared. */

import * as v from 'valibot';

/** What people are told of a key. */
export interface KeyDoc {
  /** one or two sentences */
  readonly help: string;
  /** of its value, e.g. `Hz`; empty for plain numbers, names and texts */
  readonly unit: string;
}

/**
 * A key without a default.
 * @param schema its type and range
 */
export function described<const Schema extends v.GenericSchema>(schema: Schema, help: string, unit = '') {
  return v.pipe(schema, v.metadata({ help, unit } satisfies KeyDoc));
}

/** A key with a default. */
export function key<const Schema extends v.GenericSchema>(
  schema: Schema,
  standard: v.InferInput<Schema>,
  help: string,
  unit = '',
) {
  return v.optional(described(schema, help, unit), () => standard);
}

export function above0(high: number) {
  const expected = `a number above 0, at most ${high}`;
  return v.pipe(v.number(expected), v.gtValue(0, expected), v.maxValue(high, expected));
}

export function powerOf2(low: number, high: number) {
  const expected = `a power of two from ${low} to ${high}`;
  const fits = (size: number) => size >= low && size <= high && Number.isInteger(Math.log2(size));
  return v.pipe(v.number(expected), v.check(fits, expected));
}

/** @param what what the list holds, with its smallest count, e.g. `at least one size` */
export function listOf<const Schema extends v.GenericSchema>(item: Schema, what: string) {
  const expected = `a list of ${what}`;
  return v.pipe(v.array(item, expected), v.minLength(1, expected));
}
