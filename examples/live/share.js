/** A link that plays the same instrument with the same sound. */

import { element } from '../shared/page.js';

/** @typedef {import('../shared/instruments.js').Instrument} Instrument */

const ONLY_HERE =
  'This instrument is only in this browser, so a link cannot name it. Download it and send the file, or put it onto a web ' +
  'server that allows other pages (CORS) and write its address behind ?model= in the link.';

/**
 * @param {Instrument} instrument
 * @param {[string, string][]} sound what is not as it comes, by the controls' ids
 */
export function linkTo({ link }, sound) {
  const url = new URL(location.pathname, location.href);
  if (link) url.searchParams.set('model', link);
  for (const [name, value] of sound) url.searchParams.set(name, value);
  return url.href;
}

/**
 * Shows the link, and copies it or gives it to the phone's own sharing.
 * @param {Instrument} instrument @param {[string, string][]} sound
 */
export async function share(instrument, sound) {
  const field = element('share-link', HTMLInputElement);
  const hint = element('share-hint', HTMLElement);
  element('shared', HTMLElement).hidden = false;
  field.value = linkTo(instrument, sound);
  field.select();
  hint.textContent = '';
  if (!instrument.link) {
    hint.textContent = ONLY_HERE;
    return;
  }
  if (navigator.share && matchMedia('(pointer: coarse)').matches) {
    // closing the sheet without sending is no error
    await navigator.share({ title: `${instrument.name}, played by voice`, url: field.value }).catch(() => {});
    return;
  }
  const copied = await navigator.clipboard?.writeText(field.value).then(
    () => true,
    () => false,
  );
  hint.textContent = copied ? 'Copied.' : 'Copy it from the field above.';
}
