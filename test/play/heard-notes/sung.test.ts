/** What the processor tells a page of the notes that are sung into it. */

import { expect, it } from 'vitest';
import { NOTE_VALUES } from '../../../src/play/heard-notes/note-tracker';
import { instrumentFor } from '../../../src/play/prepare';
import { type NoteEvent, noteEvent } from '../../../src/web/heard';
import { randomModel, smallShape } from '../../support/models';
import { type ScoredNote, scoreNotes } from '../../support/note-score';
import { sungNotes } from '../../support/sung-notes';
import { Host } from '../robustness/host';

const shape = { ...smallShape, window: 1440, harmonics: 4, bands: 5, irLength: null };

/** Plays audio into a processor and collects its events. @param swapAt sample at which the model changes */
async function sing(audio: Float32Array, sampleRate: number, swapAt?: number): Promise<NoteEvent[]> {
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
function scored(events: readonly NoteEvent[]): ScoredNote[] {
  return events.flatMap(({ type, time }, i) => {
    const off = events[i + 1];
    return type === 'on' && off ? [{ onset: time, pitch: off.note + off.cents / 100 }] : [];
  });
}

const { audio, sampleRate, annotations } = await sungNotes();

it('tells the notes of a song about as its annotators do', async () => {
  const events = await sing(audio, sampleRate);
  expect(events.map(({ type }) => type)).toEqual(events.map((_, i) => (i % 2 === 0 ? 'on' : 'off')));
  events.forEach(({ type, note, velocity, time }, i) => {
    if (type === 'off') {
      expect(note).toBe(events[i - 1].note);
      expect(time).toBeGreaterThan(events[i - 1].time);
      expect(velocity).toBeGreaterThanOrEqual(events[i - 1].velocity);
    }
    expect(Number.isInteger(note)).toBe(true);
    expect(velocity).toBeGreaterThanOrEqual(1);
    expect(velocity).toBeLessThanOrEqual(127);
  });
  const [first, second] = annotations;
  const notes = scored(events);
  // the annotators agree with each other by 0.85
  expect(scoreNotes(first, notes).f).toBeGreaterThan(0.74);
  expect(scoreNotes(second, notes).f).toBeGreaterThan(0.78);
});

it('holds a note while the model changes', async () => {
  const note = Float32Array.from({ length: 2 * sampleRate }, (_, n) => {
    let sum = 0;
    for (let k = 1; k <= 6; k++) sum += Math.sin((2 * Math.PI * 220 * k * n) / sampleRate) / k;
    return 0.2 * sum;
  });
  const silence = new Float32Array(sampleRate / 2);
  const sound = Float32Array.from([...silence, ...note, ...silence]);
  const events = await sing(sound, sampleRate, 1.2 * sampleRate);
  expect(events).toHaveLength(2);
  const [on, off] = events;
  expect(on).toMatchObject({ type: 'on', note: 57 });
  expect(off).toMatchObject({ type: 'off', note: 57 });
  expect(Math.abs(on.time - 0.5)).toBeLessThan(0.02);
  expect(Math.abs(off.time - 2.5)).toBeLessThan(0.04);
  expect(Math.abs(off.cents)).toBeLessThanOrEqual(5);
});
