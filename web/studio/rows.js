// Rules and shares of a link: as many new ones as are wanted before the form is saved, put in order by dragging, with the arrow keys on the
// handle or with the buttons. The server reads them by the number in their names, so each row is numbered again when one has moved; nothing
// is kept before Save. Without scripts the form has one empty row and saves with each step.
import { all, make, one } from '../shared/dom.js';

const numbered = /^(rule|split)_\d+_/;

for (const list of all('[data-rows]')) {
  const kind = list.dataset.rows;
  const most = Number(list.dataset.most);
  const more = one(`[data-more="${kind}"]`);
  const full = one(`[data-full="${kind}"]`);
  const rows = () => all('[data-row]', list);
  // As the server sends it, before anything is typed into it. The empty rule makes room for the button.
  const blank = rows().at(-1).cloneNode(true);
  one('[data-new]', list)?.remove();

  function fresh() {
    const row = blank.cloneNode(true);
    for (const field of all('input', row)) {
      if (field.type === 'checkbox') field.checked = false;
      else field.value = '';
    }
    for (const field of all('select', row)) field.selectedIndex = 0;
    const words = one('.rule > summary strong', row);
    if (words) words.replaceChildren(make('span', { 'data-number': '' }), '. new');
    return row;
  }

  function number() {
    const there = rows();
    there.forEach((row, n) => {
      for (const node of all('[name], [id], [for], [aria-describedby]', row)) {
        for (const name of ['name', 'id', 'for', 'aria-describedby']) {
          const value = node.getAttribute(name);
          if (value && numbered.test(value)) node.setAttribute(name, value.replace(numbered, `${kind}_${n}_`));
        }
      }
      for (const button of all('[name=move]', row)) {
        const up = button.value.startsWith('up');
        button.value = `${up ? 'up' : 'down'}-${n}`;
        button.hidden = up ? n === 0 : n + 1 === there.length;
      }
      for (const words of all('[data-number]', row)) words.textContent = n + 1;
      one('[data-grip]', row)?.setAttribute('aria-label', `Move rule ${n + 1}. Arrow keys move it.`);
    });
    more.hidden = there.length >= most;
    full.hidden = !more.hidden;
  }

  // The neighbour goes to the other side: the row itself stays in the document, or the browser would let go of pointer and focus.
  function pass(row, y) {
    const { previousElementSibling: above, nextElementSibling: below } = row;
    const middle = (node) => { const box = node.getBoundingClientRect(); return box.top + box.height / 2; };
    if (above && y < middle(above)) row.after(above);
    else if (below && y > middle(below)) row.before(below);
  }
  function step(row, up) {
    const { previousElementSibling: above, nextElementSibling: below } = row;
    if (up && above) row.after(above);
    else if (!up && below) row.before(below);
    number();
  }

  function ready(row) {
    const grip = one('[data-grip]', row);
    if (grip) {
      grip.hidden = false;
      grip.addEventListener('pointerdown', (event) => {
        if (event.button) return;
        event.preventDefault();
        grip.setPointerCapture(event.pointerId);
        row.classList.add('held');
      });
      grip.addEventListener('pointermove', (event) => { if (row.classList.contains('held')) pass(row, event.clientY); });
      for (const end of ['pointerup', 'pointercancel']) grip.addEventListener(end, () => { row.classList.remove('held'); number(); });
      grip.addEventListener('keydown', (event) => {
        if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
        event.preventDefault();
        step(row, event.key === 'ArrowUp');
      });
    }
    for (const button of all('[name=move]', row)) {
      button.addEventListener('click', (event) => {
        event.preventDefault();
        step(row, button.value.startsWith('up'));
      });
    }
  }

  more.addEventListener('click', () => {
    const row = fresh();
    list.append(row);
    ready(row);
    number();
    const rule = one('.rule', row);
    if (rule) rule.open = true;
    one('input', row).focus();
  });

  rows().forEach(ready);
  number();
}
