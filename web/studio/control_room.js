// Keeps the room true while a session is on: numerals, orders and the overlay's pulse come by events; every button is a form
// that works without this file.
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

if (room.dataset.events && window.EventSource) {
  const events = new EventSource(room.dataset.events);
  const pinned = () => part('pinned') && part('pinned').dataset.pinned;
  const set = (name, value) => { const node = part(name); if (node && value !== undefined) node.textContent = value; };
  events.addEventListener('stock', (event) => {
    const stock = parse(event);
    if (stock.product !== pinned()) return;
    for (const name of ['held', 'sold', 'left']) set(name, stock[name]);
  });
  events.addEventListener('order', (event) => {
    const order = parse(event);
    const list = part('orders');
    const row = document.createElement('li');
    const add = (to, name, kind, words) => {
      const node = document.createElement(name);
      node.className = kind;
      node.textContent = words || '';
      to.append(node);
      return node;
    };
    add(row, 'span', 'count', order.number);
    const what = add(row, 'span', 'grow', '');
    add(what, 'bdi', '', order.what);
    add(what, 'span', 'small muted', order.when);
    add(row, 'span', 'state good', order.state);
    add(row, 'span', 'money', order.total);
    // The list has its own scroll, so nothing under the thumb moves.
    const before = list.scrollTop && list.scrollHeight;
    list.prepend(row);
    if (before) list.scrollTop += list.scrollHeight - before;
    while (list.children.length > 50) list.lastChild.remove();
    part('no-orders').hidden = true;
    set('total-sold', order.session_sold);
    set('net', order.session_net);
  });
  events.addEventListener('overlay', (event) => {
    const { words, ok } = parse(event);
    const line = part('overlay');
    line.textContent = words;
    line.classList.toggle('good', ok);
    line.classList.toggle('danger', !ok);
  });
  // Somebody pinned from another device: show the same.
  events.addEventListener('pin', (event) => {
    if ((parse(event).product || '') !== pinned() && !acts.some((act) => act.open)) location.reload();
  });
  addEventListener('pagehide', () => events.close());
}
