// Keeps the room true while a session is on: numerals come by events, orders and the overlays' state are read anew; every
// button is a form that works without this file.
import { make } from '../shared/dom.js';

const room = document.body;
const part = (name) => document.querySelector(`[data-${name}]`);
const parse = (event) => { try { return JSON.parse(event.data); } catch { return {}; } };
const acts = [...document.querySelectorAll('.acts > details')];

// One panel at a time, also where the browser does not know details[name].
for (const act of acts) act.addEventListener('toggle', () => {
  if (act.open) for (const other of acts) if (other !== act) other.open = false;
});
addEventListener('keydown', (event) => {
  if (event.key === 'Escape') for (const act of acts) act.open = false;
  if (event.ctrlKey || event.metaKey || event.altKey || /INPUT|TEXTAREA|SELECT/.test(event.target.tagName)) return;
  const act = acts[['p', 'd', 'r', 'e'].indexOf(event.key)];
  if (act) { act.open = !act.open; (act.querySelector('.panel button, .panel input:not([type=hidden])') || act).focus(); event.preventDefault(); }
});

// Big steppers round the numbers of a drop.
for (const input of document.querySelectorAll('[data-step]')) {
  const box = document.createElement('div');
  box.className = 'stepper';
  input.replaceWith(box);
  const button = (sign, by, words) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = sign;
    made.setAttribute('aria-label', `${words} ${input.labels ? input.name : ''}`);
    made.addEventListener('click', () => { input.value = Math.max(1, (parseInt(input.value, 10) || 0) + by); });
    return made;
  };
  box.append(button('−', -1, 'fewer'), input, button('+', 1, 'more'));
}

let version = 0; // of the numerals: news that was overtaken on its way is older and not shown
const pinned = () => part('pinned') && part('pinned').dataset.pinned;
const set = (name, value) => { const node = part(name); if (node && value !== undefined) node.textContent = value; };

function show_stock(stock) {
  if (stock.product !== pinned() || stock.version < version) return;
  version = stock.version;
  for (const name of ['held', 'sold', 'left']) set(name, stock[name]);
}

const row = (order) => make('li', { 'data-test': 'sale' }, make('span', { class: 'count' }, order.number),
  make('span', { class: 'grow' }, make('bdi', {}, order.what), make('span', { class: 'small muted' }, make('bdi', {}, order.buyer), ` · ${order.when}`)),
  make('span', { class: `state ${order.state_kind}` }, order.state), make('span', { class: 'money' }, order.total));

async function read_anew() {
  const answer = await fetch(`${location.pathname}?as=json`, { headers: { accept: 'application/json' } }).catch(() => null);
  if (!answer || !answer.ok) return;
  const now = await answer.json();
  set('total-sold', now.total_sold);
  set('net', now.net);
  set('overlay', now.overlay_seen);
  part('overlay').classList.toggle('good', now.overlay_ok);
  part('overlay').classList.toggle('danger', !now.overlay_ok);
  if (now.pinned) show_stock(now.pinned);
  // The list has its own scroll, so nothing under the thumb moves.
  const list = part('orders');
  const below = list.scrollTop && list.scrollHeight - list.scrollTop;
  list.replaceChildren(...now.orders.map(row));
  if (below) list.scrollTop = list.scrollHeight - below;
  part('no-orders').hidden = now.orders.length > 0;
}

if (room.dataset.events && window.EventSource) {
  const events = new EventSource(room.dataset.events);
  events.addEventListener('stock', (event) => {
    show_stock(parse(event));
  });
  // The event says only that something was paid: what it was is the owner's, and read with the owner's cookie.
  events.addEventListener('order', read_anew);
  setInterval(() => { if (!document.hidden) read_anew(); }, 10000);
  // Somebody pinned from another device: show the same.
  events.addEventListener('pin', (event) => {
    if ((parse(event).product || '') !== pinned() && !acts.some((act) => act.open)) location.reload();
  });
  events.addEventListener('end', () => location.reload());
  addEventListener('pagehide', () => events.close());
}
