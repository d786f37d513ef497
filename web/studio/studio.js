// What every studio page has: copy buttons, the + menu, the map of keys on ?, the palette on Ctrl-K.
import { all, copy, make, one } from '../shared/dom.js';
import { say } from '../shared/toast.js';

for (const button of all('[data-copy], [data-copy-from]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const from = button.dataset.copyFrom && document.getElementById(button.dataset.copyFrom);
    const done = await copy(from ? from.value : button.dataset.copy);
    if (from && !done) from.select();
    say(done ? 'Copied.' : 'This browser does not let us copy. Select the text and copy it yourself.');
  });
}

// What the page of drafts keeps on this device goes along at log-out, and what waits there unsent is named first: that page does both.
async function keeps_drafts() {
  try { return !indexedDB.databases || (await indexedDB.databases()).some(({ name }) => name.startsWith('barrow-drafts-')); } catch { return false; }
}
for (const form of all('form[data-log-out]')) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const base = new URL(form.action).pathname.replace(/\/studio\/logout$/, '');
    try {
      if (await keeps_drafts()) { sessionStorage.setItem(`barrow-log-out-${base}`, Date.now()); location.href = `${base}/studio/drafts`; return; }
    } catch { /* a browser that keeps nothing */ }
    form.submit();
  });
}

const menu = one('[data-menu]');
if (menu) addEventListener('click', (event) => { if (menu.open && !menu.contains(event.target)) menu.open = false; });

const places = all('.rail li a').map((link) => ({ words: link.textContent.trim(), href: link.href }))
  .concat(all('.make .sheet a').slice(0, 4).map((link) => ({ words: `New ${link.textContent.trim().toLowerCase()}`, href: link.href })));

function dialog(kind, ...children) {
  all('dialog').forEach((old) => old.remove());
  const box = make('dialog', kind, ...children);
  box.addEventListener('close', () => box.remove());
  box.addEventListener('click', (event) => { if (event.target === box) box.close(); });
  document.body.append(box);
  box.showModal();
  return box;
}

function keys() {
  const rows = [['?', 'this map'], ['Ctrl K', 'go to a page'], ['G then H', 'Home'], ['G then O', 'Orders'], ['G then P', 'Products'], ['G then S', 'Snippets'],
    ['G then L', 'Links'], ['G then V', 'Live'], ['G then N', 'Numbers']];
  if (document.body.classList.contains('room')) rows.push(['P', 'pin'], ['D', 'drop'], ['R', 'price'], ['E', 'end'], ['Esc', 'close']);
  const list = make('div', { class: 'keys' });
  for (const [key, words] of rows) list.append(make('kbd', {}, key), make('span', {}, words));
  dialog({ 'aria-label': 'Keys' }, make('h2', {}, 'Keys'), list);
}

function palette() {
  const input = make('input', { type: 'text', 'aria-label': 'Go to', placeholder: 'Go to …', autocomplete: 'off', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'palette-list' });
  const list = make('ul', { id: 'palette-list', role: 'listbox' });
  let at = 0;
  const show = () => {
    const words = input.value.toLowerCase();
    const found = places.filter((place) => place.words.toLowerCase().includes(words));
    at = Math.max(0, Math.min(at, found.length - 1));
    list.replaceChildren(...found.map((place, i) => make('li', { role: 'none' },
      make('a', { href: place.href, role: 'option', class: i === at ? 'at' : '', 'aria-selected': String(i === at), tabindex: '-1', id: `palette-${i}` }, place.words))));
    input.setAttribute('aria-activedescendant', found.length ? `palette-${at}` : '');
  };
  const box = dialog({ class: 'palette', 'aria-label': 'Go to' }, input, list);
  input.addEventListener('input', () => { at = 0; show(); });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') at += 1;
    else if (event.key === 'ArrowUp') at -= 1;
    else if (event.key === 'Enter') { const link = one('.at', list); if (link) location.href = link.href; return; } else return;
    event.preventDefault();
    show();
  });
  show();
  input.focus();
  return box;
}

let went = 0;
addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') { event.preventDefault(); palette(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || /INPUT|TEXTAREA|SELECT/.test(event.target.tagName) || one('dialog[open]')) return;
  if (event.key === '?') { keys(); return; }
  if (event.key === 'g') { went = event.timeStamp; return; }
  const where = { h: 'Home', o: 'Orders', p: 'Products', s: 'Snippets', l: 'Links', v: 'Live', n: 'Numbers' }[event.key];
  if (where && went && event.timeStamp - went < 1500) {
    const place = places.find((one_place) => one_place.words === where);
    event.stopImmediatePropagation();
    if (place) location.href = place.href;
  }
  went = 0;
});
