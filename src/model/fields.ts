/**
 * Types of values in a model's metadata and in a configuration. Each has a message that says what it expects;
 * `explain` adds what was found.
 */

import * as v from 'valibot';

export function between(low: number, high: number) {
  const expected = `a number from ${low} to ${high}`;
  return v.pipe(v.number(expected), v.minValue(low, expected), v.maxValue(high, expected));
}

export function whole(low: number, high: number) {
  const expected = `a whole number from ${low} to ${high}`;
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(low, expected),
    v.maxValue(high, expected),
  );
}

export function text(longest: number) {
  const expected = `text of at most ${longest} characters`;
  return v.pipe(v.string(expected), v.maxLength(longest, expected));
}

export function texts(most: number, longest: number) {
  const expected = `a list of at most ${most} texts`;
  return v.pipe(v.array(text(longest), expected), v.maxLength(most, expected));
}

export function oneOf<const Names extends readonly string[]>(...names: Names) {
  return v.picklist(names, names.join(' or '));
}

/** The problem of an issue, without its place: what was expected and what was found. */
export function explain(issue: v.BaseIssue<unknown>): string {
  const { type, expected, input } = issue;
  if (type === 'strict_object' && expected === 'never') return 'unknown key';
  if (type === 'strict_object' || type === 'record') {
    const missing = input === undefined && expected !== 'Object';
    return missing ? 'is missing' : `expected keys with values, found ${show(input)}`;
  }
  return `expected ${issue.message}, found ${show(input)}`;
}

/** A value as shown in an error message, shortened. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  return shorten(typeof value === 'number' ? String(value) : json(value));
}

/** A text as shown in an error message; only its beginning if it is long. */
export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'something nested too deeply';
  }
}
