/** Adds the identity of a pitch network to the settings. */

import { contentHash } from '../../../../audio/content-hash';
import { bytesInMemory } from '../../../../platform/bytes';
import type { PitchSettings } from '../settings';
import { PitchNetworkError } from './errors';
import { PitchNetwork, type PitchNetworkFile } from './network';

export interface NetworkOptions {
  readonly pitch?: PitchSettings;
  readonly network?: PitchNetworkFile;
}

/**
 * Returns the options with the hash of the network if one is used, and without it otherwise. It loads the network once,
 * so that errors appear before any recording is read.
 * @throws PitchNetworkError when it is missing or cannot be used
 */
export async function identifyNetwork<T extends NetworkOptions>(options: T): Promise<T> {
  const { pitch, network } = options;
  if (pitch?.tracker !== 'neural') return { ...options, network: undefined };
  if (!network)
    throw new PitchNetworkError('data.f0.network', 'there is no network', 'give the ONNX file as `network`');
  const placed = { ...network, runtime: absolute(network.runtime) };
  await PitchNetwork.load(placed).then((loaded) => loaded.close());
  const hash = await contentHash(bytesInMemory(network.bytes));
  return { ...options, network: placed, pitch: { ...pitch, network: hash } };
}

/** Makes addresses absolute: workers cannot resolve addresses relative to the page. */
function absolute(place: string | undefined): string | undefined {
  const { document } = globalThis as { document?: { baseURI: string } };
  return place !== undefined && document ? new URL(place, document.baseURI).href : place;
}
