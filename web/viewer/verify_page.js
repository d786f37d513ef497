// The device's own answer beside the server's.
import { verify } from '../shared/verify.js';

const box = document.querySelector('[data-doc]');
const line = box.querySelector('[data-device]');
verify(box.dataset.doc).then(({ state, why }) => {
  line.className = `state ${{ verified: 'good', failed: 'danger', unknown: 'muted' }[state]}`;
  line.textContent = `${{ verified: /*t*/'Your device: fits.', failed: /*t*/'Your device: does not fit.', unknown: /*t*/'Your device: cannot say.' }[state]} ${why}`;
});
