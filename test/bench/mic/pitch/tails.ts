/** How models ring after a note ends. */

import { renderOffline } from '../../../../src/play/render';
import type { Figure, MicCase, NamedModel } from '../case';
import type { Sounds } from '../sounds';

const RATE = 48_000;
const END = 1;

/** A saw of 330 Hz, from 0.2 to 1 s. */
function note(): Float32Array {
  return Float32Array.from({ length: 2.5 * RATE }, (_, n) => {
    const t = n / RATE;
    const level = Math.min(Math.max((t - 0.2) / 0.03, 0), Math.max(1 - (t - END) / 0.01, 0), 1);
    let sum = 0;
    for (let k = 1; k < 12; k++) sum += Math.sin(2 * Math.PI * 330 * k * t) / k;
    return 0.15 * level * sum;
  });
}

/** dB of 20 ms from a time on. */
function level(audio: Float32Array, seconds: number): number {
  const part = audio.subarray(Math.round(seconds * RATE), Math.round((seconds + 0.02) * RATE));
  return 10 * Math.log10(part.reduce((sum, v) => sum + v * v, 0) / part.length + 1e-12);
}

async function run(_: Sounds, models: readonly NamedModel[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { name, model } of models) {
    const audio = await renderOffline(model, note(), { sampleRate: RATE });
    const loud = level(audio, 0.8);
    const levels = [0.1, 0.3, 0.6, 0.9, 1].map((after) => level(audio, END + after) - loud);
    // the steepest fall within 20 ms while it can be heard: a cut
    let cut = 0;
    for (let after = 0.15; after < 1.2; after += 0.02) {
      const before = Math.max(level(audio, END + after) - loud, -60);
      cut = Math.max(cut, before - Math.max(level(audio, END + after + 0.02) - loud, -60));
    }
    figures.push({
      what: `${name}: after 0.1, 0.3, 0.6, 0.9, 1 s`,
      measured: `${levels.map((db) => db.toFixed(0)).join(', ')} dB`,
      required: 'under -60 dB after 1 s',
      met: levels[4] < -60,
    });
    figures.push({
      what: `${name}: steepest fall above -60 dB`,
      measured: `${cut.toFixed(0)} dB in 20 ms`,
      required: 'at most 15',
      met: cut <= 15,
    });
  }
  return figures;
}

export const tailsCase: MicCase = { name: 'tails', heading: 'what rings after a note', run };
