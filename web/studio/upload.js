// A chosen file is sent at once, with its progress shown; the path that comes back goes into the field that it is for, and with the form as if
// it had been typed. Where anything fails the words stand here and the form is as it was.
import { all, make, one } from '../shared/dom.js';

const bytesMax = 64 * 1024 * 1024;

for (const place of all('[data-upload]')) {
  const file = one('input[type=file]', place);
  const form = file.form;
  const name = file.name.replace(/\.file$/, '');
  const said = make('p', { role: 'status', class: 'muted' });
  place.append(said);
  let going = null;
  const say = (words, wrong = false) => { said.textContent = words; said.className = wrong ? 'wrong' : 'muted'; };

  file.addEventListener('change', () => {
    going?.abort();
    const chosen = file.files[0];
    if (!chosen) return;
    if (chosen.size > bytesMax) { file.value = ''; say('This file is larger than 64 MB; export it smaller.', true); return; }
    const body = new FormData();
    body.append('csrf', form.elements.csrf.value);
    body.append('name', chosen.name.slice(0, 120));
    body.append('alt', form.elements.alt?.value ?? '');
    body.append('file', chosen);
    const bar = make('progress', { max: '1', value: '0', 'aria-label': `Sending ${chosen.name}` });
    say('Sending…');
    said.before(bar);
    const request = going = new XMLHttpRequest();
    request.upload.addEventListener('progress', (event) => {
      if (!event.lengthComputable) return;
      bar.value = event.loaded / event.total;
      if (event.loaded === event.total) { bar.removeAttribute('value'); say('Sent. It is being read…'); }
    });
    request.addEventListener('loadend', () => {
      bar.remove();
      if (going !== request) return;
      going = null;
      file.value = '';
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* no answer of ours */ }
      if (request.status !== 201) { say(answer.error ? answer.error.message : 'It could not be sent. Try again.', true); return; }
      form.elements[name].value = answer.path;
      one('img', place)?.remove();
      if (answer.picture) {  // captions have none
        const small = answer.picture.replace(/\.webp$/, answer.width > 160 ? '-160.webp' : '.webp');
        place.prepend(make('img', { src: place.dataset.upload.replace(/\/studio\/media$/, '') + small, alt: '', width: '48', height: '48' }));
      }
      say(answer.kind === 'video' ? 'Kept, with a frame of its own. Save to use it.' : 'Kept. Save to use it.');
      form.dispatchEvent(new Event('input', { bubbles: true }));
    });
    request.open('POST', place.dataset.upload);
    request.setRequestHeader('accept', 'application/json');
    request.send(body);
  });
  // A form that is sent meanwhile takes the file with it, as without scripts.
  form.addEventListener('submit', () => going?.abort());
}
