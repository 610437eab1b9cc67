/** Two tabs must not change one project. */

import { TrainingError } from '../train/errors';

/** A worker that has just been ended may hold its lock a little longer. */
const PATIENCE_MS = 2000;

/**
 * Does `work` while nobody else can do so with this project.
 * @throws TrainingError when it is open elsewhere
 */
export async function withLock<T>(id: string, work: () => Promise<T>): Promise<T> {
  // every browser has locks, but only for secure pages
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
    throw new TrainingError('the project is open in another tab: go on there, or close it', { cause });
  }
}

/**
 * Holds the lock until this worker ends; besides, browsers do not freeze a hidden page that has one.
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
