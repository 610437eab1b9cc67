/** Prevents two tabs from changing the same project. */

import { TrainingError } from '../train/errors';

/** A terminated worker may keep its lock a little longer; this is how long to wait. */
const PATIENCE_MS = 2000;

/**
 * Runs `work` while holding the lock of the project.
 * @throws TrainingError when it is open elsewhere
 */
export async function withLock<T>(id: string, work: () => Promise<T>): Promise<T> {
  // browsers provide locks only in secure pages
  if (!navigator.locks) return work();
  let held = false;
  try {
    return await navigator.locks.request(
      `ddsp-worklet ${id}`,
      { signal: AbortSignal.timeout(PATIENCE_MS) },
      () => {
        held = true;
        return work();
      },
    );
  } catch (cause) {
    if (held) throw cause;
    throw new TrainingError('the project is open in another tab: continue there, or close it', { cause });
  }
}

/**
 * Holds the lock until this worker ends. Browsers do not freeze a hidden page that holds a lock.
 * @throws TrainingError when it is open elsewhere
 */
export function holdLock(id: string): Promise<void> {
  return new Promise((resolve, reject) => {
    withLock(id, () => {
      resolve();
      return new Promise<never>(() => {});
    }).catch(reject);
  });
}
