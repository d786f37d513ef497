// The device's own answer beside the server's.
import { verify } from '../shared/verify.js';

const box = document.querySelector('[data-doc]');
const line = box.querySelector('[data-device]');
verify(box.dataset.doc).then(({ state, why }) => {
  line.className = `state ${{ verified: 'good', failed: 'danger', unknown: 'muted' }[state]}`;
  line.textContent = `Your device: ${{ verified: 'fits', failed: 'does not fit', unknown: 'cannot say' }[state]}. ${why}`;
});
