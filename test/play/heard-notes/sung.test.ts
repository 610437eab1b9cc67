/** What the processor tells a page of the notes that are sung into it. */

import { expect, it } from 'vitest';
import { scoreNotes } from '../../support/note-score';
import { scored, sing } from '../../support/sing';
import { sungNotes } from '../../support/sung-notes';

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
