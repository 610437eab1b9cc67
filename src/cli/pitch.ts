/** The pitch tracker that the command line or the configuration selects. */

import { InvalidArgumentError } from 'commander';
import type { PitchConfig } from '../train/config';
import type { PitchNetworkFile } from '../train/data/pitch/neural/network';
import { readBytes } from '../train/run/disk';

const NEURAL = 'neural:';

/** Parses `--pitch`. */
export function readPitch(text: string): PitchConfig {
  if (text === 'yin') return { tracker: 'yin', viterbi: false, network: '' };
  if (text === 'viterbi') return { tracker: 'yin', viterbi: true, network: '' };
  const network = text.slice(NEURAL.length);
  if (text.startsWith(NEURAL) && network !== '') return { tracker: 'neural', viterbi: true, network };
  throw new InvalidArgumentError('Expected yin, viterbi or neural:FILE, an ONNX file.');
}

/** @returns undefined when no network is selected */
export async function readNetwork({ tracker, network }: PitchConfig): Promise<PitchNetworkFile | undefined> {
  if (tracker !== 'neural') return;
  return { name: network, bytes: await readBytes(network) };
}
