// The service worker of the public pages, served at /sw.js: what a device has seen of a shop it can show, and check, without the shop. Pages
// come from the network while that answers; a kept page says so and since when (data-kept on its <html>, which viewer/kept.js reads). What
// is signed (snippets, quotes, the shop's keys) and what it is shown with (files under a name of their content, pictures) is kept beside it.
// A form that gets no answer is answered by a page that says so; a sign-up for letters alone waits here.
const pages = 'barrow-pages-1', files = 'barrow-files-1';
const pages_max = 40, files_max = 300, file_bytes_max = 400_000, page_bytes_max = 400_000;
const patience_ms = 4000;  // for a page, when there is a kept one
const waiting_max = 20, waiting_days = 14;

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));

// The path without the shop's own beginning, "/@mira".
const within = (path) => path.replace(/^\/@[^/]+(?=\/|$)/, '') || '/';
const base_of = (path) => path.match(/^\/@[^/]+(?=\/|$)/)?.[0] ?? '';
const is_page = (path) => path === '/' || /^\/(p|live)\/[^/]+$/.test(path) || path === '/letters' || /^\/[a-z0-9][^/.]*$/.test(path);
const is_house = (path) => /^\/(verify|studio|api|operator|pay|orders|holds|overlay|webhooks|trust|s|qr|report|outside)(\/|$)/.test(path);
const is_signed = (path) => /^\/snippets\/[^/]+\.json$/.test(path) || path.endsWith('/did.json') || path === '/did.json' || path === '/bundle.json';
const is_file = (path) => /^\/(assets|media)\//.test(path);

// A copy with the day on it; `of` is the response as it came.
async function keep(cache_name, key, of, most, bytes_max) {
  const body = await of.arrayBuffer();
  if (body.byteLength > bytes_max) return;
  const headers = new Headers(of.headers);
  headers.set('x-kept', new Date().toISOString());
  const cache = await caches.open(cache_name);
  await cache.delete(key);  // the newest stands last
  await cache.put(key, new Response(body, { status: 200, headers }));
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(old);
}
const kept = async (cache_name, key) => (await caches.open(cache_name)).match(key);

const patiently = (promise, ms) => new Promise((done, failed) => {
  setTimeout(() => failed(new Error('late')), ms);
  promise.then(done, failed);
});

// A kept page as it is shown: `said` names what this answers ("page", "order", "letters"), for viewer/kept.html and viewer/offline.html.
async function shown(response, said, status = 200) {
  const headers = new Headers(response.headers);
  headers.delete('content-encoding');
  headers.delete('content-length');
  const since = headers.get('x-kept') ?? '';
  const html = (await response.text()).replace('<html ', `<html data-kept="${since}" data-said="${said}" `);
  return new Response(html, { status, headers });
}

