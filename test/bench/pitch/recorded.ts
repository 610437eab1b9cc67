/** Sounds with annotations, from test/fixtures/pitch (credits there). */

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeAudio } from '../../../src/audio/decode';
import { downmix } from '../../../src/audio/resample';
import type { Material } from './material';

const FOLDER = path.resolve(import.meta.dirname, '../../fixtures/pitch');

/** Everything that was sung or played. */
export async function recorded(): Promise<Material[]> {
  const names = (await readdir(FOLDER)).filter((file) => file.endsWith('.opus')).sort();
  return Promise.all(names.map((file) => readRecorded(path.basename(file, '.opus'))));
}

/** @param name of a pair of files, without extension */
export async function readRecorded(name: string): Promise<Material> {
  const { channels, sampleRate } = await decodeAudio(await readFile(path.join(FOLDER, `${name}.opus`)), name);
  const rows = (await readFile(path.join(FOLDER, `${name}.f0.csv`), 'utf8')).trim().split('\n');
  const cells = rows.map((row) => row.split(','));
  const times = Float64Array.from(cells, ([time]) => Number(time));
  const values = Float64Array.from(cells, ([, hz]) => (hz === '' ? Number.NaN : Number(hz)));
  const group = name.startsWith('vocadito') ? 'sung' : 'played';
  return { name, group, sampleRate, audio: downmix(channels), truth: annotation(times, values) };
}

/** Between two annotated pitches linear, else the nearer one; after the last: silence. */
export function annotation(times: Float64Array, values: Float64Array): (seconds: number) => number {
  const step = times[1] - times[0];
  return (seconds) => {
    const at = (seconds - times[0]) / step;
    const i = Math.min(Math.max(Math.floor(at), 0), values.length - 1);
    const share = at - i;
    if (at > values.length) return 0;
    const [before, after] = [values[i], values[i + 1] ?? 0];
    if (before > 0 && after > 0) return before + share * (after - before);
    return share < 0.5 ? before : after;
  };
}
