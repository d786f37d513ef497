// A device's drafts and the shop's become the same, whenever the shop answers. What was sent and not answered is sent again: it counts once.
import { life, merge, renamed, told_anew } from './draft_merge.js';
import { new_id } from './draft_shelf.js';

const at_once_max = 20, bytes_at_once_max = 700_000;  // of what one request carries: see rooms/drafts/drafts_http.hpp
const rounds_max = 60;
const patience_ms = 15_000, look_every_ms = 30_000;
const pauses_s = [2, 4, 8, 15, 30, 60, 60, 60, 60, 60];  // then it rests until somebody types, the device finds a network, or says "Send now"

export const is_unsent = (row, device) => (row.draft.context[device] ?? 0) > row.sent;

// `told` is called with what is known now: state "none" (not asked yet), "good", "away" (no answer, tried again), "rests" (no longer tried),
// "login", "refused" (with `why`); and `changed` when rows changed.
export function start_sync({ shelf, base, shop, device, told, changed }) {
  let csrf = '', tries = 0, timer, running = null, ahead_ms = 0, again = false;

  const now = () => Date.now() + ahead_ms;

  async function ask(path, body) {
    const began = Date.now();
    const answer = await fetch(base + path, {
      method: body ? 'POST' : 'GET', cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout?.(patience_ms),
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) }, ...(body && { body: JSON.stringify(body) }),
    });
    if (answer.status === 401) throw Object.assign(new Error('login'), { state: 'login' });
    if (answer.status === 403) csrf = '';
    if (!answer.ok) {
      const said = await answer.json().catch(() => ({}));
      throw Object.assign(new Error(said.detail ?? `The shop answered ${answer.status}.`), { state: answer.status < 500 && answer.status !== 429 ? 'refused' : 'away', status: answer.status });
    }
    const json = await answer.json();
    // A device's clock decides what stands first. One that is wrong goes by the shop's.
    const ahead = Math.round(json.now_ms - (began + Date.now()) / 2);
    ahead_ms = Math.abs(ahead) > 30_000 ? ahead : 0;
    await shelf.tell('ahead_ms', ahead_ms);
    return json;
  }

  async function log_on() {
    const json = await ask('/studio/drafts.json');
    ({ csrf } = json);
    await shelf.tell('products', json.products);
    return json;
  }

  const seen_of = (draft) => draft.context[device.id] ?? 0;
  const take = (digest, draft) => shelf.change(draft.id, (row) => ({
    ...(row ?? { id: draft.id, since: 0 }), draft: row ? merge(row.draft, draft) : draft, sent: Math.max(row?.sent ?? 0, seen_of(draft)), digest, saved: Date.now(), gone: false,
  }));

  // The shop has seen more of this device than the device knows: it was put back from a backup, and what it sent was refused. From here on it
  // is another one.
  async function was_put_back(drafts) {
    const ahead = await Promise.all(drafts.map(async ({ draft }) => { const row = await shelf.get(draft.id); return row && seen_of(draft) > seen_of(row.draft); }));
    if (!ahead.includes(true)) return false;
    const before = device.id, id = new_id(Date.now());
    for (const row of await shelf.all()) {
      await shelf.change(row.id, (one) => one && { ...one, draft: renamed(one.draft, before, id, one.sent), sent: 0 });
    }
    device.id = id;
    await shelf.tell('device', { ...device });
    return true;
  }

  async function round() {
    const rows = await shelf.all();
    const mine = [];
    let bytes = 0;
    const unsent = rows.filter((one) => is_unsent(one, device.id) && !one.gone).sort((a, b) => Boolean(a.refused) - Boolean(b.refused));  // what was refused holds up no other
    for (const row of unsent) {
      bytes += JSON.stringify(row.draft).length * 3;
      if (mine.length && (mine.length === at_once_max || bytes > bytes_at_once_max)) break;
      mine.push(row);
    }
    const json = await ask('/studio/drafts/sync', { csrf, device: device.id, have: Object.fromEntries(rows.filter((row) => row.digest).map((row) => [row.id, row.digest])), drafts: mine.map((row) => row.draft) });
    if (await was_put_back(json.drafts)) {
      for (const { digest, draft } of json.drafts) await take(digest, draft);
      return true;
    }
    const refused = new Map(json.refused.map((one) => [one.id, one]));
    for (const { draft } of mine) {
      const no = refused.get(draft.id), count = draft.context[device.id];
      await shelf.change(draft.id, (row) => {
        if (!row) return row;
        if (no?.code === 'clock' && !row.clock) return { ...row, draft: told_anew(row.draft, device.id, row.sent, now()), clock: true };
        if (no) return { ...row, refused: no.why };
        const all = (row.draft.context[device.id] ?? 0) <= count;
        return { ...row, sent: Math.max(row.sent, count), since: all ? 0 : Date.now(), saved: Date.now(), refused: '', clock: false };
      });
    }
    for (const { digest, draft } of json.drafts) await take(digest, draft);
    // Not there any more: what had ended goes here, too. What had not stays, and the page asks.
    const there = new Set(json.ids);
    for (const { id } of rows.filter((row) => !there.has(row.id) && row.digest)) {
      await shelf.change(id, (row) => (!row ? row : is_unsent(row, device.id) ? { ...row, digest: '' } : life(row.draft) !== 'draft' ? undefined : { ...row, gone: true }));
    }
    changed();
    const left = (await shelf.all()).some((row) => is_unsent(row, device.id) && !row.gone && !row.refused);
    return json.more || left;
  }

  async function run() {
    if (!csrf) await log_on();
    for (let left = rounds_max, more = true; more && left > 0; left -= 1) {
      try { more = await round(); } catch (error) {
        if (error.status !== 403 || csrf) throw error;
        await log_on();  // the session is another one: once more
        more = await round();
      }
    }
  }

  // One tab of the device at a time; a browser without locks sends twice what counts once.
  const alone = (work) => (navigator.locks ? navigator.locks.request(`barrow-drafts-${shop}`, { ifAvailable: true }, (lock) => (lock ? work() : 'busy')) : work());

  async function sync() {
    clearTimeout(timer);
    if (running) { again = true; return running; }
    running = (async () => {
      try {
        const busy = await alone(run);
        tries = 0;
        timer = setTimeout(look, busy === 'busy' ? 1500 : look_every_ms);
        if (busy !== 'busy') told('good');
      } catch (error) {
        changed();
        const state = error.state ?? 'away';
        if (state !== 'away') { told(state, error.message); return; }
        if (tries < pauses_s.length) timer = setTimeout(sync, pauses_s[tries] * 1000);
        told(tries < pauses_s.length ? 'away' : 'rests');
        tries += 1;
      }
    })();
    await running;
    running = null;
    if (again) { again = false; timer = setTimeout(sync, 100); }
    return undefined;
  }

  // While somebody looks at the page, it hears of other devices.
  function look() { if (!document.hidden) sync(); }

  const anew = () => { tries = 0; return sync(); };
  addEventListener('online', anew);
  addEventListener('visibilitychange', () => { if (!document.hidden) anew(); });
  let asked_at = 0;
  // While somebody types: soon after the last word, at most every two seconds.
  const soon = () => {
    if (tries > pauses_s.length) tries = 0;
    if (tries > 0 || asked_at) return;
    asked_at = setTimeout(() => { asked_at = 0; sync(); }, 1200);
  };
  return {
    now, anew, soon,
    begin: async () => { ahead_ms = (await shelf.about('ahead_ms')) ?? 0; await sync(); },
    csrf: () => csrf,
    stop: () => clearTimeout(timer),
  };
}
