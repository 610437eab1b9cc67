/** Keys that had another name before. Configurations of older runs and projects still use it. */

import { isRecord } from './keys';

/** Former names of the keys of `trainer`. */
const FORMER: ReadonlyMap<string, string> = new Map([
  ['best', 'bestBy'],
  ['keep', 'keepCheckpoints'],
]);

/** @returns the tree with today's names. A former name beside today's stays, so that it is refused. */
export function renameFormerKeys(values: unknown): unknown {
  if (!isRecord(values) || !isRecord(values.trainer)) return values;
  const { trainer } = values;
  const entries = Object.entries(trainer).map(([key, value]) => {
    const name = FORMER.get(key) ?? key;
    return [Object.hasOwn(trainer, name) ? key : name, value];
  });
  return { ...values, trainer: Object.fromEntries(entries) };
}
