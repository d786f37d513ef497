// The boxes of the links' list: one for all of them, and how many are chosen. The form works without it.
import { all, one } from '../shared/dom.js';

const boxes = all('input[form=chosen][name=slug]');
const every = one('[data-every] input');
const counts = all('[data-count]');

function show() {
  const chosen = boxes.filter((box) => box.checked).length;
  for (const count of counts) count.textContent = chosen === 0 ? 'The chosen links' : chosen === 1 ? 'One link chosen' : `${chosen} links chosen`;
  every.checked = chosen === boxes.length;
  every.indeterminate = chosen > 0 && chosen < boxes.length;
}

if (every && boxes.length) {
  every.closest('label').hidden = false;
  every.addEventListener('change', () => { for (const box of boxes) box.checked = every.checked; show(); });
  for (const box of boxes) box.addEventListener('change', show);
  show();
}
