/** A model of ddsp_pytorch whose loudness is in the unit of sigmund~, played by singers at loud and quiet microphones. */

import { describe, expect, it } from 'vitest';
import { analyseSignal } from '../../../src/analysis/track';
import { importModel } from '../../../src/model/import';
import { renderFrames, renderOffline } from '../../../src/play/render';
import type { Frames } from '../../../src/play/sources/frame-track';
import { foreignFile } from '../../support/foreign';

const RATE = 16_000;
const FRAMES = 100;
/** Seconds of loud notes, which tell matching the player's forte, and of the crescendo after them. */
const LOUD = 20;
const CRESCENDO = 4;
/** dB of the crescendo, which ends as loud as the notes before it were. */
const RANGE = 12;

const config = new TextDecoder()
  .decode(foreignFile('ddsp-pytorch/h24-16k.config.yaml'))
  .replace(/mean_loudness: .*/, 'mean_loudness: 61.5')
  .replace(/std_loudness: .*/, 'std_loudness: 9.25');
const model = await importModel(foreignFile('ddsp-pytorch/h24-16k.state.pth'), { config });

/** Something like a voice on one pitch, with vibrato and eight harmonics. @param forte dB of its first harmonic */
function sung(forte: number): Float32Array<ArrayBuffer> {
  const audio = new Float32Array((LOUD + CRESCENDO) * RATE);
  let cycles = 0;
  for (let n = 0; n < audio.length; n++) {
    const t = n / RATE;
    cycles += (220 * (1 + 0.01 * Math.sin(2 * Math.PI * 5.5 * t))) / RATE;
    const share = Math.max(0, t - LOUD) / CRESCENDO;
    const level = 10 ** ((forte - (t < LOUD ? 0 : RANGE * (1 - share))) / 20);
    // every second ends with a breath before the crescendo
    if (t < LOUD && t % 1 > 0.6) continue;
    for (let k = 1; k <= 8; k++) audio[n] += (level / k) * Math.sin(2 * Math.PI * ((k * cycles) % 1));
  }
  return audio;
}

/** dB, the mean of half a second. @param seconds where it begins */
function level(loudness: ArrayLike<number>, seconds: number): number {
  const piece = Array.from(loudness).slice(seconds * FRAMES, (seconds + 0.5) * FRAMES);
  return piece.reduce((sum, value) => sum + value, 0) / piece.length;
}

const loudnessOf = async (audio: Float32Array) => (await analyseSignal(audio, model)).loudness;

describe.each([-12, -30, -48])('a singer whose loudest note has %i dB', (forte) => {
  it('reaches the loud end of the model, with the dynamics of the voice', async () => {
    const audio = sung(forte);
    const reported: Frames[] = [];
    const onFrames = (frames: Frames) => reported.push(frames);
    const options = { noise: 0, reverb: 0 };
    const played = await loudnessOf(await renderOffline(model, audio, { ...options, onFrames }));
    const heard = await loudnessOf(audio);
    const [{ loudness }] = reported;
    const [start, end] = [LOUD, LOUD + CRESCENDO - 0.6];
    const rise = (values: ArrayLike<number>) => level(values, end) - level(values, start);

    // what the decoder is told: all of the voice's range, up to the model's loud end
    const [, , loudest] = model.statistics.loudness;
    expect(rise(loudness) / rise(heard)).toBeCloseTo(1, 1);
    expect(Math.abs(level(loudness, end) - loudest)).toBeLessThan(2);
    // what it plays: louder with every step, no less range than the voice, and at last as loud as it can be
    const levels = [0, 0.5, 1, 1.5, 2, 2.5, 3].map((second) => level(played, start + second));
    expect(levels).toEqual([...levels].sort((a, b) => a - b));
    expect(rise(played)).toBeGreaterThan(rise(heard));
    const frames = { f0: Array(FRAMES).fill(220), loudness: Array(FRAMES).fill(loudest) };
    const full = await loudnessOf(await renderFrames(model, frames, options));
    expect(Math.abs(level(played, end) - level(full, 0.4))).toBeLessThan(1);
  });
});
