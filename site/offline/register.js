/** Registers the site's service worker (sw.js beside this file). Where there is none, the pages work all the same. */

if (navigator.serviceWorker) {
  try {
    await navigator.serviceWorker.register(new URL('sw.js', import.meta.url));
    const { active } = await navigator.serviceWorker.ready;
    if (/\/train\/(index\.html)?$/.test(location.pathname)) active?.postMessage('training');
  } catch (error) {
    console.info(`The pages are not kept for use without a network: ${error.message}`);
  }
}
