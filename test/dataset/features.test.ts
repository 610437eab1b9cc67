import { describe, expect, it } from 'vitest';
import { analyseSignal, type Track } from '../../src/engine/analysis/track';
import type { FeatureSettings } from '../../src/train/dataset/database';
import { type Analyse, analysePieces, type PieceOptions } from '../../src/train/dataset/features';
import { PLANES } from '../../src/train/dataset/slice-reader';
import { phrase } from '../support/models';

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
