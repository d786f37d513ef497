// Shows what is pinned and how many are left, as the server tells it. EventSource reconnects by itself and sends
// Last-Event-ID; where it gives up (an HTTP error) we begin again. A count that may be old is taken off the screen.
const tag = document.querySelector('[data-tag]');
const part = (name) => tag.querySelector(`[data-${name}]`);
const me = document.querySelector('script[data-events]');
const parse = (event) => { try { return JSON.parse(event.data); } catch { return {}; } };
let product = tag.dataset.product;
// Of the count on screen. News may be overtaken on its way; what is older than the screen is not shown.
let version = 0;
const newer = (news) => Number.isInteger(news.left) && !(news.version < version);
let deadline = 0;

function show_left(left) {
  const number = part('left');
  // The widest count so far keeps its room, so that nothing jumps from 10 to 9.
  const digits = Math.max(String(left).length, number.dataset.digits || 1);
  number.dataset.digits = digits;
  number.style.setProperty('--digits', `${digits}ch`);
  number.textContent = left;
  tag.classList.toggle('out', left === 0);
}

function show_deadline(until, now) {
  deadline = until ? performance.now() + (until - now) : 0;
  tick();
}

let timer;
function tick() {
  clearTimeout(timer);
  const clock = part('clock');
  const ms = deadline - performance.now();
  clock.hidden = !deadline || ms <= 0;
  if (clock.hidden) return;
  const seconds = Math.ceil(ms / 1000);
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  timer = setTimeout(tick, ms % 1000 || 1000);
}

function pin(item) {
  tag.hidden = !item.name;
  if (item.product !== product) version = 0;
  product = item.product;
  if (!item.name) return show_deadline(0);
  part('name').textContent = item.name;
  part('price').textContent = item.price;
  part('url').textContent = item.url || '';
  part('does').textContent = item.does || '';
  part('does').hidden = !item.does;
  const qr = part('qr');
  qr.hidden = !item.qr;
  if (item.qr) qr.src = item.qr; else qr.removeAttribute('src');
  if (newer(item)) {
    version = item.version;
    delete part('left').dataset.digits;
    show_left(item.left);
  }
  show_deadline(item.until_ms, item.now_ms || Date.now());
}

let stale;
function listen() {
  const events = new EventSource(me.dataset.events);
  events.onopen = () => { clearTimeout(stale); stale = 0; tag.classList.remove('stale'); };
  events.onerror = () => {
    stale = stale || setTimeout(() => tag.classList.add('stale'), 15000);
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  };
  events.addEventListener('pin', (event) => pin(parse(event)));
  events.addEventListener('stock', (event) => {
    const stock = parse(event);
    if (stock.product !== product || !newer(stock)) return;
    version = stock.version;
    show_left(stock.left);
  });
  events.addEventListener('end', () => { tag.hidden = true; });
  // A new program is being served: take it.
  events.addEventListener('reload', () => location.reload());
}

if (!tag.hidden) {
  show_left(Number(part('left').textContent));
  show_deadline(Number(tag.dataset.until), Number(tag.dataset.now));
}
listen();
