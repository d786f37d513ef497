// The progress of an upload is shown, and the file's name goes with it; the form itself does the rest.
import { make, one } from '../shared/dom.js';

const form = one('[data-sends]');
const file = one('input[type=file]', form);

form.addEventListener('submit', (event) => {
  const chosen = file.files[0];
  if (!chosen) return;
  event.preventDefault();
  form.elements.name.value = chosen.name.slice(0, 120);
  const button = one('button', form);
  const bar = make('progress', { max: '1', value: '0', 'aria-label': `Sending ${chosen.name}` });
  const said = make('p', { role: 'status', class: 'small muted' }, 'Sending…');
  file.after(bar, said);
  button.disabled = true;
  const request = new XMLHttpRequest();
  request.upload.addEventListener('progress', ({ loaded, total, lengthComputable }) => {
    if (!lengthComputable) return;
    bar.value = loaded / total;
    if (loaded === total) { bar.removeAttribute('value'); said.textContent = 'Sent. It is being read…'; }
  });
  request.addEventListener('loadend', () => {
    if (request.status === 201) { location.assign(form.action); return; }
    let words = 'It could not be sent. Try again.';
    try { words = JSON.parse(request.responseText).error.message; } catch { /* no answer of ours */ }
    bar.remove();
    said.className = 'wrong';
    said.setAttribute('role', 'alert');
    said.textContent = words;
    button.disabled = false;
    form.addEventListener('input', () => said.remove(), { once: true });
  });
  request.open('POST', form.action);
  request.setRequestHeader('accept', 'application/json');
  request.send(new FormData(form));
});
