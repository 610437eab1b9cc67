import { Dict, Instance, type Value } from './values';

/** An attribute of an object, or the value of a key. */
export function member(value: Value | undefined, name: string): Value | undefined {
  if (value instanceof Dict) return value.entries.get(name);
  if (!(value instanceof Instance)) return undefined;
  const found = value.items?.entries.get(name);
  return found === undefined && value.state instanceof Dict ? value.state.entries.get(name) : found;
}
