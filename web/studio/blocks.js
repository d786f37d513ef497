// The list of blocks is put in order by dragging or with the arrow keys on a block's handle; each step is the same form that the buttons
// send, so that it can be undone. A look is tried on the preview before it is taken.
import { all, one } from '../shared/dom.js';

const list = one('[data-blocks]');
const form = one('[data-order]');
const ids = () => all('[data-block]', list).map((block) => block.dataset.block).join(',');

function send(block) {
  form.elements.order.value = ids();
  form.elements.moved.value = block.dataset.block;
  form.submit();
}

// The neighbour that the held block has passed goes to its other side: the held one stays where it is in the document, or the browser would
// let go of the pointer.
function pass(block, y) {
  const { previousElementSibling: above, nextElementSibling: below } = block;
  const middle = (node) => { const box = node.getBoundingClientRect(); return box.top + box.height / 2; };
  if (above && y < middle(above)) block.after(above);
  else if (below && y > middle(below)) block.before(below);
}

for (const grip of all('[data-grip]', list)) {
  const block = grip.closest('[data-block]');
  grip.hidden = false;
  let before = '';
  const drop = (keep) => {
    if (!block.classList.contains('held')) return;
    block.classList.remove('held');
    const changed = ids() !== before;
    if (changed && keep) send(block);
    else if (changed) location.reload();
  };
  grip.addEventListener('pointerdown', (event) => {
    if (event.button) return;
    event.preventDefault();
    before = ids();
    grip.setPointerCapture(event.pointerId);
    block.classList.add('held');
  });
  grip.addEventListener('pointermove', (event) => {
    if (!block.classList.contains('held')) return;
    pass(block, event.clientY);
    const edge = 60;
    if (event.clientY < edge) scrollBy(0, -12);
    else if (event.clientY > innerHeight - edge) scrollBy(0, 12);
  });
  grip.addEventListener('pointerup', () => drop(true));
  grip.addEventListener('pointercancel', () => drop(false));
  grip.addEventListener('keydown', (event) => {
    const { previousElementSibling: above, nextElementSibling: below } = block;
    if (event.key === 'ArrowUp' && above) above.before(block);
    else if (event.key === 'ArrowDown' && below) below.after(block);
    else return;
    event.preventDefault();
    try { sessionStorage.setItem('grip', block.dataset.block); } catch { /* then the focus begins anew */ }
    send(block);
  });
}

// After a step by keys the handle has the focus again.
try {
  const held = sessionStorage.getItem('grip');
  sessionStorage.removeItem('grip');
  if (held) one(`[data-block="${CSS.escape(held)}"] [data-grip]`)?.focus();
} catch { /* a browser without storage */ }

const preview = one('[data-preview]');
const styles = one('[data-styles]');
const wear = () => {
  const chosen = one(':checked', styles);
  const root = preview.contentDocument?.documentElement;
  if (root && chosen) root.style.cssText = chosen.dataset.properties;
};
// Taking a property away again needs the page as it came: the first look sets none, and the draft's own must not shine through.
styles.addEventListener('change', () => {
  const own = all('style', preview.contentDocument).map((sheet) => sheet.sheet).filter(Boolean);
  for (const sheet of own) {
    const rules = [...sheet.cssRules];
    rules.forEach((rule, at) => { if (rule.cssText.includes('--shop-tone:')) sheet.deleteRule(at); });
  }
  wear();
});
