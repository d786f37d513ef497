// The page of drafts: what is typed is kept on this device at once and sent when the shop answers. It tells what is only here and what is there,
// and where two devices wrote the same field it shows both. What keeps, merges and sends stands in draft_shelf, draft_merge and draft_sync.
import { all, make, one } from '../shared/dom.js';
import { choices, conflicts, dots, empty, life, value, write } from './draft_merge.js';
import { new_id, open_shelf } from './draft_shelf.js';
import { is_unsent, start_sync } from './draft_sync.js';

const root = one('[data-drafts]'), list = one('[data-list]'), editor = one('[data-editor]'), told_line = one('[data-told]'), leave = one('[data-leave]'), foot = one('[data-foot]');
const { base, shop } = root.dataset;
const typed_max = 1000, kept_after_ms = 300, again_after_ms = 3000, rest_ms = 3000;

// The fields of studio/snippet_edit.html.
const surfaces = [['bio', 'Your page'], ['product', 'Product page'], ['live', 'Live page'], ['embed', 'Other people’s pages'], ['card', 'Pinned card']];
const fields = [
  { name: 'product', label: 'Product', kind: 'select' },
  { name: 'title', label: 'What it does, for whom', limit: 60 },
  { name: 'how', label: 'How', limit: 140, kind: 'textarea' },
  { name: 'proof', label: 'Why believe it', limit: 140, kind: 'textarea' },
  { name: 'proof_source', label: 'Whose words', limit: 80 },
  { name: 'proof_url', label: 'Where it can be read', limit: 200, dir: 'ltr' },
  { name: 'action', label: 'Words of the button', limit: 24 },
];
const more_fields = surfaces.flatMap(([surface, label]) => [
  { name: `${surface}_title`, label: `${label}: what it does`, limit: 60 },
  { name: `${surface}_how`, label: `${label}: how`, limit: 140 },
  { name: `${surface}_action`, label: `${label}: button`, limit: 24 },
]);
// Said in the form that publishes; here they are only chosen from, where two devices differ.
const elsewhere = { surface: 'Where it shows', starts: 'From', ends: 'Until', nothing_after: 'Show nothing afterwards', snippet: 'The snippet that it changes' };

const shelf = await open_shelf(shop);
const device = { ...(await shelf.device()) };  // as this tab shows it; a word is written as what stands in the shelf
let products = (await shelf.about('products')) ?? [];
let state = 'none', why = '', leaving = false;
let worker_kept = false;

const channel = 'BroadcastChannel' in window ? new BroadcastChannel(`barrow-drafts-${shop}`) : null;
const moved = () => channel?.postMessage('changed');

// ---- words ----------------------------------------------------------------------------------------------------------------------------

