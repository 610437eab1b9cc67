/** Seeds for the processors of one graph that draw random numbers. */

/**
 * The seed of a graph's random processor number `source`. The first takes the graph's own; the others take
 * hashes (murmur3's finaliser), so that no two of a graph, or of graphs with neighbouring seeds, share one.
 * @param source counted among the graph's random processors, from 0
 * @returns a 32-bit integer
 */
export function seedOf(seed: number, source: number): number {
  if (source === 0) return seed;
  let hash = (seed + Math.imul(source, 0x9e3779b9)) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
