/** Notes of equal temperament, A4 = 440 Hz. */

const NAMES = ['C', 'C♯', 'D', 'D♯', 'E', 'F', 'F♯', 'G', 'G♯', 'A', 'A♯', 'B'];

/** @param {number} hz @returns {number} semitones, 69 = A4 */
export function toSemitones(hz) {
  return 69 + 12 * Math.log2(hz / 440);
}

/** @param {number} semitone a whole one */
export function nameOf(semitone) {
  return NAMES[((semitone % 12) + 12) % 12] + String(Math.floor(semitone / 12) - 1);
}

/** Whether the note has a white key. @param {number} semitone */
export function isNatural(semitone) {
  return !nameOf(semitone).includes('♯');
}

/** @param {number} hz @returns {{ name: string, cents: number }} the nearest note and how far above it */
export function nearestNote(hz) {
  const semitones = toSemitones(hz);
  const nearest = Math.round(semitones);
  return { name: nameOf(nearest), cents: Math.round((semitones - nearest) * 100) };
}
