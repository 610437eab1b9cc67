/** What calls of a function allocate, as V8's own profiler of allocations sees it. */

import { Session } from 'node:inspector/promises';

/** V8 boxes numbers where it does not inline a call: 16 bytes each. The smallest object takes 24. */
const BOXED_NUMBER = 16;
const CALLS = 500;
const STRETCHES = 60;

interface Options {
  /** runs before each stretch and may allocate */
  prepare?: () => void;
  /** how many objects of one function V8 may make in a stretch, as it does when a function of a new engine first runs */
  spared?: number;
  /** how often to try */
  stretches?: number;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string };
  readonly children: readonly ProfileNode[];
}

interface Profile {
  readonly head: ProfileNode;
  readonly samples: readonly { readonly nodeId: number; readonly size: number }[];
}

/**
 * Calls `work` again and again until a stretch of calls allocates no object. V8 itself allocates while it still
 * compiles, so that only what stays to the end tells of `work`.
 * @returns the objects of the last stretch, one line for each function and size; none when a stretch had none
 */
export async function allocations(
  work: () => void,
  { prepare = () => {}, spared = 0, stretches = STRETCHES }: Options = {},
): Promise<string[]> {
  const session = new Session();
  session.connect();
  try {
    let found: string[] = [];
    for (let i = 0; i < stretches; i++) {
      for (let k = 0; k < CALLS; k++) work();
      prepare();
      await session.post('HeapProfiler.startSampling', {
        samplingInterval: 1,
        includeObjectsCollectedByMajorGC: true,
        includeObjectsCollectedByMinorGC: true,
      });
      observed(work);
      const { profile } = await session.post('HeapProfiler.stopSampling');
      found = objects(profile as unknown as Profile, spared);
      if (found.length === 0) break;
    }
    return found;
  } finally {
    session.disconnect();
  }
}

/** Has a name of its own, by which the profile is searched. */
function observed(work: () => void): void {
  for (let k = 0; k < CALLS; k++) work();
}

function objects({ head, samples }: Profile, spared: number): string[] {
  const sizes = new Map<number, number[]>();
  for (const { nodeId, size } of samples) {
    if (size <= BOXED_NUMBER) continue;
    const list = sizes.get(nodeId);
    if (list) list.push(size);
    else sizes.set(nodeId, [size]);
  }
  const found: string[] = [];
  const visit = (node: ProfileNode, path: readonly string[]): void => {
    const inside = path.length > 0 || node.callFrame.functionName === observed.name;
    const here = inside ? [...path, node.callFrame.functionName] : path;
    const list = (inside && sizes.get(node.id)) || [];
    if (list.length > spared)
      found.push(`${here.join(' > ')}: ${list.length} objects, ${Math.max(...list)} bytes at most`);
    for (const child of node.children) visit(child, here);
  };
  visit(head, []);
  return found;
}
