/** The instruments on offer: those that come with the pages, and the user's own, opened or trained here. */

import { ModelError, readModel } from 'ddsp-worklet';
import { converted, isForeign } from './foreign.js';
import { quoted } from './page.js';
import { Shelf } from './storage.js';

/**
 * @typedef {object} Instrument
 * @property {string} id
 * @property {string} name
 * @property {boolean} own
 * @property {string | null} link what `?model=` calls it in an address; null: it is in this browser only
 * @property {() => Promise<ArrayBuffer>} load the model file
 */

const FOLDER = new URL('../models/', import.meta.url);

const BUNDLED = [
  bundled('violin', 'Violin'),
  bundled('saxophone', 'Alto saxophone'),
  bundled('cello', 'Cello'),
];

/** @type {Shelf<import('./storage.js').InstrumentRecord>} */
const shelf = new Shelf('instruments');

/** @returns {Promise<Instrument[]>} those that come with the pages first */
export async function listInstruments() {
  return [...BUNDLED, ...(await shelf.list()).map(own)];
}

/**
 * Reads an instrument and keeps it in this browser; one of the same id is replaced. One of another program is kept
 * as a model of this library.
 * @param {ArrayBuffer} given
 * @param {{ name: string, id?: string, link?: string | null, config?: File }} about `name` of the file, for errors, and where the model says none; `config` that belongs to it
 * @returns {Promise<Instrument>}
 * @throws an Error in the user's words when it is no instrument; nothing is kept then
 */
export async function keepInstrument(
  given,
  { name, id = `${name} ${given.byteLength}`, link = null, config },
) {
  const file = isForeign(name) ? await converted(given, name, config) : given;
  const model = await explained(name, async () => readModel(file));
  const record = { id, name: model.about.name || name, file, added: Date.now(), link };
  await shelf.put(record);
  return own(record);
}

/** @param {string} id */
export function forgetInstrument(id) {
  return shelf.remove(id);
}

/**
 * The instrument that an address names: one of the pages' own, or a model file anywhere.
 * @param {string} link @returns {Promise<Instrument>}
 */
export async function linkedInstrument(link) {
  const known = (await listInstruments()).find((instrument) => instrument.link === link);
  if (known) return known;
  const url = new URL(link, document.baseURI);
  if (!/^https?:$/.test(url.protocol)) throw new Error(`The link names no instrument: ${quoted(link)}.`);
  const name = decodeURIComponent(url.pathname.split('/').at(-1) ?? '') || url.host;
  return keepInstrument(await download(url, name), { name, id: url.href, link });
}

/** Whether a dropped or picked file is meant to be an instrument. @param {File} file */
export function looksLikeInstrument({ name }) {
  return /\.safetensors$/i.test(name) || isForeign(name);
}

/** @param {import('./storage.js').InstrumentRecord} record @returns {Instrument} */
function own({ id, name, file, link }) {
  return { id, name, link, own: true, load: async () => file };
}

/** @param {string} id @param {string} name @returns {Instrument} */
function bundled(id, name) {
  /** @type {Promise<ArrayBuffer> | null} */
  let bytes = null;
  return {
    ...{ id, name, link: id, own: false },
    load() {
      bytes ??= download(new URL(`${id}.safetensors`, FOLDER), name).catch((error) => {
        bytes = null;
        throw error;
      });
      return bytes;
    },
  };
}

/** @param {URL} url @param {string} name */
async function download(url, name) {
  const response = await fetch(url).catch(() => null);
  if (!response) {
    throw new Error(
      `${quoted(name)} could not be loaded: ${url.host} cannot be reached, or does not share it.`,
    );
  }
  if (!response.ok) {
    throw new Error(
      `${quoted(name)} could not be loaded: ${url.host} does not have it (${response.status}).`,
    );
  }
  return response.arrayBuffer();
}

/** What is wrong with a file, to somebody who has never seen its inside. @type {Record<string, string>} */
const WORDS = {
  'not-a-model': 'is not an instrument. Instruments that were trained here are .safetensors files.',
  truncated: 'is not a complete instrument. Download or copy it again.',
  version: 'was made for a newer release of this page. Reload the page, or train the instrument again.',
  'too-large': 'is too large to be an instrument.',
  'too-costly': 'needs more than a device can do while it plays.',
};

/** @template Result @param {string} name @param {() => Promise<Result>} work @returns {Promise<Result>} */
async function explained(name, work) {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof ModelError)) throw cause;
    const words = WORDS[cause.code] ?? 'is damaged, so it cannot be played. Download or train it again.';
    throw new Error(`${quoted(name)} ${words}`, { cause });
  }
}
