/** Which instruments a context's audio thread has received, so that their tables are sent once. */

import type { Instrument } from '../play/instrument';
import type { InstrumentMessage } from './protocol';

const keys = new WeakMap<Instrument, string>();
const sent = new WeakMap<object, Set<string>>();
/** answers that messages with tables wait for */
const carriers = new WeakMap<object, Map<Instrument, Promise<unknown>>>();

/**
 * Sends instruments. While an earlier message carries tables of one to the same context, this one waits: messages of
 * different nodes may arrive in another order than they were sent.
 * @param send resolves when the audio thread has answered
 */
export async function sendInstruments<T>(
  context: object,
  instruments: readonly Instrument[],
  send: (...messages: InstrumentMessage[]) => Promise<T>,
): Promise<T> {
  const waiting = carriers.get(context) ?? new Map<Instrument, Promise<unknown>>();
  carriers.set(context, waiting);
  const carried = () => instruments.find((instrument) => waiting.has(instrument));
  for (let next = carried(); next; next = carried()) await waiting.get(next);
  const messages = instruments.map((instrument) => instrumentMessage(context, instrument));
  const answer = send(...messages);
  for (const [i, { tables }] of messages.entries()) {
    if (!tables) continue;
    const over = () => waiting.delete(instruments[i]);
    waiting.set(instruments[i], answer.then(over, over));
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
  const { model, hop, tables } = instrument;
  return { key, model, hop, tables: withTables ? tables.complete : null };
}
