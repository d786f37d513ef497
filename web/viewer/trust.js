// Checks the signed document behind every trust cue, when the page has settled, and says what came out. On a card the words that
// are shown must be among the signed ones too, and the price is checked against the signed quote beside the document (its .quote.json).
import { told_day, verify } from '../shared/verify.js';

const said = { verified: /*t*/'checked on your device', unknown: /*t*/'cannot be checked here' };

const strings = (value) => (typeof value === 'string' ? [value] : value && typeof value === 'object' ? Object.values(value).flatMap(strings) : []);

function differs(card, document) {
  // As wire/markup.hpp: stars that mark words are not shown.
  const signed = strings(document).flatMap((text) => [text, text.replace(/\*\*([^* ](?:[^*]*[^* ])?)\*\*|\*([^* ](?:[^*]*[^* ])?)\*/g, '$1$2')]);
  return card && ['h2', '.how'].map((part) => card.querySelector(part)).find((node) => node && !signed.includes(node.textContent.trim()));
}

// What can be said of the price that stands beside the cue, where one is offered; "" where none is.
async function priced(cue, document) {
  const shown = cue.closest('.snippet, .buy')?.querySelector('a.primary, .price')?.textContent.trim();
  if (!shown) return '';
  const { state, document: quote } = await verify(cue.dataset.doc.replace(/\.json.*/, '.quote.json'));
  const now = Date.now();  // five minutes for clocks that go wrong
  if (state !== 'verified' || quote.url !== document.url || !(Date.parse(quote.valid_from) < now + 3e5 && now < Date.parse(quote.valid_until))) {
    return /*t*/'the price could not be checked';
  }
  return shown === quote.price || shown.endsWith(` ${quote.price}`) ? /*t*/'its price too' : /*t*/`the signed price is ${quote.price} now`;
}

// Where the page shows the signed picture under its own name, its bytes must be the signed ones. It is asked once it is there.
async function pictured(cue, { image, image_digest }) {
  if (!image_digest) return;
  const { doc } = cue.dataset, { href } = new URL(image, new URL(doc, location)), picture = [...document.images].find(({ src }) => src === href);
  if (!picture) return;
  if (!picture.complete) await new Promise((there) => { picture.onload = there; });
  const answer = picture.naturalWidth && await fetch(href, { cache: 'force-cache' });
  if (!answer.ok) return;  // a picture that cannot be had says nothing
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await answer.arrayBuffer()));
  if (cue.dataset.doc === doc && image_digest !== `sha256-${btoa(String.fromCharCode(...bytes))}`) changed(cue, /*t*/'The signature is good, but the picture on this page is not the signed one.');
}

// The sentence of the evidence is made when the reader opens it.
function explained(cue, why) {
  const written = () => { cue.querySelector('[data-why]').textContent = why(); };
  cue.ontoggle = written;
  if (cue.open) written();
}

function changed(cue, why) {
  cue.classList.remove('verified');
  cue.classList.add('failed');
  cue.querySelector('[data-words]').textContent = /*t*/'Changed: the signature does not fit';
  cue.querySelector('[data-checked]').textContent = '';
  cue.ontoggle = null;
  cue.querySelector('[data-why]').textContent = why;
}

// What was asked of a document that is not the cue's any more is not said.
async function check(cue) {
  const { doc } = cue.dataset;
  const found = await verify(doc), { state, document, kept } = found, good = state === 'verified';
  if (cue.dataset.doc !== doc) return;
  if (state === 'failed') return changed(cue, found.why);
  if (good && differs(cue.closest('.snippet'), document)) return changed(cue, /*t*/'The signature is good, but the words on this page are not the signed ones.');
  cue.classList.add(state);
  const price = good && await priced(cue, document);
  if (cue.dataset.doc !== doc) return;
  cue.querySelector('[data-checked]').textContent = price ? `${said[state]}, ${price}` : said[state];
  explained(cue, () => [
    found.why,
    good && document.valid_until && Date.parse(document.valid_until) < Date.now() && /*t*/'These words have ended since.',
    good && kept && /*t*/`The shop could not be asked: the document was kept on this device on ${told_day(kept)}.`,
  ].filter(Boolean).join(' '));
  if (good) pictured(cue, document).catch(() => { /* a picture that cannot be had */ });
}

const settled = window.requestIdleCallback || ((run) => setTimeout(run, 200));
for (const cue of document.querySelectorAll('[data-doc]')) {
  const words = cue.querySelector('[data-words]'), own = words.textContent;
  // Its document became another one (left.js): nothing is said of it before it is checked.
  cue.addEventListener('changed', () => {
    cue.classList.remove('verified', 'failed', 'unknown');
    words.textContent = own;
    cue.querySelector('[data-checked]').textContent = '';
    check(cue);
  });
  settled(() => check(cue));
}
