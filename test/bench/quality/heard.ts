/** What a listener would hear of a model, beside the recordings: all figures, and the sounds as files. */

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AS_RECORDED } from '../../../src/analysis/listening';
import type { AnalysisSettings } from '../../../src/analysis/track';
import { writeWav } from '../../../src/audio/wav';
import type { Model } from '../../../src/model/model';
import { UNMATCHED } from '../../../src/play/matching/options';
import { renderOffline } from '../../../src/play/render';
import type { PitchNetwork } from '../../../src/train/data/pitch/neural/network';
import { compareSounds } from '../../../src/train/learn/metrics/compare-sounds';
import { YARDSTICK_NAMES } from '../../../src/train/learn/metrics/yardsticks';
import type { Piece } from './held-out-pieces';

/** Plays the pieces, each after what comes before it. */
export async function play(model: Model, pieces: readonly Piece[]): Promise<Float32Array[]> {
  const played: Float32Array[] = [];
  for (const { before, recording } of pieces) {
    const audio = new Float32Array(before.length + recording.length);
    audio.set(before);
    audio.set(recording, before.length);
    const heard = await renderOffline(model, audio, { listening: AS_RECORDED, matching: UNMATCHED });
    played.push(heard.slice(before.length));
  }
  return played;
}

/** One row: distances, and of each yardstick the model's value and the recordings'. */
export async function judge(
  sounds: readonly Float32Array[],
  pieces: readonly Piece[],
  settings: AnalysisSettings,
  network: PitchNetwork | null,
): Promise<object> {
  const pairs = pieces.map(({ recording }, i) => ({ recording, model: sounds[i] }));
  const { distances, yardsticks } = await compareSounds(pairs, settings, network);
  const round = (value: number) => Number(value.toPrecision(4));
  return {
    ...Object.fromEntries(Object.entries(distances).map(([name, value]) => [name, round(value)])),
    ...Object.fromEntries(
      YARDSTICK_NAMES.flatMap((name) => {
        const measured = yardsticks[name];
        return measured ? [[name, [round(measured.value), round(measured.recording)]]] : [];
      }),
    ),
  };
}

/** `1-a-title-kind.wav`, as `ddsp export` names its samples. */
export async function writeClips(
  folder: string,
  kind: string,
  sounds: readonly Float32Array[],
  pieces: readonly Piece[],
  sampleRate: number,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [i, sound] of sounds.entries()) {
    const slug = pieces[i].title.replace(/[^\w]+/g, '-');
    const name = `${i + 1}-${slug}-${kind.replace(/[^\w]+/g, '-')}.wav`;
    await writeFile(path.join(folder, name), writeWav(sound, sampleRate));
  }
}