async function offline_page(base, said) {
  const page = await kept(pages, `${base}/offline`);
  if (page) return shown(page, said, 503);
  return new Response(/*t*/'The shop did not answer.', { status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}

async function page(event, url) {
  const path = within(url.pathname), key = url.origin + url.pathname + (path === '/letters' ? url.search : '');
  const before = is_page(path) ? await kept(pages, key) : undefined;
  try {
    const asked = fetch(event.request);
    const answer = await (before ? patiently(asked, patience_ms) : asked);
    if (answer.headers.has('x-closed')) {  // by the operator: what was kept goes, too
      event.waitUntil(Promise.all([caches.delete(pages), caches.delete(files)]));
      return answer;
    }
    if (before && answer.status >= 502 && answer.status <= 504) return shown(before, 'page');
    if (is_page(path) && answer.ok && answer.type === 'basic' && !answer.redirected && /^text\/html/.test(answer.headers.get('content-type') ?? '')) {
      event.waitUntil(keep(pages, key, answer.clone(), pages_max, page_bytes_max).then(send_waiting));
    } else if (before && (answer.status === 404 || answer.status === 410)) {
      event.waitUntil(caches.open(pages).then((cache) => cache.delete(key)));
    }
    return answer;
  } catch {
    return before ? shown(before, 'page') : offline_page(base_of(url.pathname), 'page');
  }
}

async function file(event) {
  const before = await kept(files, event.request.url);
  if (before) return before;
  const answer = await fetch(event.request);
  if (answer.status === 200 && answer.type === 'basic') event.waitUntil(keep(files, event.request.url, answer.clone(), files_max, file_bytes_max).catch(() => {}));
  return answer;
}

async function signed(event) {
  try {
    // Asked each time: what was taken back, and a new key, are known at once. Mostly the answer is "as before".
    const answer = await patiently(fetch(event.request, { cache: 'no-cache' }), patience_ms);
    if (answer.ok) event.waitUntil(keep(files, event.request.url, answer.clone(), files_max, file_bytes_max));
    if (answer.status < 500 || answer.headers.has('x-closed')) return answer;
  } catch { /* what is kept follows */ }
  return await kept(files, event.request.url) ?? Response.error();
}

// ---- sign-ups that wait -----------------------------------------------------------------------------------------------------------

const database = () => new Promise((done, failed) => {
  const opening = indexedDB.open('barrow', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('waiting', { autoIncrement: true });
  opening.onsuccess = () => done(opening.result);
  opening.onerror = () => failed(opening.error);
});
const asked = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

async function wait(url, body) {
  const db = await database();
  const store = db.transaction('waiting', 'readwrite').objectStore('waiting');
  if (await asked(store.count()) >= waiting_max) throw new Error('full');
  await asked(store.add({ url, body, since: Date.now() }));
  await registration.sync?.register('barrow-waiting').catch(() => {});
}

let sending = false;
async function send_waiting() {
  if (sending) return;
  sending = true;
  try {
    const db = await database();
    const keys = await asked(db.transaction('waiting').objectStore('waiting').getAllKeys());
    for (const key of keys) {
      const one = await asked(db.transaction('waiting').objectStore('waiting').get(key));
      const old = Date.now() - one.since > waiting_days * 864e5;
      if (!old) {
        const answer = await fetch(one.url, { method: 'POST', body: one.body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
        if (answer.status >= 500 || answer.status === 429) throw new Error('later');
      }
      await asked(db.transaction('waiting', 'readwrite').objectStore('waiting').delete(key));
    }
  } finally { sending = false; }
}
addEventListener('sync', (event) => { if (event.tag === 'barrow-waiting') event.waitUntil(send_waiting()); });

async function post(event, url) {
  const path = within(url.pathname), copy = event.request.clone();
  try { return await fetch(event.request); } catch {
    if (path !== '/letters') return offline_page(base_of(url.pathname), 'order');
    try {
      await wait(url.href, await copy.text());
      return offline_page(base_of(url.pathname), 'letters');
    } catch { return offline_page(base_of(url.pathname), 'page'); }
  }
}

// ---- the bundle -------------------------------------------------------------------------------------------------------------------

// What a page asks for when it has settled: the list of what the shop shows now, and of it the documents that are not here yet, one by one:
// what breaks off goes on the next time.
async function fill(base) {
  const at = `${base}/bundle.json`, before = await kept(files, new URL(at, location).href);
  const answer = await fetch(at, before ? { headers: { 'if-none-match': before.headers.get('etag') ?? '' } } : {});
  if (answer.ok) {
    for (const { document } of (await answer.clone().json()).snippets) {
      const url = new URL(document, location).href;
      if (await kept(files, url)) continue;
      const one = await fetch(url);
      if (one.ok) await keep(files, url, one, files_max, file_bytes_max);
    }
    await keep(files, new URL(at, location).href, answer, files_max, file_bytes_max);
  }
  const offline = await fetch(`${base}/offline`);
  if (offline.ok) await keep(pages, `${base}/offline`, offline, pages_max, page_bytes_max);
  await send_waiting();
}
addEventListener('message', (event) => {
  if (typeof event.data?.keep === 'string') event.waitUntil(fill(event.data.keep).catch(() => {}));
});

addEventListener('fetch', (event) => {
  const { request } = event, url = new URL(request.url), path = within(url.pathname);
  if (url.origin !== location.origin || is_house(path)) {
    // A hold's or an order's own form: it is never kept, but its failure is told plainly.
    if (url.origin === location.origin && request.method === 'POST' && request.mode === 'navigate' && /^\/holds\//.test(path)) event.respondWith(post(event, url));
    return;
  }
  if (request.method === 'POST' && request.mode === 'navigate') event.respondWith(post(event, url));
  else if (request.method !== 'GET') return;
  else if (request.mode === 'navigate') event.respondWith(page(event, url));
  else if (is_file(path) && !request.headers.has('range')) event.respondWith(file(event));
  else if (is_signed(path)) event.respondWith(signed(event));
});
