// The verifier that browsers get (web/shared/verify.js as a shop serves it), in Chromium: every published vector of its protocols, and a
// signed document of a running shop changed byte by byte, which is never called verified.
//   node tests/browser/proofs.mjs --barrow build/dev/barrow [--vectors DIR] [--seed N] [--every] [--only REGEX] [--chromium PATH] [--no-sandbox]
// Vectors are looked for in --vectors, in BARROW_VECTORS, or in ../shared/data beside the project. --every puts all 255 other bytes at every
// place of the document (some minutes); without it its two neighbours and three by the seed.
import { createHash, createPrivateKey, sign } from 'node:crypto';
import fs from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { barrow, chromium, done, equal, expect, group, option, sandbox, test, words } from './harness.mjs';
import { start_browser, start_shop, temporary } from './start.mjs';
import { folder, vector_file, vector_files } from './vectors.mjs';

const seed = Number(option('seed', 20261129));
const used = new Set();
const vector = (name) => { used.add(name); return vector_file(name); };
const text_of = (name) => String(vector(name)).trim();
const hex = (bytes) => Buffer.from(bytes).toString('hex');

// mulberry32
function random_of(start) {
  let state = start >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) % below;
  };
}

// ---- what runs in the page ------------------------------------------------------------------------------------------------------------

// Loads the served module and puts a few helpers beside it. `world` answers what verify.js fetches: addresses to bytes; what is not in it
// is fetched. What goes into Ed25519 is written down, and a message may be put in the place of the two hashes.
async function prepare(page, url) {
  await page.goto(`${url}/verify`);
  const served = /\/assets\/[0-9a-f]+\//.exec(await page.content())[0];
  await page.evaluate(async (address) => {
    const { verify, canonical, base58 } = await import(address);
    const fetched = window.fetch.bind(window), checked = crypto.subtle.verify.bind(crypto.subtle);
    const state = { world: {}, message: null, seen: null };
    window.fetch = (where, how) => {
      const bytes = state.world[new URL(where, location.href).pathname];
      return bytes === undefined ? fetched(where, how) : Promise.resolve(new Response(bytes, { status: 200, headers: { 'content-type': 'application/json' } }));
    };
    crypto.subtle.verify = (algorithm, key, signature, data) => {
      state.seen = { signature: [...new Uint8Array(signature)], data: [...new Uint8Array(data)] };
      return checked(algorithm, key, signature, state.message ?? data);
    };
    const digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
    const to_base58 = (bytes) => {
      let number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n), words = '';
      for (; number > 0n; number /= 58n) words = digits[Number(number % 58n)] + words;
      return `z${'1'.repeat([...bytes, 1].findIndex((byte) => byte !== 0))}${words}`;
    };
    const from_hex = (words) => Uint8Array.from(words.match(/../g) ?? [], (pair) => parseInt(pair, 16));
    window.tools = { verify, canonical, base58, state, to_base58, from_hex, multikey: (key) => to_base58([0xed, 1, ...key]) };
  }, `${served}shared/verify.js`);
  return served;
}

// States of the document at /tested.json under these edits of it: [at, how many bytes go, the bytes that come], many in one go. The key
// document is the shop's own, fetched once.
const check_edits = (page, original, edits, did) => page.evaluate(async ([original, edits, did]) => {
  const { verify, state } = window.tools;
  const bytes = Uint8Array.from(atob(original), (one) => one.charCodeAt(0)), states = [];
  state.world = { '/.well-known/did.json': did };
  for (const [at, gone, come] of edits) {
    const changed = new Uint8Array(bytes.length - gone + come.length);
    changed.set(bytes.subarray(0, at));
    changed.set(come, at);
    changed.set(bytes.subarray(at + gone), at + come.length);
    state.world['/tested.json'] = changed;
    states.push((await verify('/tested.json')).state);
  }
  return states;
}, [original.toString('base64'), edits, did]);

const check_texts = async (page, texts, did, first_known = null) => page.evaluate(async ([texts, did, known]) => {
  const { verify, state } = window.tools;
  const out = [];
  for (const text of texts) {
    if (known) localStorage.setItem('barrow-keys', JSON.stringify(known));
    state.world = { '/.well-known/did.json': did, '/tested.json': text };
    const { state: is, why } = await verify('/tested.json');
    out.push({ is, why });
  }
  return out;
}, [texts, did, first_known]);

