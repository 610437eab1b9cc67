/** MIDI files: by hand, by other programs, and broken ones. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readMidi } from '../../../src/play/notes/read-midi';
import { renderNotes } from '../../../src/play/notes/render-notes';
import type { MidiMessage } from '../../../src/play/notes/score';
import { randomiser } from '../../support/kernels';
import { chunk, midiFile, tempo, ticks, uint32 } from '../../support/midi';
import { randomModel, smallShape } from '../../support/models';

const dry = randomModel(5, { ...smallShape, irLength: null });
const RATE = dry.sampleRate;
const note = [
  [0, [0x90, 69, 100]],
  [96, [0x80, 69, 0]],
] as const;

const plain = (messages: readonly MidiMessage[]) =>
  messages.map(({ time, bytes }) => [Number(time.toFixed(6)), ...Array.from(bytes)]);

/** What releases channels, counted from 1, at the end. */
function over(time: number, ...channels: number[]): number[][] {
  return channels.flatMap((channel) => [64, 123].map((controller) => [time, 0xaf + channel, controller, 0]));
}

function firstSound(samples: Float32Array): number {
  return samples.findIndex((sample) => Math.abs(sample) > 1e-9);
}

describe('readMidi', () => {
  it.each(['abc2midi', 'mido'])('reads a file by %s as others do', async (name) => {
    const file = readFileSync(`test/fixtures/midi/${name}.mid`);
    const expected: number[][] = JSON.parse(readFileSync(`test/fixtures/midi/${name}.json`, 'utf8'));
    const heard = expected.filter(([, status]) => status >> 4 !== 0xc && (status & 0xf) !== 9);
    const messages = plain(await readMidi(file));
    const releases = new Set(heard.map(([, status]) => status & 0xf)).size * 2;
    expect(messages).toHaveLength(heard.length + releases);
    for (const [i, [time, status, ...data]] of heard.entries()) {
      // a note on with the velocity 0 is a note off
      const isOff = status >> 4 === 9 && data[1] === 0;
      expect(messages[i].slice(1)).toEqual([isOff ? status - 0x10 : status, ...data]);
      expect(messages[i][0]).toBeCloseTo(time, 5);
    }
  });

  it('follows tempo changes of any track, and merges tracks', async () => {
    const file = midiFile([
      [
        [0, tempo(1_000_000)],
        [96, tempo(250_000)],
      ],
      note,
      [[144, [0x91, 60, 90, 48, 60, 0]]],
    ]);
    expect(plain(await readMidi(file))).toEqual([
      [0, 0x90, 69, 100],
      [1, 0x80, 69, 0],
      [1.125, 0x91, 60, 90],
      [1.25, 0x81, 60, 0],
      ...over(1.25, 1, 2),
    ]);
  });

  it.each([
    [25, 40, 1000],
    [24, 8, 192],
    [30, 80, 2400],
    [29, 100, 100 * (30_000 / 1001)],
  ])('counts time code: %i frames of %i ticks', async (frames, perFrame, perSecond) => {
    const file = midiFile(
      [
        [
          [500, [0x90, 60, 1, ...ticks(1500), 60, 0]],
          [0, tempo(1)],
        ],
      ],
      {
        format: 0,
        division: [256 - frames, perFrame],
      },
    );
    const [on, off] = await readMidi(file);
    expect(on.time).toBeCloseTo(500 / perSecond, 9);
    expect(off.time).toBeCloseTo(2000 / perSecond, 9);
  });

  it('keeps bends, pressures and controllers, and skips what plays nothing', async () => {
    const file = midiFile([
      [
        [0, [0xff, 3, 4, 108, 101, 97, 100]],
        [0, [0xc0, 40]],
        [0, [0xe0, 5, 96]],
        [0, [0xf0, 3, 1, 2, 0xf7]],
        [0, [0xd0, 33]],
        [0, [0xa0, 60, 44]],
        [0, [0xb0, 1, 127]],
      ],
    ]);
    expect(plain(await readMidi(file))).toEqual([
      [0, 0xe0, 5, 96],
      [0, 0xd0, 33],
      [0, 0xa0, 60, 44],
      [0, 0xb0, 1, 127],
      ...over(0, 1),
    ]);
  });

  it('plays the chosen channels; without a choice all but the drums, which MPE has not', async () => {
    const tracks = [
      [
        [0, [0x90, 60, 1]],
        [0, [0x99, 36, 1]],
        [0, [0x9f, 62, 1]],
      ],
    ] as const;
    const channels = async (file: Uint8Array, options = {}) => [
      ...new Set((await readMidi(file, options)).map(({ bytes }) => (bytes[0] & 15) + 1)),
    ];
    expect(await channels(midiFile(tracks))).toEqual([1, 16]);
    expect(await channels(midiFile(tracks), { channels: [10, 16] })).toEqual([10, 16]);
    const zone = [[0, [0xb0, 101, 0, 0, 100, 6, 0, 6, 15]]] as const;
    expect(await channels(midiFile([zone, ...tracks]))).toEqual([1, 10, 16]);
  });

  it('releases notes that the file leaves on, where its tracks end', async () => {
    const file = midiFile([[[0, [0x90, 60, 100]]], [[192, [0xff, 1, 0]]]]);
    expect(plain(await readMidi(file))).toEqual([[0, 0x90, 60, 100], ...over(1, 1)]);
  });

  it('passes over chunks of other kinds, and bytes behind the last', async () => {
    const file = midiFile([note]);
    const odd = Uint8Array.from([
      ...file.slice(0, 14),
      ...chunk('XFIH', [1, 2, 3]),
      ...file.slice(14),
      0,
      0,
      0,
    ]);
    expect(await readMidi(odd)).toEqual(await readMidi(file));
    expect(await readMidi(odd.buffer)).toEqual(await readMidi(file));
  });

  const head = (tracks: number) => chunk('MThd', [0, 1, 0, tracks, 0, 96]);
  it.each<[string, readonly number[] | Uint8Array, string, RegExp]>([
    ['nothing', [], 'not-midi', /does not begin with MThd/],
    ['text', [...'a text, but long enough'].map((c) => c.charCodeAt(0)), 'not-midi', /MThd/],
    ['format 2', midiFile([note, note], { format: 2 }), 'midi-format', /format 2, expected 0 or 1/],
    ['no track', head(0), 'midi-damaged', /no track/],
    ['a track that is cut off', midiFile([note]).slice(0, -6), 'midi-damaged', /track 1 is cut off: \d+ of/],
    [
      'a track of negative size',
      [...head(2), ...'MTrk']
        .map((c) => (typeof c === 'string' ? c.charCodeAt(0) : c))
        .concat(uint32(-30), 1, 2),
      'midi-damaged',
      /cut off/,
    ],
    [
      'a message that is cut off',
      [...head(1), ...chunk('MTrk', [0, 0x90, 60])],
      'midi-damaged',
      /noteOn.*missing/,
    ],
    ['a data byte beyond 127', [...head(1), ...chunk('MTrk', [0, 0x90, 200, 60])], 'midi-damaged', /range/],
    [
      'running status without a status',
      [...head(1), ...chunk('MTrk', [0, 60, 60])],
      'midi-damaged',
      /event type/,
    ],
    ['a time without end', [...head(1), ...chunk('MTrk', Array(20).fill(0xff))], 'midi-damaged', /damaged/],
    ['no time to a tick', midiFile([note], { division: [0, 0] }), 'midi-damaged', /division/],
    ['an unknown time code', midiFile([note], { division: [256 - 13, 4] }), 'midi-damaged', /division/],
    ['a tempo of 0', midiFile([[[0, tempo(0)]]]), 'midi-damaged', /tempo/],
    [
      'more than a day',
      midiFile([
        [
          [0, tempo(0xffffff)],
          [2 ** 27, [0x90, 60, 1]],
        ],
      ]),
      'midi-too-large',
      /24 hours/,
    ],
    ['too many bytes', new Uint8Array(2 ** 21 + 1), 'midi-too-large', /2097153 bytes/],
  ])('refuses %s', async (_, bytes, code, message) => {
    await expect(readMidi(Uint8Array.from(bytes))).rejects.toMatchObject({
      name: 'MidiFileError',
      code,
      message: expect.stringMatching(message),
    });
  });

  it('never fails in another way, whatever the bytes', async () => {
    const random = randomiser(4);
    const file = readFileSync('test/fixtures/midi/mido.mid');
    for (let i = 0; i < 2000; i++) {
      const broken = Uint8Array.from(file);
      for (let k = 0; k < 1 + 6 * random(); k++) {
        broken[Math.floor(random() * broken.length)] = Math.floor(random() * 256);
      }
      const cut = broken.subarray(0, random() < 0.3 ? Math.floor(random() * broken.length) : broken.length);
      try {
        let last = 0;
        for (const { time, bytes } of await readMidi(cut)) {
          expect(time).toBeGreaterThanOrEqual(last);
          expect(Array.from(bytes).every((byte) => byte >= 0 && byte <= 255)).toBe(true);
          last = time;
        }
      } catch (error) {
        expect(error).toMatchObject({ name: 'MidiFileError' });
      }
    }
  });

  it.each([
    [{ channels: [0] }, 'channels[0]'],
    [{ channels: 3 }, 'channels'],
    [{ track: 1 }, 'track'],
  ])('refuses %j by name', async (options, option) => {
    await expect(readMidi(midiFile([note]), options as never)).rejects.toMatchObject({
      code: 'option',
      option,
    });
  });
});

