/** Loads the processor's module into a context, once. */

import { source } from '../../build/worklet';

/** One promise a context: a name can be registered only once. Contexts go when their pages let them. */
const loaded = new WeakMap<BaseAudioContext, Promise<void>>();

/** How a host takes a module, and what it means when it does not. */
export interface ModuleHost {
  addModule(context: BaseAudioContext, url: string): Promise<void>;
  /** @param url as {@link loadWorklet} has it */
  notLoaded(url: string | null, cause: unknown): Error;
}

/**
 * @param url where the page serves the worklet file; null: a Blob of the source built into this module
 * @throws (rejects) with what to do when the module cannot be loaded; another call tries again
 */
export function loadWorklet(context: BaseAudioContext, url: string | null, host: ModuleHost): Promise<void> {
  const known = loaded.get(context);
  if (known) return known;
  const loading = addModule(context, url, host).catch((cause) => {
    loaded.delete(context);
    throw host.notLoaded(url, cause);
  });
  loaded.set(context, loading);
  return loading;
}

async function addModule(context: BaseAudioContext, url: string | null, host: ModuleHost): Promise<void> {
  if (url !== null) return host.addModule(context, url);
  const blobUrl = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  try {
    await host.addModule(context, blobUrl);
  } finally {
    URL.revokeObjectURL(blobUrl);
  }
}
