/** The instruments of a context: all nodes of one model share their tables. */

import { Instrument } from '../src/play/instrument';
import type { InstrumentMessage } from '../src/web/protocol';

interface Shared {
  readonly instrument: Instrument;
  /** nodes that play it */
  users: number;
}

const instruments = new Map<string, Shared>();

/** Takes an instrument for a node. @returns null where its tables are not here */
export function takeInstrument({ key, model, hop, tables }: InstrumentMessage): Instrument | null {
  let shared = instruments.get(key);
  if (!shared) {
    if (!tables) return null;
    shared = { instrument: new Instrument(model, sampleRate, tables, hop), users: 0 };
    instruments.set(key, shared);
  }
  shared.users++;
  return shared.instrument;
}

/** Gives back what `takeInstrument` gave. The last node that does so ends it. */
export function releaseInstrument(key: string): void {
  const shared = instruments.get(key);
  if (shared && --shared.users === 0) instruments.delete(key);
}

/** Takes the instruments of an engine. @returns null, and nothing is taken, where the tables of one are not here */
export function takeInstruments(messages: readonly InstrumentMessage[]): readonly Instrument[] | null {
  const taken: string[] = [];
  const instruments: Instrument[] = [];
  try {
    for (const message of messages) {
      const instrument = takeInstrument(message);
      if (!instrument) break;
      taken.push(message.key);
      instruments.push(instrument);
    }
  } finally {
    if (taken.length < messages.length) taken.forEach(releaseInstrument);
  }
  return instruments.length === messages.length ? instruments : null;
}
