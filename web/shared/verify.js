// Checks a W3C Data Integrity proof (eddsa-jcs-2022) in the browser: SHA-256 of the canonical proof options, then SHA-256 of the
// canonical document, under Ed25519. The key comes from the did:web document of the origin that served the document.
// A key that this device has seen before is remembered for the shop (its did); another one is believed when the remembered one vouches for it
// (keyRotations of the did document), and called a change otherwise.
// verify(address or document) → { state: 'verified' | 'failed' | 'unknown', by, why, document, kept }; it never throws. `kept` is the day that
// the device kept the document, where the shop could not be asked (viewer/sw.js).

// RFC 8785: keys in UTF-16 order, numbers and strings as JSON.stringify writes them.
export const canonical = (value) =>
  Array.isArray(value) ? `[${value.map(canonical)}]`
  : value && typeof value === 'object'
    ? `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)}}`
    : JSON.stringify(value);

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

// Multibase base58btc: "z…" → bytes.
export function base58(text) {
  if (text[0] !== 'z') throw 0;
  const bytes = [];
  for (const letter of text.slice(1)) {
    let carry = alphabet.indexOf(letter);
    if (carry < 0) throw 0;
    for (let i = 0; i < bytes.length || carry; i++) {
      carry += (bytes[i] || 0) * 58;
      bytes[i] = carry & 255;
      carry >>= 8;
    }
  }
  for (const letter of text.slice(1)) {
    if (letter !== '1') break;
    bytes.push(0);
  }
  return Uint8Array.from(bytes.reverse());
}

const sha256 = async (value) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical(value))));

async function imported(multikey) {
  const bytes = base58(multikey);
  if (bytes.length !== 34 || bytes[0] !== 0xed || bytes[1] !== 1) throw 0;
  return crypto.subtle.importKey('raw', bytes.slice(2), 'Ed25519', false, ['verify']);
}
// Whether the document's proof was made with the key (multibase). A malformed signature is a wrong one.
async function fits({ proof, ...plain }, multikey) {
  try {
    const { proofValue, ...options } = proof, signed = new Uint8Array(64);
    if (proof['@context']) plain['@context'] = proof['@context'];  // its beginning, compared before
    signed.set(await sha256(options));
    signed.set(await sha256(plain), 32);
    return await crypto.subtle.verify('Ed25519', await imported(multikey), base58(proofValue), signed);
  } catch { return false; }
}

// "2026-11-29" as the page's language has it.
export const told_day = (day) => new Intl.DateTimeFormat(globalThis.document?.documentElement.lang || 'en', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day));
const calm = (why, by = '') => ({ state: 'unknown', by, why });
const read = async (address, cache = 'default') => {
  const answer = await fetch(address, { credentials: 'omit', cache });
  if (!answer.ok) throw 0;
  return [await answer.json(), answer.headers.get('x-kept')];
};

// ---- keys that this device knows: { did: { key: day } } ------------------------------------------------------------------------------
const place = 'barrow-keys';
const remembered = () => { try { return JSON.parse(localStorage.getItem(place)) || {}; } catch { return {}; } };
function remember(did, key) {
  try {
    const all = remembered();
    (all[did] ??= {})[key] ??= new Date().toISOString().slice(0, 10);
    localStorage.setItem(place, JSON.stringify(all));
  } catch { /* no storage: each visit is the first */ }
}

// "" when the key may be believed, else why not. `check` verifies a document with a key.
async function strange(keys, key, check) {
  const known = remembered()[keys.id];
  if (!known) return '';
  if (key in known) return '';
  const reached = new Set(Object.keys(known));
  for (const statement of keys.keyRotations ?? []) {  // oldest first
    const from = keys.verificationMethod.find(({ id }) => id === statement.from)?.publicKeyMultibase;
    if (reached.has(from) && statement.proof?.verificationMethod === statement.from && await check(statement, from)) reached.add(statement.publicKeyMultibase);
  }
  return reached.has(key) ? '' : /*t*/'This device knows the shop by another key, and that key does not vouch for this one.';
}

export async function verify(source, origin = location.href) {
  let document = source, kept = null;
  if (typeof source === 'string') {
    origin = new URL(source, origin).href;
    try { [document, kept] = await read(origin); } catch { return calm(/*t*/'The signed document could not be fetched just now.'); }
  }
  const by = new URL(origin).host;
  const { proof } = document;
  const no = (why) => ({ state: 'failed', by, why, document, kept });
  if (!proof || proof.cryptosuite !== 'eddsa-jcs-2022' || proof.type !== 'DataIntegrityProof' || proof.proofPurpose !== 'assertionMethod') return no(/*t*/'There is no signature that we know in this document.');
  const context = proof['@context'];
  if (context && canonical([].concat(document['@context']).slice(0, [].concat(context).length)) !== canonical([].concat(context))) {
    return no(/*t*/'The signature is for another kind of document.');
  }

  if (!globalThis.crypto?.subtle) return calm(/*t*/'This browser cannot check signatures on this connection. Nothing is wrong with the page.', by);
  let keys, key;
  try {
    const [did] = String(proof.verificationMethod).split('#');
    const path = did.split(':').slice(3).map(decodeURIComponent);
    const where = new URL(path.length ? `/${path.join('/')}/did.json` : '/.well-known/did.json', origin);
    const named = ({ id }) => id === proof.verificationMethod || did + id === proof.verificationMethod;
    [keys] = await read(where);
    if (!keys.verificationMethod.some(named)) [keys] = await read(where, 'reload');  // a key that is newer than what was kept
    const method = keys.id === did && keys.verificationMethod.find(named);
    if (!method) return no(/*t*/'The shop does not know the key of this signature.');
    key = method.publicKeyMultibase;
    await imported(key);
  } catch (error) {
    return calm(error instanceof DOMException ? /*t*/'This browser cannot check this kind of signature. Nothing is wrong with the page.' : /*t*/"The shop's key could not be fetched just now.", by);
  }
  if (!await fits(document, key)) return no(/*t*/'A word was changed after it was signed, or it was signed with another key.');
  const why = await strange(keys, key, fits);
  if (why) return no(why);
  const first = Object.values(remembered()[keys.id] ?? {}).sort()[0];
  remember(keys.id, key);
  return {
    state: 'verified', by, document, kept,
    get why() {  // made when it is read: the first date that a page writes takes longer than the whole check
      const since = first && told_day(first);
      return /*t*/`Your device checked the document with the key of ${by}, and the signature fits.` + ' ' +
        (since ? /*t*/`It knows the shop since ${since}.` : /*t*/'It knows the shop from now on, and will say so if another key turns up.');
    },
  };
}