const edited = (original, [at, gone, come]) => Buffer.concat([original.subarray(0, at), Buffer.from(come), original.subarray(at + gone)]);

// What the bytes say to a reader of JSON: our own reading, apart from the verifier's.
function said(bytes) {
  try { return JSON.parse(new TextDecoder().decode(bytes)); } catch { return undefined; }
}

// ---- vectors --------------------------------------------------------------------------------------------------------------------------

async function vectors(page) {
  await test('JCS: the published inputs come out as the published outputs, byte for byte', async () => {
    const names = vector_files('protocol/jcs/input').map((name) => name.split('/').pop());
    expect(names.length >= 6, `${names.length} inputs`);
    for (const name of names) {
      const found = await page.evaluate((text) => window.tools.canonical(JSON.parse(text)), String(vector(`protocol/jcs/input/${name}`)));
      equal(found, String(vector(`protocol/jcs/output/${name}`)), name);
      equal(hex(found), text_of(`protocol/jcs/outhex/${name.replace('.json', '.txt')}`).replace(/\s+/g, ''), `${name} as bytes`);
    }
    console.log(`      ${names.length} of ${names.length} inputs`);
  });

  const at = 'protocol/vc-di-eddsa/eddsa-jcs-2022';
  await test('eddsa-jcs-2022: the published document is verified by way of the published texts and hashes', async () => {
    const signed = JSON.parse(vector(`${at}/signedJCS.json`)), options = JSON.parse(vector(`${at}/proofConfigJCS.json`));
    const plain = JSON.parse(vector('protocol/vc-di-eddsa/unsigned.json'));
    const { proof, ...unsigned } = signed;
    expect(isDeepStrictEqual(unsigned, plain), 'the signed document is another one than the unsigned');
    equal(await page.evaluate((one) => window.tools.canonical(one), plain), text_of(`${at}/canonDocJCS.txt`), 'the canonical document');
    equal(await page.evaluate((one) => window.tools.canonical(one), options), text_of(`${at}/proofCanonJCS.txt`), 'the canonical options');
    const [did, key] = proof.verificationMethod.split('#');
    const keys = JSON.stringify({ id: did, verificationMethod: [{ id: proof.verificationMethod, publicKeyMultibase: key }] });
    const [outcome] = await check_texts(page, [JSON.stringify(signed)], keys);
    equal(outcome.is, 'verified', `the signed document (${outcome.why})`);
    const seen = await page.evaluate(() => window.tools.state.seen);
    equal(hex(seen.data), text_of(`${at}/combinedHashJCS.txt`), 'what went into Ed25519');
    equal(hex(seen.data.slice(0, 32)), text_of(`${at}/proofHashJCS.txt`), 'the hash of the options');
    equal(hex(seen.data.slice(32)), text_of(`${at}/docHashJCS.txt`), 'the hash of the document');
    equal(hex(seen.signature), text_of(`${at}/sigHexJCS.txt`), 'the signature');
    equal(proof.proofValue, text_of(`${at}/sigBTC58JCS.txt`), 'the signature in base58');
    const bad = await check_texts(page, [
      { ...signed, name: 'Alumni credential' }, { ...signed, added: 1 }, { ...signed, '@context': signed['@context'].slice(0, 1) },
      { ...signed, '@context': [...signed['@context']].reverse() },
      { ...signed, proof: { ...proof, created: '2023-02-24T23:36:39Z' } }, { ...signed, proof: { ...proof, proofPurpose: 'authentication' } },
      { ...signed, proof: { ...proof, '@context': [] } }, { ...signed, proof: { ...proof, cryptosuite: 'eddsa-rdfc-2022' } },
    ].map((one) => JSON.stringify(one)), keys);
    equal(bad.map(({ is }) => is).join(' '), Array(bad.length).fill('failed').join(' '), 'changed ones');
  });

  await test('Ed25519: every Wycheproof case, key and signature by way of verify.js', async () => {
    const { testGroups, numberOfTests } = JSON.parse(vector('protocol/wycheproof/ed25519_test.json'));
    const cases = testGroups.flatMap(({ publicKey, tests }) => tests.map((one) => ({ ...one, pk: publicKey.pk })));
    equal(cases.length, numberOfTests, 'how many');
    const found = await page.evaluate(async (cases) => {
      const { verify, state, to_base58, from_hex, multikey, base58 } = window.tools;
      const out = [];
      for (const one of cases) {
        const did = `did:web:wycheproof-${one.tcId}`, signature = from_hex(one.sig);
        const proofValue = to_base58([...signature]);
        if (String(base58(proofValue)) !== String(signature)) out.push(`case ${one.tcId}: base58 does not read its signature back`);
        state.world = { '/.well-known/did.json': JSON.stringify({ id: did, verificationMethod: [{ id: `${did}#1`, publicKeyMultibase: multikey(from_hex(one.pk)) }] }) };
        state.message = from_hex(one.msg);
        state.seen = null;
        const answer = await verify({ proof: { type: 'DataIntegrityProof', cryptosuite: 'eddsa-jcs-2022', proofPurpose: 'assertionMethod', verificationMethod: `${did}#1`, proofValue } }, location.href);
        const wanted = one.result === 'valid';
        if ((answer.state === 'verified') !== wanted) out.push(`case ${one.tcId} (${one.comment}) is ${one.result} and called ${answer.state}`);
        if (wanted && !state.seen) out.push(`case ${one.tcId} never met Ed25519`);
      }
      state.message = null;
      localStorage.clear();
      return out;
    }, cases);
    equal(found.join('; '), '', 'cases answered otherwise');
    console.log(`      ${cases.length} of ${cases.length} cases, ${cases.filter(({ result }) => result === 'valid').length} of them valid`);
  });

  // Each file of the vectors is used, or its reason to be left out stands here.
  await test('every file of the vectors has its turn, or a reason', async () => {
    const reasons = [
      [/LICENSE(\.md)?$/, 'a licence'],
      [/vc-di-eddsa\/employmentAuth\.json$/, 'an unsigned document of the suites that need RDF canonicalisation; it comes with no eddsa-jcs-2022 proof'],
      [/rdfc|RDFC|eddsa-rdfc-2022/, 'RDF canonicalisation: verify.js knows eddsa-jcs-2022 alone and calls such proofs unknown signatures'],
    ];
    const left_out = [];
    for (const name of ['protocol/jcs', 'protocol/vc-di-eddsa', 'protocol/wycheproof'].flatMap(vector_files)) {
      if (used.has(name)) continue;
      const reason = reasons.find(([pattern]) => pattern.test(name));
      if (reason) console.log(`      left out: ${name}: ${reason[1]}`); else left_out.push(name);
    }
    equal(left_out.join(' '), '', 'files without a turn');
  });
}

