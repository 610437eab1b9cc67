/** Reads the recording that a command works on. */

import path from 'node:path';
import { openPath } from '#open';
import { decodeAudio } from '../audio/decode';
import { downmix, resample } from '../audio/resample';
import { fileError } from '../train/run/disk';

/**
 * Reads a file as mono at `sampleRate`.
 * @throws FileError when it cannot be read or is a pipe, AudioFileError when it cannot be decoded
 */
export async function readMono(file: string, sampleRate: number): Promise<Float32Array> {
  const { channels, sampleRate: found } = await decodeAudio(await readWhole(file), path.normalize(file));
  return resample(downmix(channels), found, sampleRate);
}

async function readWhole(file: string): Promise<Uint8Array> {
  try {
    const source = await openPath(file);
    return await source.read(0, source.size).finally(source.close);
  } catch (cause) {
    throw fileError(file, 'cannot be read', cause);
  }
}
