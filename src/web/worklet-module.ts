/** Loads the processor's module into a context, once. */

import { source } from '../../build/worklet';
import { moduleNotLoaded } from './failures';

/** One promise a context: a name can be registered only once. Contexts go when their pages let them. */
const loaded = new WeakMap<BaseAudioContext, Promise<void>>();

/**
 * @param url where the page serves the worklet file; null: a Blob of the source built into this module
 * @throws (rejects) with what to do when the module cannot be loaded; another call tries again
 */
export function loadWorklet(context: BaseAudioContext, url: string | null): Promise<void> {
  const known = loaded.get(context);
  if (known) return known;
  const loading = addModule(context, url).catch((cause) => {
    loaded.delete(context);
    throw moduleNotLoaded(url, cause);
  });
  loaded.set(context, loading);
  return loading;
}

async function addModule(context: BaseAudioContext, url: string | null): Promise<void> {
  if (url !== null) return context.audioWorklet.addModule(url);
  const blobUrl = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  try {
    await context.audioWorklet.addModule(blobUrl);
  } finally {
    URL.revokeObjectURL(blobUrl);
  }
}
