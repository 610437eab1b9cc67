/** The end of a learned response. */

/** Share of a response over which it fades. */
const FADE = 1 / 3;

/**
 * A copy of a response whose last third fades to silence, by half a cosine. A learned response still sounds where its
 * taps end, and a note that stops would ring on and then be cut off.
 */
export function fadedResponse(response: Float32Array): Float32Array {
  const { length } = response;
  const begin = length * (1 - FADE);
  return response.map((tap, n) =>
    n < begin ? tap : tap * (0.5 + 0.5 * Math.cos((Math.PI * (n + 1 - begin)) / (length - begin))),
  );
}
