/* The field's pages without network. It keeps the empty shell of a page and answers with it where the
   network fails; a person's list is kept apart, by the pages themselves (field.js). It never keeps a
   document, nor a page that names a person. */
"use strict";
const KEPT = "field-shell";
const SHELL = "{{ shell|escapejs }}";
const FILES = [{% for file in files %}"{{ file|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const PATIENCE = 10000;

async function keep(cache, address) {
  const answer = await fetch(address, { credentials: "same-origin", cache: "no-cache" });
  /* A redirect leads to the sign-in page, which is not the shell. */
  if (!answer.ok || answer.redirected) { throw new Error(address); }
  await cache.put(address, answer);
}

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    await caches.delete(KEPT);
    const cache = await caches.open(KEPT);
    await Promise.all([SHELL, ...FILES].map((address) => keep(cache, address)));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => { event.waitUntil(self.clients.claim()); });

async function page(request) {
  const late = new Promise((resolve, reject) => { setTimeout(reject, PATIENCE, new Error("late")); });
  try {
    const answer = await Promise.race([fetch(request), late]);
    if (answer.status >= 502 && answer.status <= 504) { throw new Error("away"); }
    return answer;
  } catch (away) {
    const shell = await caches.match(SHELL, { cacheName: KEPT });
    if (shell) { return shell; }
    throw away;
  }
}

async function file(request) {
  try {
    return await fetch(request);
  } catch (away) {
    const kept = await caches.match(request, { cacheName: KEPT });
    if (kept) { return kept; }
    throw away;
  }
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) { return; }
  if (request.mode === "navigate") {
    if (/^\/(field|a)\//.test(url.pathname) && !/\/files\//.test(url.pathname)) { event.respondWith(page(request)); }
  } else if (FILES.includes(url.pathname)) {
    event.respondWith(file(request));
  }
});
