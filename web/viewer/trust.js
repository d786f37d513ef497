// Checks the signed document behind every trust cue, when the page has settled, and says what came out. On a card the words that
// are shown must be among the signed ones too.
import { verify } from '../shared/verify.js';

const said = {
  verified: (by) => `Signed by ${by} · checked on your device`,
  failed: () => 'The signature does not fit these words',
  unknown: (by) => `Signed by ${by} · cannot be checked here`,
};

const strings = (value) => (typeof value === 'string' ? [value] : value && typeof value === 'object' ? Object.values(value).flatMap(strings) : []);

function differs(card, document) {
  const signed = strings(document);
  return card && ['h2', '.how'].map((part) => card.querySelector(part)).find((node) => node && !signed.includes(node.textContent.trim()));
}

async function check(cue) {
  const words = cue.querySelector('[data-words]');
  const signer = words.textContent.replace('Signed by ', '');
  let { state, why, document } = await verify(cue.dataset.doc);
  if (state === 'verified' && differs(cue.closest('.snippet'), document)) {
    state = 'failed';
    why = 'The signature is good, but the words on this page are not the signed ones.';
  }
  cue.classList.add(state);
  words.textContent = said[state](signer);
  cue.querySelector('[data-why]').textContent = why;
}

const settled = window.requestIdleCallback || ((run) => setTimeout(run, 200));
settled(() => document.querySelectorAll('[data-doc]').forEach(check));
