// Checks the signed document behind every trust cue, when the page has settled, and says what came out. On a card the words that
// are shown must be among the signed ones too.
import { verify } from '../shared/verify.js';

const said = { verified: 'checked on your device', unknown: 'cannot be checked here' };

const strings = (value) => (typeof value === 'string' ? [value] : value && typeof value === 'object' ? Object.values(value).flatMap(strings) : []);

function differs(card, document) {
  const signed = strings(document);
  return card && ['h2', '.how'].map((part) => card.querySelector(part)).find((node) => node && !signed.includes(node.textContent.trim()));
}

async function check(cue) {
  let { state, why, document } = await verify(cue.dataset.doc);
  if (state === 'verified' && differs(cue.closest('.snippet'), document)) {
    state = 'failed';
    why = 'The signature is good, but the words on this page are not the signed ones.';
  }
  cue.classList.add(state);
  if (state === 'failed') cue.querySelector('[data-words]').textContent = 'The signature does not fit these words';
  else cue.querySelector('[data-checked]').textContent = said[state];
  cue.querySelector('[data-why]').textContent = why;
}

const settled = window.requestIdleCallback || ((run) => setTimeout(run, 200));
settled(() => document.querySelectorAll('[data-doc]').forEach(check));
