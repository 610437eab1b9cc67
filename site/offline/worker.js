/**
 * The site's service worker: keeps the pages, so that they open without a network. A first visit keeps start
 * and play page with one instrument; the rest is kept when it is used. A new release of the site takes over
 * when no page of the old one is open any more.
 */

const VERSION = ''; // filled in
const CORE = []; // filled in
const TRAINING = []; // filled in

const PREFIX = 'ddsp-worklet site ';
const NAME = `${PREFIX}${self.registration.scope} ${VERSION}`;

self.addEventListener('install', (event) => event.waitUntil(keep(CORE)));

self.addEventListener('activate', (event) => event.waitUntil(takeOver()));

self.addEventListener('message', (event) => {
  if (event.data === 'training') event.waitUntil(keep(TRAINING));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(self.registration.scope)) return;
  event.respondWith(answer(request));
});

async function keep(files) {
  const cache = await caches.open(NAME);
  const missing = [];
  for (const file of files) if (!(await cache.match(file))) missing.push(file);
  await cache.addAll(missing.map((file) => new Request(file, { cache: 'no-cache' })));
}

async function takeOver() {
  const old = (await caches.keys()).filter(
    (name) => name.startsWith(`${PREFIX}${self.registration.scope} `) && name !== NAME,
  );
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** What is kept comes from there: without what an address says behind its path, and whether it names index.html or not. */
async function answer(request) {
  const cache = await caches.open(NAME);
  const url = new URL(request.url);
  const address = url.origin + url.pathname.replace(/\/index\.html$/, '/');
  const kept = await cache.match(address);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && response.type === 'basic' && !response.redirected) {
    await cache.put(address, response.clone()).catch(() => {});
  }
  return response;
}
