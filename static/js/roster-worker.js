// Keeps the page of the roster without network, and nothing else: no other page, no person's data. NAME, PAGE and FILES stand above.
"use strict";
const PATIENCE = 4000; // milliseconds: over a dying link the kept page is better than a white one
const files = new Set(FILES.map((file) => new URL(file, self.location).href));

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([PAGE, ...FILES])).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("saboq-roster-") && name !== NAME);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

const kept = async (key) => (await caches.open(NAME)).match(key);
const newest = async (request) => {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (response.ok && !response.redirected) {
      await (await caches.open(NAME)).put(PAGE, response.clone());
      return response;
    }
    return await kept(PAGE) || response;
  } catch (fault) {
    const page = await kept(PAGE);
    if (page) return page;
    throw fault;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (address.pathname === PAGE) event.respondWith(newest(request.url));
  } else if (files.has(address.href)) {
    event.respondWith(kept(address.href).then((file) => file || fetch(request)));
  }
});
