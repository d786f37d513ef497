// Keeps "7 left" true while the page is open: stock and pin events of the session. Without it the page's own words stand.
const me = document.querySelector('script[data-events]');
const parse = (event) => { try { return JSON.parse(event.data); } catch { return {}; } };

// Other words of the product on screen, and where their proof is; trust.js checks it anew. Without a proof the page's own words
// stand: an experiment runs, and each viewer has their own.
function say(pinned, does, doc, signed) {
  const words = pinned.querySelector('[data-does]'), cue = pinned.querySelector('[data-doc]');
  if (doc === undefined || !words || (words.textContent === does && (!cue || cue.dataset.doc === doc))) return;
  words.textContent = does;
  words.hidden = !does;
  if (!cue) return;
  cue.hidden = !doc;
  if (!doc) return;
  for (const link of cue.querySelectorAll('a')) link.href = link.href.replace(cue.dataset.doc, doc);
  cue.dataset.doc = doc;
  cue.querySelector('[data-signed]').textContent = signed;
  cue.dispatchEvent(new Event('changed'));
}

if (me && window.EventSource) {
  const events = new EventSource(me.dataset.events);
  const versions = new Map(); // of each product's count on the page: news that was overtaken on its way is older
  events.addEventListener('stock', (event) => {
    const { product, left, held, version } = parse(event);
    if (!product || !Number.isInteger(left) || version < versions.get(product)) return;
    versions.set(product, version);
    for (const words of document.querySelectorAll('[data-state]')) {
      if (words.dataset.product !== product) continue;
      words.textContent = left ? /*t*/`${left} left` : held ? /*t*/'all held' : /*t*/'sold out';
      words.classList.remove('good', 'sale', 'muted');
      words.classList.add(left || held ? 'sale' : 'muted');
    }
  });
  // Another product is on screen now: say so, and let the reader choose when to go there.
  events.addEventListener('pin', (event) => {
    const { product, name, does, doc, signed } = parse(event);
    const next = document.querySelector('[data-next]');
    const shown = document.querySelector('[data-pinned]');
    if (shown && shown.dataset.pinned === product) say(shown, does, doc, signed);
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
