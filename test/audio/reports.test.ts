/** Files that real recorders and tools write (test/fixtures/audio/reports), and others of their kinds. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeAudio } from '../../src/audio/decode';
import type { DecodedAudio } from '../../src/audio/decoded';
import { audioSeconds } from '../../src/audio/duration';
import { bytesInMemory } from '../../src/platform/bytes';
import { signalToError } from '../support/kernels';
import { encodeAiff, encodeWav, tone } from '../support/sounds';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(path.join(import.meta.dirname, '../fixtures/audio', name)));
const report = (name: string) => fixture(`reports/${name}`);

function joined(...parts: (Uint8Array | number)[]): Uint8Array {
  // a number stands for so many zeros
  return new Uint8Array(
    Buffer.concat(parts.map((bytes) => (typeof bytes === 'number' ? Buffer.alloc(bytes) : bytes))),
  );
}

const text = (content: string) => Uint8Array.from(content, (character) => character.charCodeAt(0));
const id3v2 = joined(text('ID3\x04\0\0\0\0\x02\x00'), 256);
const id3v1 = joined(text('TAGTake'), 120, text('\xff'));

/** 0.5 s of silence, 2 s of 220 Hz, 0.5 s of silence. */
function expectNote({ channels, sampleRate }: DecodedAudio, length = 132_300, tolerance = 0): void {
  expect(sampleRate).toBe(44_100);
  const [samples] = channels;
  expect(Math.abs(samples.length - length)).toBeLessThanOrEqual(tolerance);
  const peak = (from: number, to: number) =>
    samples.subarray(from * 44_100, to * 44_100).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(peak(0, 0.45)).toBeLessThan(0.01);
  expect(peak(0.6, 2.4)).toBeGreaterThan(0.27);
  expect(peak(0, 3)).toBeLessThan(0.33);
  expect(peak(2.6, 3)).toBeLessThan(0.01);
}

describe('files of real recorders and tools', () => {
  it.each([
    '02_7fff_data_oboe.wav',
    '110_sox_unknown_pipe.wav',
    '04_zero_data_LIST_after.wav',
    '09_id3_in_front.wav',
    '12b_bits24_block4.wav',
    '18_bw64.wav',
    '90_id3v1_end.flac',
    '98_skeleton.ogg',
    '118_ogg_zeros_end.ogg',
  ])('%s: every sample, nothing else', async (name) => {
    const bytes = report(name);
    expectNote(await decodeAudio(bytes, name));
    expect(await audioSeconds(bytesInMemory(bytes))).toBeCloseTo(3, 1);
  });

  it.each(['66_zeros_front.mp3', '74c_trailing_zeros.mp3'])('%s: the sound, within a frame', async (name) => {
    expectNote(await decodeAudio(report(name), name), 132_300, 1152);
  });

  it('an empty take holds no sound', async () => {
    await expect(decodeAudio(report('112_empty_take_LIST.wav'), 'take.wav')).rejects.toThrow(
      /holds no sound/,
    );
  });

  it('a chain whose links differ is refused, never noise', async () => {
    await expect(decodeAudio(report('97_chain_rates.ogg'), 'x.ogg')).rejects.toThrow(
      /change from 44100 Hz, 1 channels to 22050 Hz, 1 channels; split it/,
    );
    await expect(decodeAudio(report('119_chain_stereo.ogg'), 'x.ogg')).rejects.toThrow(
      /to 44100 Hz, 2 channels/,
    );
  });

  it('a chain of like links plays one after the other', async () => {
    const ogg = fixture('tone.ogg');
    const opus = fixture('tone.opus');
    for (const [bytes, rate] of [
      [ogg, 44_100],
      [opus, 48_000],
    ] as const) {
      const once = (await decodeAudio(bytes, 'once')).channels[0];
      const twice = (await decodeAudio(joined(bytes, bytes), 'twice')).channels[0];
      expect(twice.length).toBe(2 * rate);
      expect(twice.subarray(0, rate)).toEqual(once);
      expect(twice.subarray(rate)).toEqual(once);
    }
  });
});

describe('tags and zeros around the sound', () => {
  const kinds = ['tone.flac', 'tone-flac.oga', 'tone.mp3', 'tone.ogg', 'tone.opus'];

  it.each(kinds)('%s', async (name) => {
    const bytes = fixture(name);
    const expected = await decodeAudio(bytes, name);
    const ape = text('APETAGEX\xd0\x07\0\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0');
    for (const [front, end] of [
      [id3v2, 0],
      [joined(id3v2, id3v2), 0],
      [0, id3v1],
      [0, joined(300, id3v1)],
      [0, ape],
      [0, 20_000],
      [id3v2, joined(id3v1, 5000)],
    ] as const) {
      const { channels } = await decodeAudio(joined(front, bytes, end), name);
      expect(channels[0].length).toBe(expected.channels[0].length);
      expect(signalToError(channels[0], expected.channels[0])).toBeGreaterThan(100);
    }
  });

  it('an MP3 that begins in the midst of a frame, or behind zeros', async () => {
    const bytes = fixture('tone-no-count.mp3');
    const { channels } = await decodeAudio(bytes, 'whole.mp3');
    for (const part of [bytes.subarray(100), joined(70_000, bytes), joined(text('noise'), bytes)]) {
      const found = (await decodeAudio(part, 'part.mp3')).channels[0];
      expect(channels[0].length - found.length).toBeGreaterThanOrEqual(0);
      expect(channels[0].length - found.length).toBeLessThanOrEqual(2 * 1152);
    }
  });

  it('something between two Ogg pages is damage', async () => {
    const bytes = fixture('tone.ogg');
    await expect(decodeAudio(joined(bytes, 100, bytes), 'gap.ogg')).rejects.toThrow(/is damaged at byte/);
  });
});

