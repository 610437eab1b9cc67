/** `ddsp analyse`: writes the pitch and loudness of a recording as CSV. */

import type { PitchConfig } from '../train/config';
import { PitchNetwork } from '../train/data/pitch/neural/network';
import { trackPitch } from '../train/data/pitch/track';
import { writeAtomically } from '../train/run/disk';
import { readMono } from './audio';
import { framesToCsv } from './frames-csv';
import { checkOutput } from './output';
import { readNetwork } from './pitch';
import { ProgressBar } from './progress-bar';
import { type ConfigOptions, readSettings } from './settings';

export interface AnalyseOptions extends ConfigOptions {
  readonly out: string;
  readonly pitch: PitchConfig;
}

/** @param assignments changes to the training configuration; only its rates and its analysis matter here */
export async function analyse(
  file: string,
  assignments: readonly string[],
  { out, pitch, ...options }: AnalyseOptions,
): Promise<void> {
  const { sampleRate, frameRate, analysis } = (await readSettings(assignments, options)).model;
  await checkOutput(out, [file, pitch.network, ...(options.config ?? [])]);
  const network = await readNetwork(pitch).then((found) => found && PitchNetwork.load(found));
  const audio = await readMono(file, sampleRate);
  const progress = new ProgressBar('analysing', 1);
  const onProgress = (share: number) => progress.update(share);
  const settings = { sampleRate, frameRate, analysis };
  const track = await trackPitch(audio, settings, pitch, network ?? null, { onProgress });
  progress.stop();
  const hop = Math.round(sampleRate / frameRate);
  await writeAtomically(out, framesToCsv(track, sampleRate / hop));
}
