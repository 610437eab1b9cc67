/** Which instruments a context's audio thread has received, so that their tables are sent once. */

import type { Instrument } from '../play/instrument';
import type { InstrumentMessage } from './protocol';

const keys = new WeakMap<Instrument, string>();
const sent = new WeakMap<object, Set<string>>();

/**
 * @param context whose audio thread is to play it
 * @param complete true: with the tables in any case
 */
export function instrumentMessage(
  context: object,
  instrument: Instrument,
  complete = false,
): InstrumentMessage {
  const key = keys.get(instrument) ?? crypto.randomUUID();
  keys.set(instrument, key);
  const known = sent.get(context) ?? new Set();
  sent.set(context, known);
  const withTables = complete || !known.has(key);
  known.add(key);
  return { key, model: instrument.model, tables: withTables ? instrument.tables.complete : null };
}
