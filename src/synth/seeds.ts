/** Seeds of random numbers, for the processors of a graph and for the voices that play it. */

/**
 * The seed of the random processor number `source` of a graph. The first processor has the graph's seed. The others
 * have hashes of it (murmur3's finaliser), so that all processors have different seeds, also in graphs with
 * neighbouring seeds.
 * @param source counted among the graph's random processors, from 0
 * @returns a 32-bit integer
 */
export function seedOf(seed: number, source: number): number {
  return source === 0 ? seed : hash(seed + Math.imul(source, 0x9e3779b9));
}

/** The seed of voice `index`. The first voice has the engine's seed, the others hashes of it as in `seedOf`. */
export function voiceSeed(seed: number, index: number): number {
  return index === 0 ? seed : hash(~seed + Math.imul(index, 0x9e3779b9));
}

function hash(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
