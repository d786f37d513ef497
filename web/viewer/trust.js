// Checks the signed document behind every trust cue, when the page has settled, and says what came out.
import { verify } from '../shared/verify.js';

const said = {
  verified: (by) => `Signed by ${by} · checked on your device`,
  failed: () => 'The signature does not fit these words',
  unknown: (by) => `Signed by ${by} · cannot be checked here`,
};

async function check(cue) {
  const words = cue.querySelector('[data-words]');
  const signer = words.textContent.replace('Signed by ', '');
  const { state, why } = await verify(cue.dataset.doc);
  cue.classList.add(state);
  words.textContent = said[state](signer);
  cue.querySelector('[data-why]').textContent = why;
}

const settled = window.requestIdleCallback || ((run) => setTimeout(run, 200));
settled(() => document.querySelectorAll('[data-doc]').forEach(check));
