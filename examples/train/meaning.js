/** What a distance between model and recordings means, to somebody who has never seen one. */

/** Below so many dB; the instruments that come with the pages are at 3.9 (cello) to 7.2 (violin). */
const WORDS = /** @type {const} */ ([
  [5, 'very close'],
  [7.5, 'close, as the instruments on the Play page'],
  [10, 'recognisable, still rough'],
  [Number.POSITIVE_INFINITY, 'far off yet: train on'],
]);

/** @param {number} decibels log-spectral distance of the held-out recordings */
export function meaningOf(decibels) {
  const [, words] = WORDS.find(([limit]) => decibels < limit) ?? WORDS[WORDS.length - 1];
  return `${decibels.toFixed(1)} dB: ${words}`;
}
