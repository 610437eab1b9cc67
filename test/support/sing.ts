/** The events that the processor sends a page of notes that are sung into it. */

import { NOTE_VALUES } from '../../src/play/heard-notes/note-tracker';
import { type NoteEvent, noteEvent } from '../../src/web/heard';
import { Host } from '../play/robustness/host';
import { instrumentFor } from './instruments';
import { randomModel, smallShape } from './models';
import type { ScoredNote } from './note-score';

const shape = { ...smallShape, window: 1440, harmonics: 4, bands: 5, irLength: null };

/** Plays audio into a processor and collects its events. @param swapAt sample at which the model changes */
export async function sing(audio: Float32Array, sampleRate: number, swapAt?: number): Promise<NoteEvent[]> {
  const model = randomModel(1, shape);
  const sung = {
    ...model,
    analysis: { ...model.analysis, pitchMin: 70, threshold: 0.2, dip: 'clear' as const },
  };
  const host = await Host.create(sampleRate, await instrumentFor(sung, sampleRate));
  const events: NoteEvent[] = [];
  for (let at = 0; at + host.quantum <= audio.length; at += host.quantum) {
    host.render([[audio.slice(at, at + host.quantum)]]);
    if (swapAt !== undefined && at <= swapAt && swapAt < at + host.quantum)
      host.swap(await instrumentFor({ ...sung, about: { name: 'another' } }, sampleRate));
    if ((at / host.quantum) % 100 !== 0) continue;
    const entries = new Float64Array(64 * NOTE_VALUES);
    host.send({ type: 'heard', event: 'note', entries }, [entries.buffer]);
    for (const reply of host.replies) {
      if (reply.type !== 'heard') continue;
      for (let i = 0; i < reply.count; i++)
        events.push(noteEvent(reply.entries.subarray(i * NOTE_VALUES, (i + 1) * NOTE_VALUES)));
    }
    host.replies.length = 0;
  }
  return events;
}

/** @param events on and off in turn */
export function scored(events: readonly NoteEvent[]): ScoredNote[] {
  return events.flatMap(({ type, time }, i) => {
    const off = events[i + 1];
    return type === 'on' && off ? [{ onset: time, pitch: off.note + off.cents / 100 }] : [];
  });
}
