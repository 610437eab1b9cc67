/** Keeps a page's controls over a reload. */

/** @typedef {HTMLInputElement | HTMLSelectElement} Control */

/**
 * Each control gets what an address gives for its id, else what it was when the page was left; from now on
 * its changes are kept. Values that it cannot have are passed over.
 * @param {import('./storage.js').Settings} settings @param {Iterable<Control>} controls
 * @param {URLSearchParams} [given]
 */
export function remember(settings, controls, given = new URLSearchParams()) {
  for (const control of controls) {
    const value = given.get(control.id) ?? settings.get(control.id);
    if (value !== undefined) restore(control, value);
    control.addEventListener('input', () => settings.set(control.id, settingOf(control)));
  }
}

/** @param {Control} control */
function settingOf(control) {
  return control.type === 'checkbox' && 'checked' in control ? String(control.checked) : control.value;
}

/** @param {Control} control @param {string} value */
function restore(control, value) {
  if (control instanceof HTMLSelectElement) {
    if (![...control.options].some((option) => option.value === value)) return;
    control.value = value;
  } else if (control.type === 'checkbox') control.checked = value === 'true';
  else if (Number.isFinite(Number(value))) control.value = value;
  control.dispatchEvent(new Event('input', { bubbles: true }));
  control.dispatchEvent(new Event('change', { bubbles: true }));
}
