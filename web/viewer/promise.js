
// ---- viewer/promise.html: behind shared/verify.js in one script, since a page on a disk can load none -------------------------------------
const receipt = JSON.parse(globalThis.document.getElementById('document').textContent);
const verdict = globalThis.document.querySelector('[data-verdict]');
const tell = (part, words) => { verdict.querySelector(`[data-${part}]`).textContent = words; };
const key_of = ({ proof }) => receipt.did.verificationMethod.find(({ id }) => id === proof?.verificationMethod)?.publicKeyMultibase;

async function judge() {
  tell('did', receipt.did.id);
  tell('key', key_of(receipt) ?? /*t*/'unknown');
  if (!globalThis.crypto?.subtle) return ['', /*t*/'Not checked: this browser cannot check signatures in a file', /*t*/'Nothing is wrong with the receipt. Another browser can, or barrow snippet verify.'];
  try { await imported(key_of(receipt)); } catch { return ['', /*t*/'Not checked: this browser does not know this kind of key', /*t*/'Nothing is wrong with the receipt. A newer browser can check it, or barrow snippet verify.']; }
  if (!await fits(receipt, key_of(receipt))) return ['wrong', /*t*/'The signature does not fit', /*t*/'Something in this receipt was changed after it was signed.'];
  const snippets = receipt.lines.map(({ snippet }) => snippet).filter(Boolean);
  for (const snippet of snippets) {
    if (!await fits(snippet, key_of(snippet))) return ['wrong', /*t*/'The signature does not fit', /*t*/'The words that you were told are not the signed ones.'];
  }
  const day = told_day(receipt.proof.created);
  return ['ok', /*t*/'The signature fits', snippets.length ? /*t*/`Order, amounts and the words that you were told are as they were signed on ${day}. Checked on your device.`
    : /*t*/`Order and amounts are as they were signed on ${day}. Checked on your device.`];
}
judge().then(([kind, words, why]) => { if (kind) verdict.classList.add(kind); tell('words', words); tell('why', why); });
