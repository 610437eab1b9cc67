/** Parsers of option values. */

import { InvalidArgumentError } from 'commander';

/** @returns a parser of numbers */
export function number(low: number, high: number, whole = false) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= low && value <= high) || (whole && !Number.isInteger(value)))
      throw new InvalidArgumentError(`Expected a${whole ? ' whole' : ''} number from ${low} to ${high}.`);
    return value;
  };
}

/** @returns a parser of `auto`, `off` or a number */
export function matched(low: number, high: number, whole = false) {
  return (text: string): 'auto' | 'off' | number => {
    if (text === 'auto' || text === 'off') return text;
    try {
      return number(low, high, whole)(text);
    } catch {
      const kind = whole ? 'a whole number' : 'a number';
      throw new InvalidArgumentError(`Expected auto, off or ${kind} from ${low} to ${high}.`);
    }
  };
}

/** @returns a parser of whole numbers with commas between them */
export function list(low: number, high: number) {
  return (text: string): readonly number[] => text.split(',').map(number(low, high, true));
}
