// The stall beside the form takes the colours and words while they are chosen. The server has the last word on contrast.
const form = document.getElementById('page-form');
const mini = document.querySelector('[data-mini]');
const own = form.querySelector('[name=swatch][value=""]');
const luminance = (hex) => {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4));
  return .2126 * r + .7152 * g + .0722 * b;
};

function show() {
  const chosen = form.querySelector('[name=swatch]:checked');
  if (chosen && chosen.value) { form.elements.accent.value = chosen.dataset.accent; form.elements.paper.value = chosen.dataset.paper; }
  const accent = form.elements.accent.value;
  mini.style.setProperty('--accent', accent);
  mini.style.setProperty('--on-accent', luminance(accent) > .18 ? '#08251a' : '#fff');
  mini.style.setProperty('--paper', form.elements.paper.value);
  document.querySelector('[data-mini-name]').textContent = form.elements.name.value;
  document.querySelector('[data-mini-bio]').textContent = form.elements.bio.value;
}
for (const name of ['accent', 'paper']) form.elements[name].addEventListener('input', () => { if (own) own.checked = true; });
form.addEventListener('input', show);