describe('renderNotes with a file', () => {
  it('plays each note at its time, and ends silent', async () => {
    const file = midiFile([
      [
        [48, [0x90, 69, 100]],
        [96, [0x80, 69, 0]],
      ],
    ]);
    const out = await renderNotes(dry, file);
    const list = await renderNotes(dry, [{ note: 69, velocity: 100, time: 0.25, duration: 0.5 }]);
    expect(firstSound(out) - Math.round(0.25 * RATE)).toBeLessThanOrEqual(2);
    expect(out).toEqual(list);
    expect(Math.max(...out.subarray(-480).map(Math.abs))).toBeLessThan(1e-6);
  });

  it('takes bends and their range from the file', async () => {
    const messages = await readMidi(readFileSync('test/fixtures/midi/mido.mid'));
    expect(await renderNotes(dry, readFileSync('test/fixtures/midi/mido.mid'))).toEqual(
      await renderNotes(dry, messages),
    );
  });

  it('plays more events in a second than a live player lets wait', async () => {
    const wheel = Array.from({ length: 6000 }, (_, i) => [0, [0xe0, 0, i % 128]] as const);
    const out = await renderNotes(dry, midiFile([[...wheel, ...note]]));
    expect(firstSound(out)).toBeLessThanOrEqual(2);
  });

  it('refuses what would last for hours, before it renders anything', async () => {
    const hours = midiFile([
      [
        [0, tempo(10_000_000)],
        [96 * 400, [0x90, 60, 1]],
      ],
    ]);
    await expect(renderNotes(dry, hours)).rejects.toMatchObject({
      code: 'option',
      option: 'notes',
      message: expect.stringMatching(/after 400\d s; at 48000 Hz at most 3600 s/),
    });
  });

  it('refuses channels beside a list, and what is neither', async () => {
    for (const [notes, options, option] of [
      [[], { channels: [1] }, 'channels'],
      ['song.mid', {}, 'notes'],
    ] as const) {
      await expect(renderNotes(dry, notes as never, options)).rejects.toMatchObject({
        code: 'option',
        option,
      });
    }
  });
});