// ---- a document of a shop, changed ------------------------------------------------------------------------------------------------------

const did_of = async (url) => (await fetch(`${url}/.well-known/did.json`)).text();

async function tampering(page, url, served, what) {
  const original = Buffer.from(await (await fetch(url + served)).arrayBuffer());
  const truth = said(original), did = await did_of(url);
  const random = random_of(seed);

  async function never(name, edits) {
    const states = await check_edits(page, original, edits, did);
    const count = { verified: 0, failed: 0, unknown: 0 };
    const wrong = [];
    states.forEach((state, n) => {
      count[state] += 1;
      const reads = said(edited(original, edits[n]));
      const void_change = reads !== undefined && isDeepStrictEqual(reads, truth);
      if ((state === 'verified') !== void_change) wrong.push(`${JSON.stringify(edits[n])} is called ${state}, and ${void_change ? 'says the same' : 'says something else'}`);
    });
    console.log(`      ${what}, ${original.length} bytes, ${name}: ${states.length} documents, ${count.failed} called changed, ${count.unknown} no JSON any more, ${count.verified} that say the same and are verified`);
    equal(wrong.slice(0, 5).join('; '), '', `${wrong.length} of ${states.length} judged wrongly`);
    return count;
  }
  await test(`${what}: as it was sent it is verified`, async () => {
    const [state] = await check_edits(page, original, [[0, 0, []]], did);
    equal(state, 'verified', 'the original');
    expect(original.length > 400, 'too little to change');
  });
  await test(`${what}: every byte put in place of another, seeded: never verified`, async () => {
    const edits = [];
    for (let at = 0; at < original.length; at += 1) {
      if (words.includes('--every')) {
        for (let other = 0; other < 256; other += 1) if (other !== original[at]) edits.push([at, 1, [other]]);
        continue;
      }
      edits.push([at, 1, [(original[at] + 1) & 255]], [at, 1, [(original[at] + 255) & 255]]);                // its neighbours: 2 becomes 3
      edits.push([at, 1, [original[at] ^ (1 << random(8))]]);                                             // one bit
      edits.push([at, 1, [(original[at] + 1 + random(255)) & 255]]);                                     // any other byte
      const letter = 32 + random(95);
      edits.push([at, 1, [letter === original[at] ? (letter === 126 ? 32 : letter + 1) : letter]]);        // another printable one
    }
    const count = await never('bytes replaced', edits);
    equal(count.verified, 0, 'verified');
    expect(count.failed > original.length / 2, 'hardly any reached the signature');
  });
  await test(`${what}: every byte left out, one put in at every place, neighbours swapped: verified only where nothing else is said`, async () => {
    const edits = [];
    for (let at = 0; at <= original.length; at += 1) {
      if (at < original.length) edits.push([at, 1, []]);
      edits.push([at, 0, [32 + random(95)]], [at, 0, [[9, 10, 13, 32][random(4)]]]);
      if (at + 1 < original.length && original[at] !== original[at + 1]) edits.push([at, 2, [original[at + 1], original[at]]]);
    }
    await never('left out, put in, swapped', edits);
  });
  return { original, truth, did };
}

