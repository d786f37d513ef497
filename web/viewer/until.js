// Counts down to a real time by the server's clock: the page brings the hour and the server's time, and only elapsed time is measured here.
// A page out of a file brings the hour alone; there the device's own clock counts.
const [page] = performance.getEntriesByType('navigation');
const came = page ? page.responseStart : performance.now();
const two = (number) => String(number).padStart(2, '0');

for (const box of document.querySelectorAll('[data-until]')) {
  const span = box.dataset.until - (box.dataset.now ?? Date.now() - (performance.now() - came));
  const part = (name) => box.querySelector(`[data-${name}]`);
  part('left').hidden = false;
  const tick = () => {
    const ms = span - (performance.now() - came);
    const s = Math.max(0, Math.ceil(ms / 1000));
    const days = Math.floor(s / 86400);
    part('left').textContent = (days ? /*t*/`${days} d` + ' ' : '') + [s / 3600 % 24, s / 60 % 60, s % 60].map((number) => two(Math.floor(number))).join(':');
    if (s) return setTimeout(tick, ms % 1000 || 1000);
    for (const name of ['left', 'at', 'then']) part(name).hidden = true;
    part('over').hidden = false;
  };
  tick();
}
// A page that comes back from the browser's cache has an old clock: ask again.
addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
