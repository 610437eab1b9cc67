/** What every page uses: its elements, its notice, and how numbers and names are written. */

/** @template {HTMLElement} T @param {string} id @param {new () => T} type @returns {T} */
export function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`#${id} is not on the page`);
  return found;
}

/**
 * Shows a message above the page's content.
 * @param {string} text @param {'error' | 'info'} kind
 * @param {{ label: string, act: () => void }} [action] a button beside the text
 */
export function say(text, kind, action) {
  const notice = element('notice', HTMLElement);
  const words = document.createElement('p');
  words.textContent = text;
  notice.replaceChildren(words);
  if (action) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'plain';
    button.textContent = action.label;
    button.addEventListener('click', action.act);
    notice.append(button);
  }
  notice.dataset.kind = kind;
  notice.hidden = false;
}

export function clearNotice() {
  const notice = element('notice', HTMLElement);
  notice.hidden = true;
  notice.replaceChildren();
}

/** @param {unknown} error */
export function sayError(error) {
  console.error(error);
  say(capitalised(error instanceof Error ? error.message : String(error)), 'error');
}

/** @param {string} text */
function capitalised(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Runs actions one after another, so that a second click waits until the first one is done. */
export function actionQueue() {
  /** @type {Promise<void>} */
  let queue = Promise.resolve();
  return (/** @type {() => Promise<void> | void} */ action) => {
    queue = queue.then(action).catch(sayError);
  };
}

/**
 * A name within a sentence. The marks around it keep a right-to-left name from reordering the sentence.
 * @param {string} name
 */
export function quoted(name) {
  return `“\u2068${name}\u2069”`;
}

/** Saves `blob` as a download. @param {Blob} blob @param {string} name with its extension */
export function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A file name that every system takes. @param {string} name @param {string} extension */
export function fileName(name, extension) {
  const words = name.replace(/[^\p{L}\p{M}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
  return `${words || 'untitled'}.${extension}`;
}

/** @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A position in, or the length of, a recording. @param {number} seconds */
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
