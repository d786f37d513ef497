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

// Pages with a time to type lead here.
if (location.hash === '#stall') document.getElementById('stall').open = true;

// The browser's own zone, where its clock is another one: proposed, never taken by itself.
const zone = form.querySelector('[data-zone]');
const note = form.querySelector('[data-zone-note]');
const clock = (name) => {
  try { return new Intl.DateTimeFormat('en', { timeZone: name, dateStyle: 'short', timeStyle: 'short' }); } catch { return null; }
};
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
function same_clock(a, b) {
  const now = Date.now();
  return [0, 91, 182, 273].every((days) => clock(a).format(now + days * 864e5) === clock(b).format(now + days * 864e5));
}
function propose() {
  note.hidden = !here || !clock(here) || (clock(zone.value) && same_clock(zone.value, here));
}
note.querySelector('[data-zone-here]').textContent = here;
note.querySelector('button').addEventListener('click', () => { zone.value = here; note.hidden = true; zone.focus(); });
zone.addEventListener('change', propose);
propose();
