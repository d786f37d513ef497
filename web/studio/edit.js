// Beside the form: limits that count while you type, the real card that follows.
const form = document.getElementById('edit');

for (const input of form.querySelectorAll('[data-limit]')) {
  const count = document.createElement('span');
  count.className = 'limit';
  input.after(count);
  const show = () => {
    const length = [...input.value.trim()].length;
    count.textContent = `${length} of ${input.dataset.limit}`;
    count.classList.toggle('over', length > input.dataset.limit);
  };
  input.addEventListener('input', show);
  show();
}

// As wire/markup.hpp: *stressed* and **strong** words.
function marked(text) {
  const nodes = [];
  let done = 0;
  for (const match of text.matchAll(/\*\*([^* ](?:[^*]*[^* ])?)\*\*|\*([^* ](?:[^*]*[^* ])?)\*/g)) {
    const node = document.createElement(match[1] ? 'strong' : 'em');
    node.textContent = match[1] ?? match[2];
    nodes.push(text.slice(done, match.index), node);
    done = match.index + match[0].length;
  }
  return [...nodes, text.slice(done)];
}

// data-shows names the part of the card that the field fills.
const card = document.querySelector('.beside .snippet');
const parts = { title: 'h2 bdi', how: '.how', action: '.button bdi' };
for (const input of form.querySelectorAll('[data-shows]')) {
  const part = card && card.querySelector(parts[input.dataset.shows]);
  const price = input.dataset.shows === 'action' && part ? part.textContent.match(/ · [^·]*$/)?.[0] ?? '' : '';
  if (part) input.addEventListener('input', () => { part.replaceChildren(...(input.dataset.shows === 'how' ? marked(input.value) : [input.value + price])); });
}

for (const chip of form.querySelectorAll('[data-fill]')) {
  chip.addEventListener('click', () => {
    const input = form.elements[chip.dataset.fill];
    input.value = chip.dataset.value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.focus();
  });
}
