/** What every part of the page uses: its elements, its notice, and how numbers are told. */

/** @template {HTMLElement} T @param {string} id @param {new () => T} type @returns {T} */
export function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`#${id} is not on the page`);
  return found;
}

const notice = element('notice', HTMLElement);

/** @param {string} text @param {'error' | 'info'} kind */
export function say(text, kind) {
  notice.textContent = text;
  notice.dataset.kind = kind;
  notice.hidden = false;
}

export function clearNotice() {
  notice.hidden = true;
  notice.textContent = '';
}

/** @param {unknown} error */
export function sayError(error) {
  console.error(error);
  say(error instanceof Error ? capitalised(error.message) : String(error), 'error');
}

/** @param {string} text */
function capitalised(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Of a recording. @param {number} seconds */
export function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return bytes < 1e8 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e6)} MB`;
}

/** @param {number} value */
export function count(value) {
  return value.toLocaleString('en');
}

/**
 * A canvas's context, scaled to the screen: drawing is in CSS pixels.
 * @param {HTMLCanvasElement} canvas
 * @returns {{ draw: CanvasRenderingContext2D, width: number, height: number }}
 */
export function prepareCanvas(canvas) {
  const ratio = window.devicePixelRatio;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const draw = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  draw.scale(ratio, ratio);
  return { draw, width, height };
}
