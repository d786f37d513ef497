// Keeps "7 left" true while the page is open: stock and pin events of the session. Without it the page's own words stand.
const me = document.querySelector('script[data-events]');
const parse = (event) => { try { return JSON.parse(event.data); } catch { return {}; } };

if (me && window.EventSource) {
  const events = new EventSource(me.dataset.events);
  const versions = new Map(); // of each product's count on the page: news that was overtaken on its way is older
  events.addEventListener('stock', (event) => {
    const { product, left, held, version } = parse(event);
    if (!product || !Number.isInteger(left) || version < versions.get(product)) return;
    versions.set(product, version);
    for (const words of document.querySelectorAll('[data-state]')) {
      if (words.dataset.product !== product) continue;
      words.textContent = left ? `${left} left` : held ? 'all held' : 'sold out';
      words.classList.remove('good', 'sale', 'muted');
      words.classList.add(left || held ? 'sale' : 'muted');
    }
  });
  // Another product is on screen now: say so, and let the reader choose when to go there.
  events.addEventListener('pin', (event) => {
    const { product, name } = parse(event);
    const next = document.querySelector('[data-next]');
    const shown = document.querySelector('[data-pinned]');
    if (!next || !name || (shown && shown.dataset.pinned === product)) { if (next) next.hidden = true; return; }
    next.querySelector('[data-next-name]').textContent = name;
    next.hidden = false;
  });
  events.addEventListener('end', () => events.close());
  const status = document.querySelector('[data-connection]');
  if (status) {
    events.onopen = () => { status.hidden = true; };
    events.onerror = () => { status.hidden = false; };
  }
  addEventListener('pagehide', () => events.close());
}
