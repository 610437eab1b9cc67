import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeAudio, decodePieces } from '../../src/audio/decode';
import { audioSeconds } from '../../src/audio/duration';
import { AudioFileError } from '../../src/audio/errors';
import { flacBlocks } from '../../src/audio/flac';
import { oggLinks, oggPages } from '../../src/audio/ogg';
import { downmix } from '../../src/audio/resample';
import { writeWav } from '../../src/audio/wav';
import { bytesInMemory, bytesOfBlob } from '../../src/platform/bytes';
import { randomiser, signalToError } from '../support/kernels';
import { type Encoding, encodeWav, tone } from '../support/sounds';

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(path.join(import.meta.dirname, '../fixtures/audio', name)));
}

async function refusal(bytes: Uint8Array, name: string): Promise<AudioFileError> {
  const error = await decodeAudio(bytes, name).then(
    () => new Error('was accepted'),
    (reason: Error) => reason,
  );
  if (!(error instanceof AudioFileError)) throw error;
  expect(error.message).toBe(`${name}: ${error.problem}; ${error.remedy}`);
  return error;
}

describe('decoding WAV', () => {
  const left = tone(44_100);
  const right = tone(44_100, 660);
  const quality: Record<Encoding, number> = {
    int8: 30,
    int16: 78,
    int24: 120,
    int32: 130,
    float32: 200,
    float64: 200,
  };

  it('reads every encoding, plain and extensible', async () => {
    for (const [encoding, decibels] of Object.entries(quality) as [Encoding, number][]) {
      for (const extensible of [false, true]) {
        const file = encodeWav([left, right], 44_100, encoding, extensible);
        const { channels, sampleRate } = await decodeAudio(file, 'stereo.wav');
        expect(sampleRate).toBe(44_100);
        expect(channels.length).toBe(2);
        expect(signalToError(channels[0], left)).toBeGreaterThan(decibels);
        expect(signalToError(channels[1], right)).toBeGreaterThan(decibels);
      }
    }
  });

  it('reads what writeWav writes', async () => {
    const samples = Float32Array.of(0, 0.5, -0.5, 1, -1, 2, -2);
    const float = await decodeAudio(writeWav(samples, 48_000, { float: true }), 'float.wav');
    expect(float).toEqual({ channels: [samples], sampleRate: 48_000 });
    const { channels } = await decodeAudio(writeWav(samples, 48_000), 'int16.wav');
    const expected = [0, 0.5, -0.5, 1, -1, 1, -1];
    channels[0].forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 4);
    });
  });

  it('takes chunks it does not know, odd ones too, and a length left open by a recorder', async () => {
    const plain = encodeWav([left], 44_100, 'int16');
    const note = new TextEncoder().encode('note\x03\0\0\0abc\0');
    const file = new Uint8Array(plain.length + note.length);
    file.set(plain.subarray(0, 12));
    file.set(note, 12);
    file.set(plain.subarray(12), 12 + note.length);
    expect((await decodeAudio(file, 'noted.wav')).channels[0]).toHaveLength(44_100);
    const open = plain.slice();
    new DataView(open.buffer).setUint32(40, 0xffffffff, true);
    expect((await decodeAudio(open, 'open.wav')).channels[0]).toHaveLength(44_100);
  });
});

describe('decoding compressed files', () => {
  const cases: [name: string, sampleRate: number, decibels: number][] = [
    ['tone.flac', 44_100, 75],
    ['tone-flac.oga', 44_100, 75],
    ['tone.mp3', 44_100, 25],
    ['tone.ogg', 44_100, 35],
    ['tone.opus', 48_000, 35],
  ];

  it.each(cases)('%s has every sample, where it was', async (name, rate, decibels) => {
    const { channels, sampleRate } = await decodeAudio(fixture(name), name);
    expect(sampleRate).toBe(rate);
    const pooled = Buffer.concat([Buffer.of(0), fixture(name)]).subarray(1);
    expect(await decodeAudio(pooled, name)).toEqual({ channels, sampleRate });
    expect(signalToError(downmix(channels), tone(rate))).toBeGreaterThan(decibels);
  });

  it('an MP3 that does not say how long it is keeps its padding', async () => {
    const { channels } = await decodeAudio(fixture('tone-no-count.mp3'), 'tone-no-count.mp3');
    expect(channels[0].length).toBeGreaterThanOrEqual(44_100);
  });

  it('goes by content, not by name', async () => {
    expect((await decodeAudio(fixture('tone.flac'), 'tone.wav')).channels[0]).toHaveLength(44_100);
  });
});

