import { describe, expect, it } from 'vitest';
import { analyseSignal, type Track } from '../../../src/analysis/track';
import { FEATURES_VERSION, type FeatureSettings } from '../../../src/train/data/database';
import { type Analyse, analysePieces, type PieceOptions } from '../../../src/train/data/features';
import { PLANES } from '../../../src/train/data/slice-reader';
import { randomiser } from '../../support/kernels';
import { phrase } from '../../support/models';

const settings: FeatureSettings = {
  sampleRate: 16_000,
  frameRate: 100,
  analysis: { window: 1024, pitchMin: 60, pitchMax: 2000, threshold: 0.1 },
};
const HOP = 160;
const asSignal: Analyse = (audio, options) => analyseSignal(audio, settings, options);

async function* inBlocks(audio: Float32Array, size: number) {
  for (let at = 0; at < audio.length; at += size) yield audio.subarray(at, at + size);
}

/** The pieces' frames, one after the other. */
async function analyse(audio: Float32Array, block: number, options: PieceOptions): Promise<Track> {
  const pieces: Track[] = [];
  const blocks = inBlocks(audio, block);
  for await (const piece of analysePieces(blocks, asSignal, settings, options)) pieces.push(piece);
  return Object.fromEntries(
    PLANES.map((plane) => [plane, Float32Array.from(pieces.flatMap((piece) => [...piece[plane]]))]),
  ) as unknown as Track;
}

function whole(audio: Float32Array): Promise<Track> {
  const padded = new Float32Array(audio.length + settings.analysis.window / 2);
  padded.set(audio);
  return analyseSignal(padded, settings);
}

describe('analysis in pieces', () => {
  const audio = phrase(4, 16_000, 5).subarray(0, 63_777);
  // rests, so that pitch has to be held from one piece to the next
  audio.fill(0, 20_000, 40_000);

  it.each([
    [50, 10, 777],
    [97, 7, 5000],
    [400, 4, 16_384],
    [1, 4, 63_777],
    [120_000, 200, 4096],
  ])('of %i frames, %i seen around them, is that of the whole', async (piece, margin, block) => {
    const expected = await whole(audio);
    const found = await analyse(audio, block, { piece, margin });
    for (const plane of PLANES) expect(found[plane]).toEqual(expected[plane]);
    expect(found.f0).toHaveLength(Math.ceil((63_777 + 512) / HOP));
  });

  it('takes recordings of nothing and of one sample', async () => {
    expect((await analyse(new Float32Array(0), 1, {})).f0).toHaveLength(Math.ceil(512 / HOP));
    expect((await analyse(Float32Array.of(0.5), 1, {})).loudness).toHaveLength(Math.ceil(513 / HOP));
  });

  it('tells how far it is', async () => {
    const seconds: number[] = [];
    await analyse(audio, 5000, { piece: 50, margin: 10, onSeconds: (done) => seconds.push(done) });
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
    expect(seconds.at(-1)).toBeCloseTo(4, 1);
  });
});

describe('frames in databases', () => {
  /** Hz, dB and confidence of every 20th frame of a glide with noise, at FEATURES_VERSION 1. */
  const KNOWN: readonly (readonly [f0: number, loudness: number, confidence: number])[] = [
    [157.887, -7.892, 0.984],
    [180.704, 5.523, 0.994],
    [204.733, 6.696, 0.996],
    [228.591, 7.784, 0.996],
    [252.713, 8.254, 0.996],
    [276.603, 8.976, 0.997],
    [300.66, 9.425, 0.997],
    [324.535, 9.944, 0.996],
    [348.587, 10.36, 0.998],
    [372.551, 10.823, 0.998],
  ];

  it('are those that this version makes: where they change, FEATURES_VERSION counts up', async () => {
    const random = randomiser(7);
    const glide = Float32Array.from({ length: 32_000 }, (_, n) => {
      const t = n / 16_000;
      const phase = 2 * Math.PI * (150 * t + 60 * t * t);
      const tone = Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.3 * Math.sin(3 * phase);
      return 0.2 * tone * Math.min(1, 4 * t) + 0.01 * (random() - 0.5);
    });
    const { f0, loudness, confidence } = await whole(glide);
    expect(FEATURES_VERSION).toBe(1);
    for (const [i, [hertz, decibels, sure]] of KNOWN.entries()) {
      expect(f0[20 * i + 5] / hertz).toBeCloseTo(1, 3);
      expect(loudness[20 * i + 5]).toBeCloseTo(decibels, 1);
      expect(confidence[20 * i + 5]).toBeCloseTo(sure, 2);
    }
  });
});
