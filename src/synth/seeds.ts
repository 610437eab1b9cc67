/** Seeds for whatever draws random numbers: the processors of a graph, and the voices that play it. */

/**
 * The seed of a graph's random processor number `source`. The first takes the graph's own; the others take
 * hashes (murmur3's finaliser), so that no two of a graph, or of graphs with neighbouring seeds, share one.
 * @param source counted among the graph's random processors, from 0
 * @returns a 32-bit integer
 */
export function seedOf(seed: number, source: number): number {
  return source === 0 ? seed : hash(seed + Math.imul(source, 0x9e3779b9));
}

/** The seed of voice `index`. The first takes the engine's own, the others hashes as in `seedOf`. */
export function voiceSeed(seed: number, index: number): number {
  return index === 0 ? seed : hash(~seed + Math.imul(index, 0x9e3779b9));
}

function hash(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