describe('decoding in pieces', () => {
  const names = ['tone.flac', 'tone-flac.oga', 'tone.mp3', 'tone-no-count.mp3', 'tone.ogg', 'tone.opus'];

  it.each(names)('%s is the same from a Blob', async (name) => {
    const bytes = fixture(name);
    const source = bytesOfBlob(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    const pieces: Float32Array[] = [];
    for await (const { channels } of decodePieces(source, name)) pieces.push(channels[0]);
    expect(pieces.length).toBeGreaterThan(0);
    const { channels } = await decodeAudio(bytes, name);
    expect(Float32Array.from(pieces.flatMap((piece) => [...piece]))).toEqual(channels[0]);
  });

  it('FLAC loses no frame wherever it is cut', async () => {
    const bytes = fixture('tone.flac');
    const { channels } = await decodeAudio(bytes, 'tone.flac');
    const { decoder } = await import('@audio/decode-flac');
    for (let step = 40; step < 20_000; step = Math.ceil(step * 1.7)) {
      const flac = await decoder();
      const pieces: Float32Array[] = [];
      for await (const block of flacBlocks(bytesInMemory(bytes), step)) {
        pieces.push(flac.decode(block).channelData[0] ?? new Float32Array());
      }
      pieces.push(flac.flush().channelData[0] ?? new Float32Array());
      flac.free();
      expect(Float32Array.from(pieces.flatMap((piece) => [...piece]))).toEqual(channels[0]);
    }
  });

  it('Ogg pages come whole, however few are asked for', async () => {
    const bytes = fixture('tone.ogg');
    const [link] = await oggLinks(bytesInMemory(bytes), 'tone.ogg');
    for (const step of [1, 100, 5000, 1e6]) {
      const parts: Uint8Array[] = [];
      for await (const pages of oggPages(link, step)) {
        expect(String.fromCharCode(...pages.subarray(0, 4))).toBe('OggS');
        parts.push(pages);
      }
      expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    }
  });

  it('tells before how long it takes', async () => {
    for (const name of names) {
      const { channels, sampleRate } = await decodeAudio(fixture(name), name);
      const seconds = await audioSeconds(bytesInMemory(fixture(name)));
      expect(seconds).toBeCloseTo(channels[0].length / sampleRate, name.includes('no-count') ? 0 : 1);
    }
    const wav = encodeWav([tone(8000), tone(8000)], 8000, 'int24');
    expect(await audioSeconds(bytesInMemory(wav))).toBe(1);
    expect(await audioSeconds(bytesInMemory(new TextEncoder().encode('a letter')))).toBe(0);
    for (const name of names) {
      for (const length of [1, 5, 30, 60, 100])
        await audioSeconds(bytesInMemory(fixture(name).subarray(0, length)));
    }
  });
});

describe('an AudioFileError tells what is wrong and what to do', () => {
  const text = (content: string) => new TextEncoder().encode(content);
  const wav = encodeWav([tone(8000)], 8000, 'float32');

  it.each([
    ['empty.wav', new Uint8Array(0), /is empty/, /copy it again/],
    ['letter.wav', text('Dear Sir,\nplease find enclosed'), /is text/, /use WAV, AIFF, FLAC/],
    ['page.mp3', text('<html></html>'), /web page/, /use WAV/],
    ['song.m4a', text('\0\0\0 ftypM4A '), /MP4 or M4A/, /ffmpeg/],
    ['noise.mp3', Uint8Array.from({ length: 999 }, (_, i) => (i * 77) % 251), /no audio format/, /use WAV/],
    ['riff.wav', text('RIFF\x04\0\0\0WAVE'), /truncated/, /copy it again/],
    ['silent.wav', writeWav(new Float32Array(0), 8000), /holds no sound/, /copy it again/],
    ['zeros.mp3', text(`ID3\x04\0\0\0\0\0\0${'\0'.repeat(5000)}`), /no sound/, /copy it again/],
    ['fast.wav', encodeWav([tone(8000)], 384_000, 'int16'), /384000 Hz/, /between 4000 and 192000/],
  ])('%s', async (name, bytes, problem, remedy) => {
    const error = await refusal(bytes, name);
    expect(error.file).toBe(name);
    expect(error.problem).toMatch(problem);
    expect(error.remedy).toMatch(remedy);
  });

  it('numbers that are no sound', async () => {
    for (const [value, remedy] of [
      [Number.NaN, /without NaN/],
      [Number.NEGATIVE_INFINITY, /without NaN/],
      [32_767, /scale it to -1..1/],
    ] as const) {
      const bad = tone(8000);
      bad[17] = value;
      const error = await refusal(encodeWav([tone(8000), bad], 8000, 'float32'), 'bad.wav');
      expect(error.problem).toContain(`sample 17 of channel 2 is ${value}`);
      expect(error.remedy).toMatch(remedy);
    }
  });

  it('encodings of WAV that are not read, and formats that make no sense', async () => {
    const changed = (at: number, value: number) => {
      const file = wav.slice();
      new DataView(file.buffer).setUint16(at, value, true);
      return file;
    };
    expect((await refusal(changed(20, 0x11), 'adpcm.wav')).problem).toMatch(/encoding is 17 with 32 bits/);
    expect((await refusal(changed(34, 12), 'odd.wav')).problem).toMatch(/encoding is 3 with 12 bits/);
    expect((await refusal(changed(22, 0), 'none.wav')).problem).toMatch(/no sound/);
    expect((await refusal(changed(22, 65_535), 'many.wav')).problem).toMatch(/no sound/);
  });

  it('files that are cut short', async () => {
    for (const name of ['tone.flac', 'tone-flac.oga', 'tone.mp3', 'tone.ogg', 'tone.opus']) {
      const bytes = fixture(name);
      for (const part of [0.002, 0.1, 0.5, 0.8]) {
        await refusal(bytes.subarray(0, Math.ceil(bytes.length * part)), name);
      }
    }
    for (const length of [13, 30, 43, 44, 1000, wav.length - 1])
      await refusal(wav.subarray(0, length), 'cut.wav');
  });

  it('frames that were damaged in between', async () => {
    const flac = fixture('tone.flac');
    flac.fill(0, 10_000, 10_100);
    expect((await refusal(flac, 'hole.flac')).problem).toMatch(/only \d+ of its 44100 samples/);
    for (const name of ['tone.ogg', 'tone.opus']) {
      const ogg = fixture(name);
      ogg[ogg.length >> 1] ^= 1;
      expect((await refusal(ogg, name)).problem).toMatch(/checksum of its Ogg page at byte \d+ is wrong/);
    }
  });

  it('damage anywhere gives sound or such an error, nothing else', async () => {
    const random = randomiser(99);
    const short = wav.subarray(0, 44 + 400);
    new DataView(short.buffer).setUint32(40, 400, true);
    for (const [name, bytes, rounds] of [
      ['tone.wav', short, 1000],
      ['tone.flac', fixture('tone.flac'), 30],
      ['tone.mp3', fixture('tone.mp3'), 30],
      ['tone.ogg', fixture('tone.ogg'), 30],
      ['tone.opus', fixture('tone.opus'), 30],
    ] as const) {
      for (let round = 0; round < rounds; round++) {
        const damaged = bytes.slice();
        for (let flips = 1 + random() * 8; flips > 0; flips--) {
          const reach = random() < 0.5 ? 64 : damaged.length;
          damaged[Math.floor(random() * reach)] = random() * 256;
        }
        await decodeAudio(damaged, name).catch((error) => expect(error).toBeInstanceOf(AudioFileError));
      }
    }
  });
});