// The same text with every change that means nothing in JSON, and what only looks like one.
async function void_changes(page, original, truth, did) {
  const text = String(original);
  const strings = /"(?:[^"\\]|\\.)*"/g;
  const each_letter = (write) => text.replace(strings, (whole) => `"${[...JSON.parse(whole)].map(write).join('')}"`);
  const escape = (letter) => [...Array(letter.length).keys()].map((n) => `\\u${letter.charCodeAt(n).toString(16).padStart(4, '0')}`).join('');
  const turned = (value) => (Array.isArray(value) ? value.map(turned) : value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).reverse().map(([name, one]) => [name, turned(one)])) : value);
  await test('what means nothing in JSON changes nothing: space outside strings, escapes of the same letter, the order of members, 2 as 2.0', async () => {
    const same = {
      'indented': JSON.stringify(truth, null, 3),
      'every kind of space at every place between marks': text.replace(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g, (mark) => ` \t${mark}\r\n`),
      'each letter as \\u….': each_letter(escape),
      'the same in capitals': each_letter((letter) => escape(letter).replace(/u(....)/g, (_, digits) => `u${digits.toUpperCase()}`)),
      '/ as \\/': text.replaceAll('/', '\\/'),
      'members the other way round': JSON.stringify(turned(truth)),
      'a byte order mark': `\ufeff${text}`,
      'the version as 2.0': text.replace(/"version":(\d+)/, '"version":$1.0'),
      'the version as 20e-1': text.replace(/"version":(\d+)/, '"version":$10e-1'),
      'a name twice, the true one last (the last is what is read, checked and shown; `barrow snippet verify` takes no such text)': text.replace('"does":', '"does":"Get rich while you sleep","does":'),
    };
    for (const [name, one] of Object.entries(same)) expect(one !== text, `${name} is the text itself`);
    const found = await check_texts(page, Object.values(same), did);
    equal(found.map(({ is }, n) => (is === 'verified' ? '' : `${Object.keys(same)[n]}: ${is}`)).filter(Boolean).join('; '), '', 'judged otherwise');
    console.log(`      ${found.length} ways to write the same`);
  });
  await test('what only looks the same is called changed', async () => {
    const does = truth.does, change = (how) => JSON.stringify({ ...truth, ...how });
    const other = {
      'a letter of another script': change({ does: does.replace(/[aeo]/, (letter) => ({ a: 'а', e: 'е', o: 'о' })[letter]) }),
      'a letter taken apart': change({ how: `${truth.how}e\u0301`, does: does.normalize('NFD') }),
      'a space within': change({ does: does.replace(' ', '  ') }),
      'a space after': change({ does: `${does} ` }),
      'a space that does not break': change({ does: does.replace(' ', '\u00a0') }),
      'nothing to see: U+200B': change({ does: `${does}\u200b` }),
      'turned: U+202E': change({ does: `\u202e${does}` }),
      'half a pair': change({ does: `${does}\ud800` }),
      'a name twice, another one last': text.replace('"does":"', '"does":"x","does":"Get rich while you sleep. '),
      'a member more': change({ price: '€1' }),
      'an empty member more': change({ '': '' }),
      'a member with nothing': change({ note: null }),
      'a list in place of a text': change({ does: [does] }),
      'a number as a text': change({ version: String(truth.version) }),
      '__proto__': text.replace('{', '{"__proto__":{"does":"x"},'),
      '__proto__ within': text.replace('"product":{', '"product":{"__proto__":1,'),
      'toJSON': change({ toJSON: 'x' }),
    };
    for (const name of Object.keys(truth)) if (name !== 'proof') other[`without ${name}`] = change({ [name]: undefined });
    for (const name of Object.keys(truth.proof)) other[`a proof without ${name}`] = change({ proof: { ...truth.proof, [name]: undefined } });
    for (const [name, one] of Object.entries({
      created: '2030-01-01T00:00:00Z', proofPurpose: 'authentication', added: 1, expires: '2099-01-01T00:00:00Z', '@context': 'https://other.example',
      type: 'Ed25519Signature2020', cryptosuite: 'eddsa-rdfc-2022', verificationMethod: `${truth.proof.verificationMethod}2`, proofValue: 'z', nonce: '',
    })) other[`a proof with another ${name}`] = change({ proof: { ...truth.proof, [name]: one } });
    other['two proofs'] = change({ proof: [truth.proof, truth.proof] });
    other['proof: null'] = change({ proof: null });
    for (const [name, one] of Object.entries({ 'the signature in hex': 'f00', 'a leading 1': `z1${truth.proof.proofValue.slice(1)}`, 'u in front': truth.proof.proofValue.replace('z', 'u'), 'a space after the signature': `${truth.proof.proofValue} ` }))
      other[name] = change({ proof: { ...truth.proof, proofValue: one } });
    const found = await check_texts(page, Object.values(other), did);
    equal(found.map(({ is, why }, n) => (is !== 'verified' ? '' : `${Object.keys(other)[n]}: ${is} ${why}`)).filter(Boolean).join('; '), '', 'called verified');
    const calm = found.map(({ is }, n) => (is === 'unknown' ? Object.keys(other)[n] : '')).filter(Boolean);
    console.log(`      ${found.length} documents, ${found.length - calm.length} called changed${calm.length ? `; cannot be checked: ${calm.join(', ')}` : ''}`);
  });
}

