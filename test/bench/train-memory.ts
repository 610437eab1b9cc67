/**
 * node --expose-gc --import tsx train-memory.ts CONFIGURATION
 *
 * Prints how many bytes one worker that takes whole batches adds to this process: its thread, its WASM
 * memory, what V8 holds for it, and its buffer for gradients on the main thread. Three steps touch all of it.
 */

import { configurations } from './configurations';
import { steps, withDataset } from './train';

const config = configurations[process.argv[2] as keyof typeof configurations];
const { batchSize } = config.trainer;

await withDataset(config, async (dataset) => {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let after = 0;
  await steps(config, dataset, { workers: 1, batchSize }, 1, () => {
    globalThis.gc?.();
    after = process.memoryUsage.rss();
  });
  console.log(after - before);
});
