// The service worker of one page, the studio's drafts, served at /drafts-sw.js and registered by studio/drafts.js for SCOPE/studio/drafts
// alone: no other page of the studio ever comes by here, and the public pages have a worker of their own (viewer/sw.js). It keeps the page's
// shell, in which nothing of the shop's work stands, and the files it is shown with, when the page asks for it: a page asks when its creator
// is signed in. At log-out the page takes the worker and what it kept away.
const own = new URL(registration.scope).pathname;  // "/studio/drafts" or "/@mira/studio/drafts"
const shelf = `barrow-drafts-1${own}`;
const patience_ms = 4000;
const files_max = 30;

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));

const is_shell = (answer) => answer.ok && answer.type === 'basic' && !answer.redirected && /^text\/html/.test(answer.headers.get('content-type') ?? '');

// The shell and its files go in together, or not at all: a kept page never lacks a script.
async function keep(files) {
  const page = await fetch(own, { cache: 'no-store' });
  if (!is_shell(page)) return;
  const cache = await caches.open(shelf);
  const wanted = files.filter((file) => new URL(file).origin === location.origin && new URL(file).pathname.startsWith('/assets/')).slice(0, files_max);
  const answers = await Promise.all(wanted.map(async (file) => (await cache.match(file)) ?? fetch(file)));
  if (answers.some((answer) => !answer.ok)) return;
  await Promise.all(answers.map((answer, i) => cache.put(wanted[i], answer)));
  await cache.put(own, page);
  for (const { url } of await cache.keys()) if (!wanted.includes(url) && new URL(url).pathname !== own) await cache.delete(url);
}

addEventListener('message', (event) => {
  if (Array.isArray(event.data?.keep)) event.waitUntil(keep(event.data.keep).then(() => event.source?.postMessage({ kept: true })).catch(() => {}));
});

async function shell(event) {
  const before = await (await caches.open(shelf)).match(own);
  if (!before) return fetch(event.request);
  let timer;
  const late = new Promise((_, failed) => { timer = setTimeout(() => failed(new Error('late')), patience_ms); });
  try {
    const answer = await Promise.race([fetch(event.request), late]);
    return answer.status >= 502 && answer.status <= 504 ? before : answer;
  } catch { return before; } finally { clearTimeout(timer); }
}

addEventListener('fetch', (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate') {
    if (url.pathname === own) event.respondWith(shell(event));
  } else if (url.pathname.startsWith('/assets/')) {
    event.respondWith(caches.open(shelf).then(async (cache) => (await cache.match(request.url)) ?? fetch(request)));
  }
});
