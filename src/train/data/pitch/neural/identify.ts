/** A network as part of the settings that features depend on. */

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
 * The same options, with the network known by its content where one is asked for, left out where not. Loads
 * it once, so that what is wrong with it is told before any recording is read.
 * @throws PitchNetworkError when there is none, or it cannot be used
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

/** Workers have no address of their own that a page's relative ones could be relative to. */
function absolute(place: string | undefined): string | undefined {
  const { document } = globalThis as { document?: { baseURI: string } };
  return place !== undefined && document ? new URL(place, document.baseURI).href : place;
}
