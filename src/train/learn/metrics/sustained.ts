/** Finds the sustained parts of notes. */

/** Semitones by which a note's pitch may leave its mean: more than a vibrato does. */
const WITHIN = 0.7;
/** Seconds: the shortest note, and what is left out at its beginning and end. */
const SHORTEST = 0.3;
const ONSET = 0.08;
const END = 0.04;

/**
 * @param f0 Hz, 0 = unvoiced
 * @param hop seconds between values
 * @returns first frame and end of each note's sustained part, in order
 */
export function sustainedParts(f0: ArrayLike<number>, hop: number): [from: number, to: number][] {
  const parts: [number, number][] = [];
  for (let start = 0; start < f0.length; ) {
    let sum = 0;
    let end = start;
    while (end < f0.length && f0[end] > 0) {
      const semitones = 12 * Math.log2(f0[end]);
      if (end > start && Math.abs(semitones - sum / (end - start)) > WITHIN) break;
      sum += semitones;
      end++;
    }
    if ((end - start) * hop >= SHORTEST)
      parts.push([start + Math.round(ONSET / hop), end - Math.round(END / hop)]);
    start = Math.max(end, start + 1);
  }
  return parts;
}
