// <barrow-snippet src="https://…/snippets/tide-lamp.json"><a href="…">Tide lamp</a></barrow-snippet>: shows a signed snippet, checked in
// this browser. Reads does, how, image, image_alt, url, action; the price comes from the signed quote beside it
// (tide-lamp.quote.json: url, price, valid_from, valid_until) and is shown only while that holds.
(() => {
const sheet = new CSSStyleSheet();
sheet.replaceSync(`:host{display:block;max-width:28rem;color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}
article{overflow:hidden;border:1px solid #8886;border-radius:12px;background:light-dark(#fff,#1f1d18);color:light-dark(#1e1b16,#f3efe4)}
img{width:100%;aspect-ratio:5/3;object-fit:cover}div{padding:16px 20px}b{font-size:1.3rem;line-height:1.2}p{margin:8px 0 16px}
a,img,small{display:block}a{padding:12px;border-radius:8px;background:var(--barrow-accent,#0b6b4b);color:#fff;font-weight:600;text-align:center;text-decoration:none}
small{margin-top:10px;opacity:.8}`);
const json = async (url) => { const answer = await fetch(url, { credentials: 'omit' }); if (!answer.ok) throw 0; return answer.json(); };
const canon = (v) => Array.isArray(v) ? `[${v.map(canon)}]` : v && typeof v == 'object'
  ? `{${Object.keys(v).sort().map((k) => JSON.stringify(k) + ':' + canon(v[k]))}}` : JSON.stringify(v);
const hash = async (v) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canon(v))))];
const bytes = (z, size) => {
  let n = 0n, out = [];
  for (const c of z.slice(1)) n = n * 58n + BigInt('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'.indexOf(c));
  for (; size--; n >>= 8n) out.unshift(Number(n & 255n));
  return Uint8Array.from(out);
};
// true, false, or undefined where it cannot be told.
const check = async ({ proof, ...plain }, url) => {
  if (!proof) return false;
  try {
    const { proofValue, ...options } = proof, [did] = proof.verificationMethod.split('#');
    const path = did.split(':').slice(3).map(decodeURIComponent).join('/') || '.well-known';
    const keys = await json(new URL(`/${path}/did.json`, url));
    const found = keys.id == did && keys.verificationMethod.find((m) => m.id == proof.verificationMethod);
    if (!found || proof.cryptosuite != 'eddsa-jcs-2022' || proof['@context'] && canon(proof['@context']) != canon(plain['@context'])) return false;
    const key = await crypto.subtle.importKey('raw', bytes(found.publicKeyMultibase, 32), 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, bytes(proofValue, 64), Uint8Array.from([...await hash(options), ...await hash(plain)]));
  } catch {}
};
// The price in words, or undefined: its signature fits, it is for the same product, and it is in time (five minutes for clocks that go wrong).
const price = async (snippet, url) => {
  try {
    const at = new URL(url.pathname.replace(/json$/, 'quote.json'), url), quote = await json(at), now = Date.now();
    if (quote.url == snippet.url && Date.parse(quote.valid_from) < now + 3e5 && now < Date.parse(quote.valid_until) && await check(quote, at)) return quote.price;
  } catch {}
};
customElements.define('barrow-snippet', class extends HTMLElement {
  async connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    const add = (to, name, words) => { const node = document.createElement(name); node.textContent = words; to.append(node); return node; };
    const slot = add(root, 'slot');
    try {
      const url = new URL(this.getAttribute('src'), location), snippet = await json(url), verdict = await check(snippet, url);
      // Words that were changed are not shown; what stands between the tags stays.
      if (verdict === false) return add(root, 'small', /*t*/'The signature does not fit. Nothing is shown.');
      const web = (u) => (u = new URL(u, url), /^http/.test(u.protocol) ? u : url.origin);
      const cost = await price(snippet, url);
      const said = { ...snippet, ...snippet.variants?.embed }, plain = (text) => text?.replace(/\*\*([^* ](?:[^*]*[^* ])?)\*\*|\*([^* ](?:[^*]*[^* ])?)\*/g, '$1$2');
      const article = add(root, 'article');
      if (snippet.image) { const img = add(article, 'img'); img.alt = snippet.image_alt || ''; img.src = web(snippet.image); }
      const box = add(article, 'div');
      add(box, 'b', said.does);
      add(box, 'p', plain(said.how));
      const act = add(box, 'a', [said.action, cost].filter(Boolean).join(' \xb7 '));
      act.href = web(snippet.url);
      act.target = '_top';
      add(box, 'small', [/*t*/`Signed by ${url.host}`, verdict ? /*t*/'checked on your device' : /*t*/'cannot be checked here', cost ? '' : /*t*/'see the price at the shop'].filter(Boolean).join(' \xb7 '));
      slot.remove();
    } catch {}
  }
});
})();
