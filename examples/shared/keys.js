/** Space starts and stops, wherever on the page the keyboard is; where it has a meaning of its own, it keeps it. */

const OWN_MEANING = 'button, summary, select, audio, a, input:not([type=range])';

/** @param {HTMLButtonElement} button */
export function startOnSpace(button) {
  document.addEventListener('keydown', (event) => {
    const { target, code, repeat } = event;
    if (code !== 'Space' || repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (target instanceof Element && target.closest(OWN_MEANING)) return;
    event.preventDefault();
    button.click();
  });
}
