// The page's side of viewer/sw.js: asks for it, and on a page that the device kept says since when, and offers nothing that needs the shop.
const root = document.documentElement, note = document.querySelector('[data-kept-note]');

if (root.dataset.kept && note) {
  const since = new Date(root.dataset.kept), time = note.querySelector('time');
  time.dateTime = root.dataset.kept;
  time.textContent = new Intl.DateTimeFormat(root.lang, { dateStyle: 'long', timeStyle: 'short' }).format(since);
  note.hidden = false;
  for (const form of document.querySelectorAll('form.hold')) {
    for (const control of form.elements) control.disabled = true;
  }
  // Until the shop answers again: at first soon, then every minute, and when the device says that it has a network.
  const again = note.querySelector('[data-again]');
  let pause = 5000;
  const look = async () => {
    try {
      if ((await fetch(location.href, { method: 'HEAD', cache: 'no-store' })).ok) { again.hidden = false; return; }
    } catch { /* not yet */ }
    setTimeout(look, pause = Math.min(pause * 1.5, 60_000));
  };
  addEventListener('online', look);
  setTimeout(look, pause);
  again.addEventListener('click', () => location.reload());
}

// Only where the browser has one; the page promises nothing without.
if (navigator.serviceWorker && window.isSecureContext) {
  const script = window.trustedTypes?.createPolicy('barrow', { createScriptURL: (path) => path }).createScriptURL('/sw.js') ?? '/sw.js';
  const settled = window.requestIdleCallback || ((run) => setTimeout(run, 500));
  settled(async () => {
    try {
      await navigator.serviceWorker.register(script, { scope: '/' });
      (await navigator.serviceWorker.ready).active.postMessage({ keep: note?.dataset.base ?? '' });
    } catch { /* a browser without storage, or private windows */ }
  });
}
