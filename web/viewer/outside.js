// Counts the tap where the browser does not send the link's own ping, and copies the address. The server counts a page's tap once.
const out = document.querySelector('[data-tap]');
if (out && out.dataset.tap) out.addEventListener('click', () => { navigator.sendBeacon?.(out.dataset.tap); });

const copy = document.querySelector('[data-copy]');
const field = document.getElementById('address');
field.addEventListener('focus', () => field.select());
copy.hidden = false;
copy.addEventListener('click', async () => {
  field.select();
  const done = await navigator.clipboard?.writeText(field.value).then(() => true, () => false) || document.execCommand('copy');
  copy.textContent = done ? /*t*/'Copied' : /*t*/'Select it and copy';
});