function time_words(ms) {
  const at = new Date(ms), today = at.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(document.documentElement.lang, { ...(!today && { day: 'numeric', month: 'long' }), hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
}
const whose = (head) => `${head.dot[0] === device.id ? 'this device' : head.by}, ${time_words(head.hlc[0])}`;
const title_of = (draft) => value(draft, 'title') || 'Nothing said yet';

// What is true of a draft now: [words, kind].
function kept_words(row) {
  if (row.refused) return [`Not taken by the shop: ${row.refused}`, 'danger'];
  if (row.gone) return ['The shop does not have this draft any more. It is kept on this device.', 'sale'];
  if (is_unsent(row, device.id)) return [`${shelf.keeps ? 'Kept on this device, not' : 'Not kept on this device and not'} sent yet${row.since ? `, since ${time_words(row.since)}` : ''}`, shelf.keeps ? 'sale' : 'danger'];
  return [`Saved ${time_words(row.saved)}`, 'good'];
}
const state_sign = ([words, kind]) => make('span', { class: `state ${kind}`, 'data-test': 'kept' }, words);

function tell() {
  const words = {
    away: 'The shop does not answer. What you write stays on this device and is sent when it does.',
    rests: 'The shop did not answer for some minutes. What you write stays on this device.',
    login: 'You are not logged in any more. What you write stays on this device and is sent when you are.',
    refused: why,
    unkept: `This device does not take what the shop has: ${why}. It is tried again by itself.`,
  }[state];
  told_line.replaceChildren();
  const lines = [];
  if (!shelf.keeps) lines.push('This browser keeps nothing here (a private window?). What you write is lost when you close the page before it is saved.');
  if (failed) lines.push(`Your last words could not be kept on this device: ${failed}. They stand on this page and nowhere else. It is tried again by itself; until then leave this page open, or copy them.`);
  if (words) lines.push(words);
  told_line.hidden = lines.length === 0;
  told_line.append(lines.join(' '));
  if (state === 'login') told_line.append(' ', make('a', { href: `${base}/studio/login` }, 'Log in'));
  if (state === 'rests' || state === 'away') {
    const again = make('button', { type: 'button', class: 'button small' }, 'Send now');
    again.addEventListener('click', () => sync.anew());
    told_line.append(' ', again);
  }
}

// ---- writing --------------------------------------------------------------------------------------------------------------------------

let open_id = '';
const shown = new Map();  // field → {value, dots}: what stands before the reader's eyes
const pending = new Map();  // field → {text, covers} that is not kept yet; without covers, over what is shown
let typed_at = 0, rest_timer, only_here = false;
let flush_timer, flushing = Promise.resolve(), failed = '';

const written = (row, id, draft, is) => ({ ...(row ?? { id, sent: 0, tried: 0, digest: '' }), draft, since: (row && is_unsent(row, is.id) && row.since) || Date.now(), gone: false });

// A writing into a draft says that it is one: over what is shown of its life.
const alive = () => ({ field: 'life', value: 'draft', covers: shown.get('life')?.dots ?? [] });

async function put(id, changes) {
  let dot;
  await shelf.change(id, (before, is) => {
    const draft = write(before?.draft ?? empty(id), { device: is.id, by: is.by, ms: sync.now() }, changes);
    dot = [is.id, draft.context[is.id]];
    return written(before, id, draft, is);
  });
  if (id === open_id) for (const change of changes) shown.set(change.field, { value: change.value, dots: [dot] });
  moved();
  sync.soon();
}

async function keep_pending() {
  if (!pending.size) return;
  const words = new Map(pending), failed_before = failed;
  const changes = [...words].map(([field, { text, covers }]) => ({ field, value: text, covers: covers ?? shown.get(field)?.dots ?? [] }));
  if (!words.has('life')) changes.push(alive());
  try {
    await put(open_id, changes);
    for (const [field, word] of words) if (pending.get(field) === word) pending.delete(field);
    failed = '';
  } catch (error) {
    failed = error.message;  // they wait here, and the page says so
    flush_timer ??= setTimeout(flush, again_after_ms);
  }
  if (failed !== failed_before) tell();
  if (!failed && [...words.values()].some(({ covers }) => covers)) await show_editor(); else await show_kept();
}

// What was typed and chosen, in one writing. One after the other, so that each knows the dots of the one before.
function flush() {
  clearTimeout(flush_timer);
  flush_timer = undefined;
  flushing = flushing.then(keep_pending).catch(() => {});
  return flushing;
}
const not_yet = () => { if (!failed) one('[data-kept]', editor)?.replaceChildren(state_sign(['Not kept yet …', 'muted'])); };
function typed(field, text) {
  pending.set(field, { text, covers: pending.get(field)?.covers });
  typed_at = Date.now();
  not_yet();
  flush_timer ??= setTimeout(flush, kept_after_ms);
}
// By a button: over all that stood there.
async function choose(field, text, covers) {
  not_yet();
  await flush();
  pending.set(field, { text, covers });
  await flush();
  await show_editor(true);
}

// ---- showing --------------------------------------------------------------------------------------------------------------------------

function control_of(field) {
  if (field.kind !== 'select') return make(field.kind ?? 'input', { id: field.name, maxlength: typed_max, rows: field.kind && 3, dir: field.dir, autocomplete: 'off' });
  return make('select', { id: field.name });
}

// The caret stays where it was.
function put_words(control, text) {
  const { selectionStart, selectionEnd } = control;
  control.value = text;
  if (document.activeElement === control) control.setSelectionRange(selectionStart, selectionEnd);
}

function product_options(select, chosen) {
  const known = products.some(({ id }) => id === chosen);
  select.replaceChildren(make('option', { value: '' }, 'Not chosen yet'), ...products.map(({ id, name, price }) => make('option', { value: id }, `${name} · ${price}`)));
  if (chosen && !known) select.append(make('option', { value: chosen }, 'A product that this device does not know'));
  select.value = chosen;
}

function field_box(field) {
  const control = control_of(field), limit = field.limit && make('span', { class: 'limit' });
  const differs = make('div', { 'data-differs': field.name });
  const count = () => {
    if (!limit) return;
    const length = [...control.value.trim()].length;
    limit.textContent = `${length} of ${field.limit}`;
    limit.classList.toggle('over', length > field.limit);
  };
  control.addEventListener('input', () => { count(); typed(field.name, control.value); });
  control.addEventListener('blur', () => show_editor());
  control.count = count;
  return make('div', { class: 'field' }, make('label', { for: field.name }, field.label), control, ...(limit ? [limit] : []), differs);
}

const words_of = (field, text) => (field === 'product' ? products.find(({ id }) => id === text)?.name ?? (text && 'A product that this device does not know') : text) || '(nothing)';

// Both values, whose they are and since when; one is chosen, over all that is shown.
function differs_box(draft, field, label) {
  const heads = choices(draft, field);
  if (heads.length < 2) return [];
  const covers = dots(draft, field);
  const button_of = (head) => {
    const button = make('button', { type: 'button', class: 'button small', 'data-choose': head.value }, 'Use this');
    button.append(make('span', { class: 'hide' }, `: ${words_of(field, head.value)}`));
    button.addEventListener('click', async () => {
      await choose(field, head.value, covers);
      one('h2', editor)?.focus();
    });
    return button;
  };
  return [make('div', { class: 'differs', role: 'group', 'aria-label': `${label}: written differently`, 'data-test': 'differs' },
    make('p', {}, make('strong', {}, `${label}: written differently. All of it is kept until you choose.`)),
    ...heads.map((head) => make('div', { class: 'row between' },
      make('p', { class: 'grow' }, make('bdi', { class: 'words' }, words_of(field, head.value)), make('br'), make('span', { class: 'small muted' }, whose(head))), button_of(head))))];
}

// Of the draft itself: it ended, or it was ended and written on at once.
function life_box(draft) {
  const now = life(draft), heads = choices(draft, 'life'), covers = dots(draft, 'life');
  const turn = (text, to, kind = '') => {
    const button = make('button', { type: 'button', class: `button small ${kind}` }, text);
    button.addEventListener('click', () => choose('life', to, covers));
    return button;
  };
  const ended = heads.find((head) => head.value !== 'draft');
  if (!ended) return [];
  const words = ended.value === 'removed' ? 'removed' : 'published';
  if (now !== 'draft') return [make('div', { class: 'note', 'data-test': 'ended' }, make('p', {}, `This draft was ${words}: ${whose(ended)}. What you write brings it back.`), turn('Bring it back', 'draft'))];
  return [make('div', { class: 'note', 'data-test': 'life' }, make('p', {}, `This draft was ${words} (${whose(ended)}) while it was written on elsewhere. It is kept until you choose.`),
    make('div', { class: 'row' }, turn('Keep the draft', 'draft'), turn(words === 'removed' ? 'Remove it' : 'It is done', ended.value)))];
}

function build_editor() {
  const back = make('a', { class: 'back quiet', href: '#' }, 'All drafts');
  const extra = make('details', { class: 'card' }, make('summary', {}, 'Other words on a surface'), make('div', { class: 'form' }, make('p', { class: 'small muted' }, 'What is left empty says what all the others say.'), ...more_fields.map(field_box)));
  const remove = make('button', { type: 'button', class: 'quiet' }, 'Remove the draft');
  remove.addEventListener('click', async () => {
    await flush();
    const row = await shelf.get(open_id);
    if (row) await choose('life', 'removed', dots(row.draft, 'life'));
  });
  editor.replaceChildren(back, make('h2', { tabindex: '-1' }), make('p', { class: 'kept', 'data-kept': '' }), make('div', { class: 'stack', 'data-life': '' }),
    make('div', { class: 'card form' }, ...fields.map(field_box)), extra, make('div', { class: 'stack', 'data-elsewhere': '' }),
    make('div', { class: 'row between' }, make('span', { 'data-publish': '' }), remove));
}

async function show_kept() {
  const row = open_id && await shelf.get(open_id), line = one('[data-kept]', editor);
  if (line) line.replaceChildren(...(failed ? [state_sign([`Not kept on this device: ${failed}`, 'danger'])] : pending.size ? [state_sign(['Not kept yet …', 'muted'])] : row ? [state_sign(kept_words(row))] : []));
  const publish = one('[data-publish]', editor);
  if (publish && row) {
    const ready = !pending.size && !is_unsent(row, device.id) && state === 'good';
    publish.replaceChildren(ready ? make('a', { class: 'button', href: `${base}/studio/drafts/${open_id}` }, 'Open to sign and publish') : make('span', { class: 'small muted' }, 'To sign and publish it, it must be saved at the shop first.'));
  }
  await show_list();
}

// `all_of_it`: also the field in which somebody stands.
async function show_editor(all_of_it = false) {
  const row = open_id && await shelf.get(open_id);
  root.toggleAttribute('data-open', Boolean(open_id));
  editor.hidden = !open_id;
  if (!open_id) { editor.replaceChildren(); return; }
  if (!one('h2', editor)) build_editor();
  const draft = row?.draft ?? empty(open_id);
  one('h2', editor).textContent = row ? title_of(draft) : 'A new draft';
  for (const field of [...fields, ...more_fields]) {
    const control = document.getElementById(field.name);
    const first = value(draft, field.name);
    // Nothing changes under a typing hand; what came meanwhile is shown when it rests, and until then not taken the place of.
    const typing = document.activeElement === control && Date.now() - typed_at < rest_ms;
    if (typing && control.value !== first) rest_timer ??= setTimeout(() => { rest_timer = undefined; show_editor(); }, rest_ms);
    if (!pending.has(field.name) && (all_of_it || !typing)) {
      if (field.kind === 'select') product_options(control, first); else if (control.value !== first) put_words(control, first);
      shown.set(field.name, { value: first, dots: (draft.fields[field.name] ?? []).filter((head) => head.value === first).map(({ dot }) => dot) });
      control.count();
    }
    one(`[data-differs=${field.name}]`, editor).replaceChildren(...differs_box(draft, field.name, field.label));
  }
  if (more_fields.some(({ name }) => draft.fields[name])) one('details', editor).open ||= !editor.dataset.seen;
  editor.dataset.seen = '1';
  shown.set('life', { dots: (draft.fields.life ?? []).filter((head) => life(draft) !== 'draft' || head.value === 'draft').map(({ dot }) => dot) });
  one('[data-life]', editor).replaceChildren(...life_box(draft));
  one('[data-elsewhere]', editor).replaceChildren(...Object.entries(elsewhere).flatMap(([name, label]) => differs_box(draft, name, label)));
  await show_kept();
}

async function show_list() {
  const rows = (await shelf.all()).filter((row) => life(row.draft) === 'draft').sort((a, b) => (a.id < b.id ? 1 : -1));
  list.hidden = false;
  only_here = !shelf.keeps && rows.some((row) => is_unsent(row, device.id));
  const items = rows.map((row) => {
    const differing = conflicts(row.draft).length;
    return make('li', {}, make('a', { href: `#${row.id}`, 'aria-current': row.id === open_id && 'true' }, make('strong', {}, make('bdi', {}, title_of(row.draft))), state_sign(kept_words(row)),
      ...(differing ? [make('span', { class: 'state sale' }, differing === 1 ? '1 field to choose' : `${differing} fields to choose`)] : [])));
  });
  const nothing = make('div', { class: 'empty' }, make('h3', {}, 'Write anywhere'), make('p', {}, 'On a train, at the market: what you write here stays on this device and meets the shop when there is a network.'));
  const body = items.length ? make('ul', { class: 'plain' }, ...items) : nothing;
  if (one('.plain, .empty', list)) one('.plain, .empty', list).replaceWith(body); else list.append(body);
}

async function open_from_address() {
  await flush();
  if (pending.size) { history.replaceState(null, '', `#${open_id}`); return; }  // words that could not be kept are not left behind
  shown.clear();
  const id = location.hash.slice(1);
  open_id = /^[0-9a-z]{26}$/.test(id) ? id : '';
  editor.replaceChildren();
  delete editor.dataset.seen;
  await show_editor(true);
  await show_list();
}

// ---- log-out --------------------------------------------------------------------------------------------------------------------------

async function log_out(all_the_same) {
  await flush();
  await sync.anew();
  Object.assign(device, await shelf.device());
  const unsent = (await shelf.all()).filter((row) => is_unsent(row, device.id) || row.gone);
  const lost = !shelf.keeps;  // then nothing stays
  if ((unsent.length || pending.size) && !all_the_same) {
    const go = make('button', { type: 'button', class: 'button small' }, 'Log out all the same');
    go.addEventListener('click', () => log_out(true));
    const words = pending.size ? 'Your last words could not be kept on this device. Log out, and they are lost.' : `${unsent.length === 1 ? '1 draft is' : `${unsent.length} drafts are`} on this device only. ${lost ? `Log out, and ${unsent.length === 1 ? 'it is' : 'they are'} lost: this browser keeps nothing.` : `Log out, and ${unsent.length === 1 ? 'it stays' : 'they stay'} here, readable by who uses this browser, until you log in again.`}`;
    leave.replaceChildren(words, ' ', go);
    leave.hidden = false;
    go.focus();
    return;
  }
  try {
    const answer = await fetch(`${base}/studio/logout`, { method: 'POST', body: new URLSearchParams({ csrf: sync.csrf() }), signal: AbortSignal.timeout?.(10_000) });
    if (!answer.ok && state !== 'login') throw new Error(String(answer.status));
  } catch {
    leave.replaceChildren('The shop does not answer: you are still logged in.');
    leave.hidden = false;
    return;
  }
  leaving = true;
  sync.stop();
  channel?.postMessage('left');
  if (unsent.length) {
    const keep = new Set(unsent.map(({ id }) => id));
    for (const { id } of await shelf.all()) if (!keep.has(id)) await shelf.change(id, () => undefined);
    await shelf.tell('products', []).catch(() => {});
  } else await shelf.empty();
  await let_go_of_the_page();
  location.replace(`${base}/`);
}

// ---- the page itself ------------------------------------------------------------------------------------------------------------------

const scope = `${base}/studio/drafts`;

async function let_go_of_the_page() {
  const registration = await navigator.serviceWorker?.getRegistration(scope);
  if (registration && new URL(registration.scope).pathname === scope) await registration.unregister();
  if (window.caches) await caches.delete(`barrow-drafts-1${scope}`);
}

// Asked for when the shop has said that this is its creator.
async function keep_the_page() {
  if (worker_kept || !navigator.serviceWorker || !window.isSecureContext || !shelf.keeps) return;
  const script = window.trustedTypes?.createPolicy('barrow', { createScriptURL: (path) => path }).createScriptURL('/drafts-sw.js') ?? '/drafts-sw.js';
  worker_kept = true;
  try {
    const registration = await navigator.serviceWorker.register(script, { scope });
    const worker = registration.active ?? registration.waiting ?? registration.installing;
    if (worker.state !== 'activated') await new Promise((done) => { worker.addEventListener('statechange', () => { if (worker.state === 'activated') done(); }); });
    navigator.serviceWorker.addEventListener('message', ({ data }) => { if (data?.kept) { root.dataset.page = 'kept'; show_foot(); } });
    worker.postMessage({ keep: [...new Set(performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\/assets\//.test(name)))] });
    navigator.storage?.persist?.().catch(() => {});
  } catch { /* the page cannot be opened without a network then; it says nothing else */ }
}

function show_foot() {
  foot.hidden = false;
  const out = make('button', { type: 'button', class: 'quiet', 'data-log-out': '' }, 'Log out');
  out.addEventListener('click', () => log_out(false));
  foot.replaceChildren(root.dataset.page === 'kept' ? 'This page opens on this device without a network, too.' : 'This page needs a network to be opened.', out);
}

// ---- begin ----------------------------------------------------------------------------------------------------------------------------

const sync = start_sync({
  shelf, base, shop, device,
  async told(next, text = '') {
    if (leaving) return;
    state = next;
    why = text;
    tell();
    if (state === 'good') {
      products = (await shelf.about('products')) ?? [];
      moved();
      keep_the_page();
    }
    await show_editor();
    await show_list();
  },
  changed() { if (!leaving) { moved(); show_editor(); } },
});

channel?.addEventListener('message', ({ data }) => {
  if (data === 'left') { leaving = true; sync.stop(); location.replace(`${base}/`); return; }
  shelf.device().then((known) => Object.assign(device, known)).then(() => show_editor()).then(show_list);
});
addEventListener('hashchange', open_from_address);
addEventListener('pagehide', flush);
addEventListener('visibilitychange', () => { if (document.hidden) flush(); });
// The browser asks once more, where words would be gone.
addEventListener('beforeunload', (event) => { if (!leaving && (only_here || (failed && pending.size))) event.preventDefault(); });

const fresh = one('[data-new]');
fresh.hidden = false;
fresh.addEventListener('click', () => { location.hash = new_id(Date.now()); });
// Arrived in a new draft, or from the list: where the words go.
all('[data-list]').forEach((part) => part.addEventListener('click', () => setTimeout(() => one('h2', editor)?.focus(), 50)));

if (navigator.serviceWorker?.controller && new URL(navigator.serviceWorker.controller.scriptURL).pathname === '/drafts-sw.js') root.dataset.page = 'kept';
// Asked for half a minute ago at most: an older one never arrived here.
let asked_to_log_out = false;
try {
  const name = `barrow-log-out-${base}`;
  asked_to_log_out = Date.now() - Number(sessionStorage.getItem(name)) < 30_000;
  sessionStorage.removeItem(name);
} catch { /* a browser that keeps nothing */ }
show_foot();
tell();
await open_from_address();
await sync.begin();
// From the log-out of another page: what waits here is named first, and what is kept here goes along.
if (asked_to_log_out) log_out(false);