// ---- keys -------------------------------------------------------------------------------------------------------------------------------

const digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
function base58_of(bytes) {
  let number = BigInt(`0x${hex(bytes) || 0}`), words = '';
  for (; number > 0n; number /= 58n) words = digits[Number(number % 58n)] + words;
  return `z${'1'.repeat([...bytes, 1].findIndex((byte) => byte !== 0))}${words}`;
}
function bytes_of(base58, size) {
  const number = [...base58.slice(1)].reduce((sum, letter) => sum * 58n + BigInt(digits.indexOf(letter)), 0n);
  return Buffer.from(number.toString(16).padStart(size * 2, '0'), 'hex');
}
const canonical = (value) => (Array.isArray(value) ? `[${value.map(canonical)}]` : value && typeof value === 'object' ? `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)}}` : JSON.stringify(value));
const hash = (value) => createHash('sha256').update(canonical(value)).digest();

function make_key(bytes) {
  const secret = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), bytes]), format: 'der', type: 'pkcs8' });
  const raw = Buffer.from(secret.export({ format: 'jwk' }).x, 'base64url');
  return { secret, multikey: base58_of(Buffer.concat([Buffer.from([0xed, 1]), raw])) };
}
// As a shop would sign it, with this key; `how` changes what the proof says before it is signed.
function signed({ proof, ...plain }, key, how = {}) {
  const options = { ...proof, ...how };
  delete options.proofValue;
  return { ...plain, proof: { ...options, proofValue: base58_of(sign(null, Buffer.concat([hash(options), hash(plain)]), key.secret)) } };
}

