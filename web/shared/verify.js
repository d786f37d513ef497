// Checks a W3C Data Integrity proof (eddsa-jcs-2022) in the browser: SHA-256 of the canonical proof options, then SHA-256 of the
// canonical document, under Ed25519. The key comes from the did:web document of the origin that served the document.
// verify(address or document) → { state: 'verified' | 'failed' | 'unknown', by, why, document }; it never throws.

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

const calm = (why, by = '') => ({ state: 'unknown', by, why });
const read = async (address) => {
  const answer = await fetch(address, { credentials: 'omit' });
  if (!answer.ok) throw 0;
  return answer.json();
};

export async function verify(source, origin = location.href) {
  let document = source;
  if (typeof source === 'string') {
    origin = new URL(source, origin).href;
    try { document = await read(origin); } catch { return calm('The signed document could not be fetched just now.'); }
  }
  const by = new URL(origin).host;
  const { proof, ...plain } = document;
  const no = (why) => ({ state: 'failed', by, why, document });
  if (!proof || proof.cryptosuite !== 'eddsa-jcs-2022' || proof.type !== 'DataIntegrityProof') return no('There is no signature that we know in this document.');
  const { proofValue, ...options } = proof;
  const context = proof['@context'];
  if (context && canonical([].concat(plain['@context']).slice(0, [].concat(context).length)) !== canonical([].concat(context))) {
    return no('The signature is for another kind of document.');
  }

  if (!globalThis.crypto?.subtle) return calm('This browser cannot check signatures on this connection. Nothing is wrong with the page.', by);
  let key;
  try {
    const [did] = proof.verificationMethod.split('#');
    const path = did.split(':').slice(3).map(decodeURIComponent);
    const keys = await read(new URL(path.length ? `/${path.join('/')}/did.json` : '/.well-known/did.json', origin));
    const method = keys.id === did && keys.verificationMethod.find(({ id }) => id === proof.verificationMethod || did + id === proof.verificationMethod);
    if (!method) return no('The shop does not know the key of this signature.');
    const bytes = base58(method.publicKeyMultibase);
    if (bytes.length !== 34 || bytes[0] !== 0xed || bytes[1] !== 1) throw 0;
    key = bytes.slice(2);
  } catch { return calm("The shop's key could not be fetched just now.", by); }
  try { key = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']); } catch {
    return calm('This browser cannot check this kind of signature. Nothing is wrong with the page.', by);
  }

  let good = false;
  try {
    const signed = new Uint8Array(64);
    signed.set(await sha256(options));
    signed.set(await sha256(plain), 32);
    good = await crypto.subtle.verify('Ed25519', key, base58(proofValue), signed);
  } catch { /* a malformed signature is a wrong one */ }
  return good
    ? { state: 'verified', by, why: `Your device fetched the document and the key from ${by}, and the signature fits.`, document }
    : no('A word was changed after it was signed, or it was signed with another key.');
}
