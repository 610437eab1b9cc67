/** The instruments on offer, and where their files come from. */

/** @typedef {{ name: string, load: () => Promise<ArrayBuffer> }} Instrument */

const FOLDER = new URL('../../models/', import.meta.url);

/** @type {Instrument[]} */
export const instruments = [
  fromServer('Violin', 'violin.safetensors'),
  fromServer('Alto saxophone', 'saxophone.safetensors'),
  fromServer('Cello', 'cello.safetensors'),
];

/** @param {File} file @returns {Instrument} */
export function fromFile(file) {
  return { name: file.name, load: () => file.arrayBuffer() };
}

/**
 * Fetched once, when first played.
 * @param {string} name @param {string} file @returns {Instrument}
 */
function fromServer(name, file) {
  /** @type {Promise<ArrayBuffer> | null} */
  let bytes = null;
  return {
    name,
    load() {
      bytes ??= download(new URL(file, FOLDER)).catch((error) => {
        bytes = null;
        throw error;
      });
      return bytes;
    },
  };
}

/** @param {URL} url */
async function download(url) {
  const response = await fetch(url).catch(() => null);
  if (!response) throw new Error(`The instrument could not be loaded: ${url.pathname} cannot be reached.`);
  if (!response.ok) {
    throw new Error(
      `The instrument could not be loaded: the server has no ${url.pathname} (${response.status}).`,
    );
  }
  return response.arrayBuffer();
}
