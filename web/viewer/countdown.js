// Counts down to the server's deadline by the server's clock: the page brings both, and only elapsed time is measured here.
// At zero the page asks the server what became of the hold; this clock decides nothing.
const box = document.querySelector('[data-clock]');
const remaining = box.querySelector('[data-remaining]');
const [page] = performance.getEntriesByType('navigation');
const came = page ? page.responseStart : performance.now();
const span = box.dataset.until - box.dataset.now;
let asked = false;
// The page may be a form's answer: its own address is asked, and nothing is sent again.
const look = () => location.replace(box.dataset.at);

function tick() {
  const ms = span - (performance.now() - came);
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  remaining.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  if (seconds) return setTimeout(tick, ms % 1000 || 1000);
  box.classList.add('over');
  // What was typed stays on the screen when the net is away; reload only when the server can answer.
  if (!asked) {
    asked = true;
    fetch(box.dataset.at, { method: 'HEAD', credentials: 'same-origin' }).then(() => setTimeout(look, 800), () => {});
  }
}
tick();
// A page that comes back from the browser's cache has an old clock: ask again.
addEventListener('pageshow', (event) => { if (event.persisted) look(); });
