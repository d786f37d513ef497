// How far an import is, without a flash of the page: it is asked for again each second until it says that the import is over.
import { one } from '../shared/dom.js';

const card = one('[data-import]');

// A request reads the answer as a page by itself; text may not be made into one here.
function ask() {
  const request = new XMLHttpRequest();
  request.open('GET', location.href);
  request.responseType = 'document';
  request.addEventListener('load', () => {
    const now = request.response && one('[data-going]', request.response);
    if (!now) { location.reload(); return; }
    one('strong', card).textContent = one('strong', now).textContent;
    one('progress', card).value = one('progress', now).value;
  });
  request.addEventListener('loadend', () => setTimeout(ask, 1000));  // also when the network is away for a moment
  request.send();
}

setTimeout(ask, 1000);