describe('WAV', () => {
  const sine = tone(8000);
  const wav = (bits: number, block: number, write: (view: DataView, at: number, value: number) => void) => {
    const file = new Uint8Array(44 + sine.length * block);
    file.set(encodeWav([sine], 8000, 'int16').subarray(0, 44));
    const view = new DataView(file.buffer);
    view.setUint32(4, file.length - 8, true);
    view.setUint32(28, 8000 * block, true);
    view.setUint16(32, block, true);
    view.setUint16(34, bits, true);
    view.setUint32(40, sine.length * block, true);
    sine.forEach((value, n) => {
      write(view, 44 + n * block, value);
    });
    return file;
  };
  const scaled = (value: number, bits: number) => Math.round(value * (2 ** (bits - 1) - 1));

  it.each([
    [
      '24 bits in the upper bytes of 4',
      wav(24, 4, (v, at, x) => v.setInt32(at, scaled(x, 24) << 8, true)),
      120,
    ],
    ['24 bits in the lower bytes of 4', wav(24, 4, (v, at, x) => v.setInt32(at, scaled(x, 24), true)), 120],
    [
      '20 bits in 3 bytes',
      wav(20, 3, (v, at, x) => {
        v.setInt16(at + 1, (scaled(x, 20) << 4) >> 8, true);
        v.setUint8(at, (scaled(x, 20) << 4) & 255);
      }),
      100,
    ],
    [
      '12 bits in the upper bits of 2 bytes',
      wav(12, 2, (v, at, x) => v.setInt16(at, scaled(x, 12) << 4, true)),
      55,
    ],
    [
      '12 bits in the lower bits of 2 bytes',
      wav(12, 2, (v, at, x) => v.setInt16(at, scaled(x, 12), true)),
      55,
    ],
  ])('%s', async (_name, file, decibels) => {
    const { channels } = await decodeAudio(file, 'odd.wav');
    expect(signalToError(channels[0], sine)).toBeGreaterThan(decibels);
  });

  it.each([0, 0x7fffffff, 0x7ffff000, 0x80000000, 0xffffffff, 0xfffff000])(
    'a length left open as %i goes to the end, or to the chunks there',
    async (placeholder) => {
      const file = encodeWav([sine], 8000, 'int16');
      new DataView(file.buffer).setUint32(40, placeholder, true);
      expect((await decodeAudio(file, 'open.wav')).channels[0]).toHaveLength(8000);
      if (placeholder !== 0 && placeholder !== 0xffffffff) return;
      const tagged = joined(file, text('LIST\x04\0\0\0INFO'), text('bext\x02\0\0\0ab'));
      expect((await decodeAudio(tagged, 'open.wav')).channels[0]).toHaveLength(8000);
    },
  );

  it('looks for its sound no longer than it takes', async () => {
    let reads = 0;
    const zeros = joined(encodeWav([sine], 8000, 'int16').subarray(0, 36), 2 ** 22);
    const source = bytesInMemory(zeros);
    const counted = {
      size: source.size,
      read: (from: number, to: number) => {
        reads++;
        return source.read(from, to);
      },
    };
    await expect(audioSeconds(counted)).rejects.toThrow(/a chunk should start there/);
    const chunks = joined(
      encodeWav([sine], 8000, 'int16').subarray(0, 12),
      ...Array(5000).fill(text('JUNK\0\0\0\0')),
    );
    await expect(decodeAudio(chunks, 'chunks.wav')).rejects.toThrow(/a chunk should start there/);
    expect(reads).toBeLessThan(20);
  });

  it('a chunk of odd length may lack its last byte', async () => {
    const plain = encodeWav([sine], 8000, 'int16');
    const file = joined(plain.subarray(0, 12), text('note\x03\0\0\0abc'), plain.subarray(12));
    expect((await decodeAudio(file, 'odd.wav')).channels[0]).toHaveLength(8000);
  });
});

describe('AIFF', () => {
  it.each([
    ['int16', 78],
    ['int24', 120],
    ['float32', 200],
    ['sowt16', 78],
  ] as const)('%s', async (encoding, decibels) => {
    const channels = [tone(44_100), tone(44_100, 660)];
    const file = encodeAiff(channels, 44_100, encoding);
    const found = await decodeAudio(file, 'tone.aif');
    expect(found.sampleRate).toBe(44_100);
    expect(found.channels).toHaveLength(2);
    channels.forEach((wanted, i) => {
      expect(signalToError(found.channels[i], wanted)).toBeGreaterThan(decibels);
    });
    expect(await audioSeconds(bytesInMemory(file))).toBe(1);
    await expect(decodeAudio(file.subarray(0, -10), 'cut.aif')).rejects.toThrow(/truncated/);
  });

  it('says so when it is compressed', async () => {
    const file = encodeAiff([tone(8000)], 8000, 'float32');
    file.set(text('ima4'), 38);
    await expect(decodeAudio(file, 'ima.aifc')).rejects.toThrow(/its AIFF encoding is ima4/);
  });
});

describe('formats that are not read are named', () => {
  it.each([
    ['caff\0\x01\0\0', /Core Audio \(CAF\)/],
    ['riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb', /Wave64/],
    ['.snd\0\0\0\x18', /Sun audio/],
    ['wvpk\0\0\0\0', /WavPack/],
    ['\0\0\0\x18ftyp3gp4', /MP4/],
    ['#!AMR\n', /AMR/],
    ['MAC \x96\x0f', /Monkey/],
    ['version https://git-lfs.github.com/spec/v1\n', /Git LFS/],
    ['\0\0\0\0\0\0\0\0', /all zeros/],
  ])('%j', async (start, problem) => {
    await expect(decodeAudio(joined(text(start), 0), 'file')).rejects.toThrow(problem);
  });
});
