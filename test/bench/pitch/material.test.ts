import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyFrequency, midiFile } from './make/midi';
import { instruments, phrase } from './make/phrases';
import { frameTruth, type Material } from './material';
import { whiteNoise } from './noise';
import { annotation, recorded } from './recorded';
import { reverberate } from './room';
import { score } from './score';
import { noisyTones, synthetic } from './synthetic';
import { ours } from './trackers';

const shape = {
  sampleRate: 48000,
  frameRate: 100,
  analysis: { window: 2048, pitchMin: 50, pitchMax: 2000, threshold: 0.15 },
};

/** Turns of a sine between two samples, from its upward zero crossings. */
function turns(audio: Float32Array, from: number, to: number): { turns: number; samples: number } {
  const zeros: number[] = [];
  for (let n = from + 1; n < to; n++) {
    if (audio[n - 1] < 0 && audio[n] >= 0) zeros.push(n - audio[n] / (audio[n] - audio[n - 1]));
  }
  return { turns: zeros.length - 1, samples: zeros[zeros.length - 1] - zeros[0] };
}

describe('synthetic sounds', () => {
  let sounds: Material[];
  beforeAll(() => {
    sounds = synthetic();
  });

  it('have the pitch that is said, of which cycles are counted', () => {
    for (const { audio, sampleRate, truth } of sounds.filter(({ name }) => name.startsWith('sine '))) {
      const cycles = turns(audio, 0, audio.length);
      const hz = (cycles.turns * sampleRate) / cycles.samples;
      expect(Math.abs(1200 * Math.log2(hz / truth(0.1)))).toBeLessThan(0.05);
    }
  });

  it('glide when it is said', () => {
    const glide = sounds.find(({ name }) => name.startsWith('triangle 880')) as Material;
    // over a tenth of a second the mean pitch is that of its middle, nearly: the glide is exponential
    for (const middle of [0.15, 0.3, 0.5]) {
      const [from, to] = [middle - 0.02, middle + 0.02].map((t) => Math.round(t * glide.sampleRate));
      const cycles = turns(glide.audio, from, to);
      const hz = (cycles.turns * glide.sampleRate) / cycles.samples;
      expect(Math.abs(1200 * Math.log2(hz / glide.truth(middle)))).toBeLessThan(15);
    }
  });

  it('are finite, no louder than full scale, and the same each time', () => {
    for (const { audio, name } of sounds) {
      let [peak, finite] = [0, true];
      for (const v of audio) {
        peak = Math.max(peak, Math.abs(v));
        finite &&= Number.isFinite(v);
      }
      expect(peak, name).toBeLessThan(2);
      expect(finite, name).toBe(true);
    }
    const noisy = sounds.filter(({ group }) => group === 'noise').slice(0, 2);
    noisyTones()
      .slice(0, 2)
      .forEach(({ audio }, i) => {
        expect(Buffer.from(audio.buffer).equals(Buffer.from(noisy[i].audio.buffer))).toBe(true);
      });
  });

  it('cover 60 to 1500 Hz on steady tones, and every group', () => {
    const steady = sounds.filter(({ group }) => group === 'steady').map(({ truth }) => truth(0.1));
    expect(Math.min(...steady)).toBeCloseTo(60, 6);
    expect(Math.max(...steady)).toBeCloseTo(1500, 6);
    expect(new Set(sounds.map(({ group }) => group)).size).toBe(7);
  });
});

describe('the room', () => {
  it('falls by 60 dB in the time given', () => {
    const impulse = new Float32Array(48000);
    impulse[0] = 1;
    const response = reverberate(impulse, 48000, 0.4);
    const energy = (t: number) => {
      const piece = response.subarray(t * 48000, (t + 0.1) * 48000);
      return 10 * Math.log10(piece.reduce((sum, v) => sum + v * v, 0));
    };
    expect(energy(0.2) - energy(0.4)).toBeGreaterThan(27);
    expect(energy(0.2) - energy(0.4)).toBeLessThan(33);
  });

  it('is driven by noise without offset', () => {
    const noise = whiteNoise(100_000, 3);
    expect(Math.abs(noise.reduce((sum, v) => sum + v, 0) / noise.length)).toBeLessThan(0.01);
  });
});

describe('recorded sounds', () => {
  let sounds: Material[];
  beforeAll(async () => {
    sounds = await recorded();
  });

  it('are one song and a phrase of every instrument, at 48 kHz', () => {
    expect(sounds.map(({ name }) => name).sort()).toEqual(
      [...instruments.map(({ name }) => name), 'vocadito_1'].sort(),
    );
    for (const { sampleRate } of sounds) expect(sampleRate).toBe(48000);
  });

  it('have the pitch of their notes to within the soundfont tuning and vibrato', async () => {
    for (const instrument of instruments) {
      const { truth } = sounds.find(({ name }) => name === instrument.name) as Material;
      for (const { start, end, key } of phrase(instrument)) {
        const hz = truth((start + 2 * end) / 3);
        if (!Number.isNaN(hz)) expect(Math.abs(1200 * Math.log2(hz / keyFrequency(key)))).toBeLessThan(60);
      }
    }
  });

  it('have note lists of the phrases that were rendered', async () => {
    const file = path.resolve(import.meta.dirname, '../../fixtures/pitch/violin.notes.csv');
    const rows = (await readFile(file, 'utf8')).trim().split('\n').slice(1);
    const notes = rows.map((row) => row.split(',').map(Number));
    const expected = phrase(instruments[0]).map(({ start, end, key, velocity }) => [
      start,
      end,
      key,
      velocity,
    ]);
    notes.forEach((note, i) => {
      note.forEach((value, k) => {
        expect(value).toBeCloseTo(expected[i][k], 3);
      });
    });
  });

  it('lie in time where the truth says: shifted by a frame either way it fits less well', async () => {
    const hop = shape.sampleRate / shape.frameRate;
    for (const name of ['vocadito_1', 'trumpet', 'flute']) {
      const sound = sounds.find((candidate) => candidate.name === name) as Material;
      const estimate = await ours.track(sound.audio, shape);
      const [early, now, late] = [-0.01, 0, 0.01].map((seconds) => {
        const truth = frameTruth({ ...sound, truth: (t) => sound.truth(t + seconds) }, hop);
        return score(truth, estimate).median;
      });
      expect(now, name).toBeLessThan(Math.min(early, late));
    }
  });
});

describe('annotations', () => {
  it('are interpolated between pitches only', () => {
    const truth = annotation(Float64Array.of(0, 0.1, 0.2, 0.3), Float64Array.of(0, 100, 200, Number.NaN));
    expect([truth(0.04), truth(0.06), truth(0.24)]).toEqual([0, 100, 200]);
    expect(truth(0.15)).toBeCloseTo(150, 9);
    expect(truth(0.26)).toBeNaN();
    expect(truth(9)).toBe(0);
  });
});

describe('MIDI files', () => {
  it('hold what a sequencer reads', () => {
    const file = midiFile(40, [{ start: 0.5, end: 1, key: 69, velocity: 100 }]);
    expect([...file].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')).toBe(
      '4d 54 68 64 00 00 00 06 00 00 00 01 01 e0 ' +
        '4d 54 72 6b 00 00 00 11 00 c0 28 83 60 90 45 64 83 60 80 45 00 00 ff 2f 00',
    );
  });
});
