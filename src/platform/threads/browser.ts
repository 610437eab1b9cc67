/** Threads of a page, from a Blob of source that comes with this module or from an address. */

import { startModule } from './module';
import type { StartThread } from './thread';

export { parallelism } from './module';

let blobAddress: Promise<string> | undefined;

export const startThread: StartThread = async ({ workerUrl } = {}) => {
  if (workerUrl !== undefined) {
    // not relative to the page for the workers that it starts itself
    const address = new URL(workerUrl, document.baseURI).href;
    return startModule(address, `cannot be loaded from ${address}: serve ddsp-worklet/train/worker there`);
  }
  blobAddress ??= makeBlob();
  return startModule(
    await blobAddress,
    "cannot be started: the page's Content-Security-Policy needs worker-src blob: and script-src " +
      "'wasm-unsafe-eval'; or serve ddsp-worklet/train/worker and pass its address as workerUrl",
  );
};

/** As a chunk of its own, which a page loads when it trains: decoders and all it has 1 MB. */
async function makeBlob(): Promise<string> {
  const { source } = await import('../../../build/train-worker.browser');
  return URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
}
