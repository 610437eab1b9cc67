/** Recordings for commands that take one. */

import path from 'node:path';
import { decodeAudio } from '../audio/decode';
import { downmix, resample } from '../audio/resample';
import { readBytes } from '../train/run/disk';

/** A file as mono at `sampleRate`. */
export async function readMono(file: string, sampleRate: number): Promise<Float32Array> {
  const { channels, sampleRate: found } = await decodeAudio(await readBytes(file), path.normalize(file));
  return resample(downmix(channels), found, sampleRate);
}
