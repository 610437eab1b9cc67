/** Which instruments a context's audio thread has received, so that their tables are sent once. */

import type { Instrument } from '../play/instrument';
import type { InstrumentMessage } from './protocol';

const keys = new WeakMap<Instrument, string>();
const sent = new WeakMap<object, Set<string>>();
/** answers that messages with tables wait for */
const carriers = new WeakMap<object, Map<Instrument, Promise<unknown>>>();

/**
 * Sends an instrument. While an earlier message carries its tables to the same context, this one waits: messages of
 * different nodes may arrive in another order than they were sent.
 * @param send resolves when the audio thread has answered
 */
export async function sendInstrument<T>(
  context: object,
  instrument: Instrument,
  send: (message: InstrumentMessage) => Promise<T>,
): Promise<T> {
  const waiting = carriers.get(context) ?? new Map<Instrument, Promise<unknown>>();
  carriers.set(context, waiting);
  while (waiting.has(instrument)) await waiting.get(instrument);
  const message = instrumentMessage(context, instrument);
  const answer = send(message);
  if (message.tables) {
    const carried = answer.then(
      () => waiting.delete(instrument),
      () => waiting.delete(instrument),
    );
    waiting.set(instrument, carried);
  }
  return answer;
}

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
