/**
 * The recordings of the bench. They are not part of the project: `MIC_DATA` names a directory with
 *
 *   audio/<instrument>/   notes whose file names say their pitch (names of the Philharmonia samples)
 *   audio/inputs/         singing and phrases
 *   fixtures/live/        made inputs: hum, noise, crescendi, whistles, two notes
 *   fixtures/reports/     short sounds that were once heard wrong
 */

import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeAudio } from '../../../src/audio/decode';
import { downmix } from '../../../src/audio/resample';

export interface Sound {
  /** mono */
  readonly audio: Float32Array;
  /** Hz */
  readonly sampleRate: number;
}

export class MissingSound extends Error {
  override name = 'MissingSound';
}

export class Sounds {
  /** @param root of the recordings; undefined: there are none */
  constructor(readonly root: string | undefined) {}

  /** @param file below the data directory */
  async read(file: string): Promise<Sound> {
    const { channels, sampleRate } = await decodeAudio(await readFile(await this.#find(file)), file);
    return { audio: downmix(channels), sampleRate };
  }

  /** @param file below the data directory */
  async text(file: string): Promise<string> {
    return readFile(await this.#find(file), 'utf8');
  }

  /** The names of the files in a folder of the data directory, sorted. */
  async list(folder: string): Promise<string[]> {
    return (await readdir(await this.#find(folder))).sort();
  }

  async #find(file: string): Promise<string> {
    if (!this.root) throw new MissingSound('MIC_DATA is not set');
    const found = path.join(this.root, file);
    await access(found).catch(() => {
      throw new MissingSound(`there is no ${found}`);
    });
    return found;
  }
}
