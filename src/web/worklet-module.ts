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
  const loading = withWorkletUrl(url, (address) => host.addModule(context, address)).catch((cause) => {
    loaded.delete(context);
    throw host.notLoaded(url, cause);
  });
  loaded.set(context, loading);
  return loading;
}

/** Calls `use` with an address of the worklet's file, which holds until the result of `use` is there. */
export async function withWorkletUrl<T>(
  url: string | null,
  use: (address: string) => Promise<T>,
): Promise<T> {
  if (url !== null) return use(url);
  const blobUrl = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  try {
    return await use(blobUrl);
  } finally {
    URL.revokeObjectURL(blobUrl);
  }
}
