/** Drawing: canvases in CSS pixels, in the colours of the style sheet, as often as the user likes to see motion. */

const NAMES = /** @type {const} */ ([
  ...['ink', 'line', 'text', 'soft', 'you', 'played'],
  ...['octave', 'natural', 'accidental', 'range', 'loudness', 'wave'],
]);

/** @typedef {'ink' | 'line' | 'text' | 'soft' | 'you' | 'played' | 'octave' | 'natural' | 'accidental' | 'range' | 'loudness' | 'wave'} Colour */

/** @type {Record<Colour, string> | null} */
let current = null;
/** @type {Set<() => void>} */
const redraws = new Set();
const calm = matchMedia('(prefers-reduced-motion: reduce)');
/** Seconds between pictures for those who want little motion. */
const CALM_SECONDS = 0.5;

for (const query of ['(prefers-color-scheme: light)', '(forced-colors: active)']) {
  matchMedia(query).addEventListener('change', () => {
    current = null;
    for (const redraw of redraws) redraw();
  });
}

/** The tokens of shared/style.css as they are now: dark, light or the system's. */
export function colours() {
  if (current) return current;
  const style = getComputedStyle(document.documentElement);
  current = /** @type {Record<Colour, string>} */ (
    Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]))
  );
  return current;
}

/**
 * Calls `draw` when the picture changes its size, and when the colours change.
 * @param {HTMLElement} picture @param {() => void} draw
 */
export function redrawWhenNeeded(picture, draw) {
  new ResizeObserver(draw).observe(picture);
  onColours(draw);
}

/** Calls `draw` when the colours change. @param {() => void} draw */
export function onColours(draw) {
  redraws.add(draw);
}

/**
 * A canvas's context, cleared and scaled to the screen: drawing is in CSS pixels.
 * @param {HTMLCanvasElement} canvas
 * @returns {{ draw: CanvasRenderingContext2D, width: number, height: number }}
 */
export function prepareCanvas(canvas) {
  const ratio = window.devicePixelRatio;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const draw = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== columns || canvas.height !== rows)
    Object.assign(canvas, { width: columns, height: rows });
  draw.setTransform(ratio, 0, 0, ratio, 0, 0);
  draw.clearRect(0, 0, width, height);
  return { draw, width, height };
}

/**
 * Calls `show` for every picture: as often as the screen shows one, or twice a second for those who prefer
 * reduced motion.
 * @param {(seconds: number) => void} show with the time since the last call
 */
export function animate(show) {
  let last = performance.now();
  const frame = (/** @type {number} */ at) => {
    const seconds = (at - last) / 1000;
    if (!calm.matches || seconds >= CALM_SECONDS) {
      last = at;
      show(seconds);
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