async function keys(page, truth, did_text) {
  const did = JSON.parse(did_text), own = did.verificationMethod[0];
  const with_key = (multikey, more = {}) => JSON.stringify({ ...did, verificationMethod: [{ ...own, publicKeyMultibase: multikey }], ...more });
  const known = { [did.id]: { [own.publicKeyMultibase]: '2026-01-01' } };
  const nobody = { 'did:web:nobody': {} };
  const random = random_of(seed + 1);
  const fresh = () => make_key(Buffer.from(Array.from({ length: 32 }, () => random(256))));
  const state_of = async (document, did_text, first_known = nobody) => (await check_texts(page, [JSON.stringify(document)], did_text, first_known))[0];

  await test('another key in place of the shop\'s is called changed, fifty of them, and every bit of the shop\'s own', async () => {
    const raw = bytes_of(own.publicKeyMultibase, 34);
    const others = Array.from({ length: 50 }, () => fresh().multikey);
    for (let bit = 0; bit < 256; bit += 1) { const bent = Buffer.from(raw); bent[2 + (bit >> 3)] ^= 1 << (bit & 7); others.push(base58_of(bent)); }
    const count = {};
    for (const one of others) {
      const { is } = await state_of(truth, with_key(one));
      count[is] = (count[is] || 0) + 1;
    }
    console.log(`      ${others.length} keys: ${JSON.stringify(count)}`);
    equal(count.verified || 0, 0, 'verified');
    expect((count.failed || 0) >= 50, 'the whole keys are called changed');
  });
  await test('a key of another form is never believed', async () => {
    const raw = bytes_of(own.publicKeyMultibase, 34);
    const forms = { 'without its kind': base58_of(raw.subarray(2)), 'another kind': base58_of(Buffer.concat([Buffer.from([0x12, 0]), raw.subarray(2)])), 'a byte less': base58_of(raw.subarray(0, 33)), 'a byte more': base58_of(Buffer.concat([raw, Buffer.from([0])])), 'another alphabet': `m${own.publicKeyMultibase.slice(1)}`, 'nothing': '', 'no text': 7, 'all zero': base58_of(Buffer.concat([raw.subarray(0, 2), Buffer.alloc(32)])) };
    for (const [name, one] of Object.entries(forms)) {
      const { is } = await state_of(truth, with_key(one));
      expect(is !== 'verified', `${name} is believed`);
    }
    const others = { 'no keys': { ...did, verificationMethod: [] }, 'another did': { ...did, id: 'did:web:other.example' }, 'the key of another name': { ...did, verificationMethod: [{ ...own, id: `${did.id}#key-9` }] } };
    for (const [name, one] of Object.entries(others)) equal((await state_of(truth, JSON.stringify(one))).is, 'failed', name);
  });
  await test('a forger\'s document, rightly signed by another key that the address now shows, is called changed where the shop is known', async () => {
    const forger = fresh();
    const forged = signed({ ...truth, does: 'Get rich while you sleep' }, forger);
    equal((await state_of(forged, with_key(own.publicKeyMultibase))).is, 'failed', 'under the shop\'s key');
    equal((await state_of(forged, with_key(forger.multikey), known)).is, 'failed', 'a key that nobody vouches for');
    equal((await state_of(forged, with_key(forger.multikey))).is, 'verified', 'on a device that never met the shop (what no first visit can tell)');
    const statement = signed({ from: own.id, publicKeyMultibase: forger.multikey, proof: { ...truth.proof, verificationMethod: own.id } }, forger);
    const both = { ...did, verificationMethod: [own, { ...own, id: `${did.id}#key-2`, publicKeyMultibase: forger.multikey }], keyRotations: [statement] };
    const by_two = signed({ ...truth, does: 'Get rich while you sleep' }, forger, { verificationMethod: `${did.id}#key-2` });
    equal((await state_of(by_two, JSON.stringify(both), known)).is, 'failed', 'a key that vouches for itself');
    const bent = { ...both, keyRotations: [{ ...statement, proof: truth.proof }] };
    equal((await state_of(by_two, JSON.stringify(bent), known)).is, 'failed', 'vouched for by the proof of another document');
  });
  await test('a new key is believed when the known one vouches for it, also over two changes, and not when one link is missing', async () => {
    const [first, second, third] = [fresh(), fresh(), fresh()];
    const method = (n) => `${did.id}#key-${n}`;
    const rotation = (from, n, to) => signed({ from: method(n), publicKeyMultibase: to.multikey, proof: { ...truth.proof, verificationMethod: method(n) } }, from);
    const all = { ...did, verificationMethod: [first, second, third].map((key, n) => ({ ...own, id: method(n + 1), publicKeyMultibase: key.multikey })), keyRotations: [rotation(first, 1, second), rotation(second, 2, third)] };
    const document = signed(truth, third, { verificationMethod: method(3) });
    const met = { [did.id]: { [first.multikey]: '2026-01-01' } };
    equal((await state_of(document, JSON.stringify(all), met)).is, 'verified', 'two changes later');
    equal((await state_of(document, JSON.stringify({ ...all, keyRotations: all.keyRotations.slice(1) }), met)).is, 'failed', 'the first change is missing');
    equal((await state_of(document, JSON.stringify({ ...all, keyRotations: [rotation(first, 1, second), rotation(third, 2, third)] }), met)).is, 'failed', 'the second was made by another key');
    equal((await state_of(document, JSON.stringify({ ...all, keyRotations: undefined }), met)).is, 'failed', 'no changes told');
  });
  await test('a signature for another purpose, and one moved by the order of the group, are called changed', async () => {
    const key = fresh(), shown = with_key(key.multikey);
    equal((await state_of(signed(truth, key), shown)).is, 'verified', 'signed for this purpose');
    equal((await state_of(signed(truth, key, { proofPurpose: 'authentication' }), shown)).is, 'failed', 'for another purpose');
    equal((await state_of(signed(truth, key, { proofPurpose: undefined }), shown)).is, 'failed', 'for no purpose');
    // S and S + L answer the same equation; only the smaller one is a signature (RFC 8032, section 5.1.7).
    const document = signed(truth, key), bytes = bytes_of(document.proof.proofValue, 64);
    const order = (1n << 252n) + 27742317777372353535851937790883648493n;
    const scalar = BigInt(`0x${hex(Buffer.from(bytes.subarray(32)).reverse())}`) + order;
    const moved = Buffer.concat([bytes.subarray(0, 32), Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse()]);
    equal((await state_of({ ...document, proof: { ...document.proof, proofValue: base58_of(moved) } }, shown)).is, 'failed', 'S + L');
  });
}

const data = temporary(), home = temporary();
let shop, browser;
try {
  shop = await start_shop(barrow, data);
  browser = await start_browser(chromium, home, sandbox);
  // The module is asked for by the test and not by a page: the page's policy would not let it in.
  const context = await browser.newContext({ bypassCSP: true, serviceWorkers: 'block' });
  const page = await context.newPage();
  const served = await prepare(page, shop.url);
  console.log(`${served}shared/verify.js in Chromium ${browser.version()}, seed ${seed}`);
  await group(false, async () => {
    if (vector_files('protocol').length) await vectors(page);
    else console.log(`skipped: the published vectors are not in ${folder} (see --vectors and BARROW_VECTORS)`);
    const { original, truth, did } = await tampering(page, shop.url, '/snippets/tide-lamp.json', 'snippet');
    await tampering(page, shop.url, '/snippets/tide-lamp.quote.json', 'quote');
    await void_changes(page, original, truth, did);
    await keys(page, truth, did);
  });
} catch (error) {
  console.log(`cannot go on: ${error.stack}`);
  process.exitCode = 2;
} finally {
  if (browser) await browser.close();
  if (shop) await shop.stop();
  for (const directory of [data, home]) fs.rmSync(directory, { recursive: true, force: true });
}
done();
