// A device's drafts and the shop's become the same, whenever the shop answers. What was sent and not answered is sent again: it counts once.
import { life, merge, renamed, told_anew } from './draft_merge.js';
import { new_id } from './draft_shelf.js';

const at_once_max = 20, bytes_at_once_max = 700_000;  // of what one request carries: see rooms/drafts/drafts_http.hpp
const rounds_max = 60;
const patience_ms = 15_000, look_every_ms = 30_000;
const unkept_every_ms = 10_000;
const pauses_s = [2, 4, 8, 15, 30, 60, 60, 60, 60, 60];  // then it rests until somebody types, the device finds a network, or says "Send now"

const seen = (draft, device) => draft.context[device] ?? 0;
export const is_unsent = (row, device) => Boolean(row.owes) || seen(row.draft, device) > row.sent;
const tried = (row, device) => row.tried ?? seen(row.draft, device);  // rows of before it was counted

// What goes into one request.
function those_to_send(rows, device) {
  const mine = [];
  let bytes = 0;
  const unsent = rows.filter((one) => is_unsent(one, device) && !one.gone).sort((a, b) => Boolean(a.refused) - Boolean(b.refused));  // what was refused holds up no other
  for (const row of unsent) {
    bytes += JSON.stringify(row.draft).length * 3;
    if (mine.length && (mine.length === at_once_max || bytes > bytes_at_once_max)) break;
    mine.push(row);
  }
  return mine;
}

// `told` is called with what is known now: state "none" (not asked yet), "good", "away" (no answer, tried again), "rests" (no longer tried),
// "login", "refused" or "unkept" (the device takes nothing more), both with why; and `changed` when rows changed.
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
    const ahead = Math.round(json.now_ms - (began + Date.now()) / 2), before_ms = ahead_ms;
    ahead_ms = Math.abs(ahead) > 30_000 ? ahead : 0;
    if (ahead_ms !== before_ms) await shelf.tell('ahead_ms', ahead_ms).catch(() => {});
    return json;
  }

  async function log_on() {
    const json = await ask('/studio/drafts.json');
    ({ csrf } = json);
    await shelf.tell('products', json.products).catch(() => {});
  }

  // A device that was put back from a backup may give its new words names that it had given before. It shows in this: the shop has seen more of
  // the device than the device ever tried to send. So nothing is sent before the shop has told all that it has, and `tried` is on the disk
  // before anything is. `sender` says that this was so, and that the device's store is the one it was then: another tab, another word.
  let sender = '';
  function prepare(rows, is, last) {
    const met = sender !== '' && last === sender, mine = met ? those_to_send([...rows.values()], is.id) : [];
    const marked = mine.map((row) => ({ ...row, tried: Math.max(tried(row, is.id), seen(row.draft, is.id)) }));
    return { rows: marked, sender: mine.length ? new_id(Date.now()) : undefined, met, is, mine, all: [...rows.values()] };
  }

  // What the shop has is merged in. Where it shows that the device was put back, that is another device from here on, and so is all that it
  // wrote and the shop did not say that it has: in the same transaction, before a merge could take it for something seen.
  const take = (drafts, meets) => shelf.whole((rows, is) => {
    const put_back = drafts.some(({ draft }) => rows.has(draft.id) && seen(draft, is.id) > tried(rows.get(draft.id), is.id));
    const now_is = put_back ? { ...is, id: new_id(Date.now()) } : is, changed_rows = new Map();
    if (put_back) for (const row of rows.values()) changed_rows.set(row.id, { ...row, draft: renamed(row.draft, is.id, now_is.id, row.sent), sent: 0, tried: 0 });
    for (const { digest, draft } of drafts) {
      const row = changed_rows.get(draft.id) ?? rows.get(draft.id), merged = row ? merge(row.draft, draft) : draft, at_shop = seen(draft, now_is.id);
      // A shop that was put back from a backup is given again what it lost, whoever wrote it.
      const owes = Object.keys(merged.context).some((one) => one !== now_is.id && merged.context[one] > seen(draft, one));
      changed_rows.set(draft.id, { ...(row ?? { id: draft.id, since: 0 }), draft: merged, sent: at_shop, tried: row ? tried(row, now_is.id) : at_shop, owes, digest, saved: Date.now(), gone: false });
    }
    return { rows: [...changed_rows.values()], device: put_back ? now_is : undefined, sender: meets ? new_id(Date.now()) : undefined, is: now_is };
  });

  async function round() {
    let made;
    try { made = await shelf.whole(prepare); } catch (error) {
      // A full disk keeps no word from the shop; at worst the device takes itself for one that was put back, later.
      if (error.state !== 'unkept') throw error;
      made = { ...prepare(new Map((await shelf.all()).map((row) => [row.id, row])), await shelf.device(), await shelf.about('sender')), sender: undefined };
    }
    sender = made.sender ?? sender;
    const { is, mine, met } = made;
    const json = await ask('/studio/drafts/sync', { csrf, device: is.id, have: Object.fromEntries(made.all.map((row) => [row.id, row.digest])), drafts: mine.map((row) => row.draft) });
    const refused = new Map(json.refused.map((one) => [one.id, one]));
    for (const { draft } of mine) {
      const no = refused.get(draft.id), count = seen(draft, is.id);
      if (no?.code === 'put_back') { sender = ''; continue; }
      await shelf.change(draft.id, (row, now_is) => {
        if (!row || now_is.id !== is.id) return row;
        if (no?.code === 'clock' && !row.clock) return { ...row, draft: told_anew(row.draft, is.id, row.sent, now()), clock: true };
        if (no) return { ...row, refused: no.why };
        const all = seen(row.draft, is.id) <= count;
        return { ...row, sent: Math.max(row.sent, count), owes: false, since: all ? 0 : Date.now(), saved: Date.now(), refused: '', clock: false };
      });
    }
    const meets = !met && !json.more;
    if (json.drafts.length || meets) {
      const taken = await take(json.drafts, meets);
      sender = taken.sender ?? sender;
      Object.assign(device, taken.is);
    }
    // Not there any more: what had ended goes here, too. What had not stays, and the page asks.
    const there = new Set(json.ids);
    for (const { id } of made.all.filter((row) => !there.has(row.id) && row.digest)) {
      await shelf.change(id, (row, now_is) => (!row ? row : is_unsent(row, now_is.id) ? { ...row, digest: '' } : life(row.draft) !== 'draft' ? undefined : { ...row, gone: true }));
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
        if (state === 'unkept') timer = setTimeout(sync, unkept_every_ms);
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
