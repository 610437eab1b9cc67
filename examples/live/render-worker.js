/**
 * Plays a recording through a model, as fast as the machine can. A worker of its own, so that the page stays
 * free; ending it cancels. Import maps do not count in workers: the library is loaded by its place.
 */

/** @typedef {{ model: ArrayBuffer, audio: Float32Array, options: import('ddsp-worklet').RenderOptions }} Job */

/** @type {Promise<typeof import('ddsp-worklet')>} */
const library = import(new URL('../lib/index.js', import.meta.url).href);

addEventListener('message', async ({ data }) => {
  const { model, audio, options } = /** @type {Job} */ (data);
  try {
    const { readModel, renderOffline } = await library;
    const onProgress = (/** @type {number} */ share) => postMessage({ share });
    const played = await renderOffline(readModel(model), audio, { ...options, onProgress });
    postMessage({ played }, { transfer: [played.buffer] });
  } catch (error) {
    postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
