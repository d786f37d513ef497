// What a device keeps of drafts, in IndexedDB, for each shop apart. Where the browser keeps nothing (private windows), the same in memory, and
// `keeps` is false: the page then says so.
//
// A row: {id, draft, sent, tried, digest, owes, since, saved, gone}. `sent` counts this device's writings that the shop has, `tried` those that
// were ever handed to the network; `digest` names what of the shop is merged in here; `owes`: the shop lacks what it once had, of others;
// `since` when the first unsent word was written, `saved` when the last was taken there (ms); `gone`: the shop has it no more.
//
// As which device a word is written stands in the store, too, and is read in the transaction that writes the word: whatever tab gives the
// device another name, no other writes on under the old one.

const asked = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});
const over = (transaction) => new Promise((done, failed) => {
  transaction.oncomplete = () => done();
  transaction.onabort = () => failed(transaction.error ?? new DOMException('nothing was kept', 'AbortError'));
});

// The disk is full, or the browser let its store go: nothing was changed. Not the same as a shop that does not answer.
const unkept = (error) => Object.assign(new Error(error.name === 'QuotaExceededError' ? 'its storage is full' : error.name), { state: 'unkept' });

const new_device = () => ({ id: new_id(Date.now()), by: device_name() });

function memory() {
  const drafts = new Map(), about = new Map(), device = () => about.get('device') ?? about.set('device', new_device()).get('device');
  return {
    keeps: false,
    all: async () => [...drafts.values()],
    get: async (id) => drafts.get(id),
    async change(id, made_of) {
      const row = made_of(drafts.get(id), device());
      if (row) drafts.set(id, row); else drafts.delete(id);
      return row;
    },
    async whole(made_of) {
      const made = made_of(new Map(drafts), device(), about.get('sender'));
      if (made.device) about.set('device', made.device);
      if (made.sender) about.set('sender', made.sender);
      for (const row of made.rows) drafts.set(row.id, row);
      return made;
    },
    device: async () => device(),
    about: async (name) => about.get(name),
    tell: async (name, value) => { about.set(name, value); },
    async empty() { drafts.clear(); about.clear(); },
  };
}

export async function open_shelf(shop) {
  const name = `barrow-drafts-${shop}`;
  let opened;
  async function open() {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore('drafts', { keyPath: 'id' });
      opening.result.createObjectStore('about');
    };
    const db = await asked(opening);
    db.onversionchange = () => db.close();  // somebody logs out: for good
    db.onclose = () => { opened = undefined; };  // the browser took it away
    return db;
  }
  const connected = () => { opened ??= open().catch((error) => { opened = undefined; throw error; }); return opened; };

  // Told as kept only when it is on the disk.
  async function within(mode, work) {
    let transaction;
    try {
      transaction = (await connected()).transaction(['drafts', 'about'], mode, { durability: 'strict' });
      const finished = over(transaction);
      finished.catch(() => {});
      const result = await work(transaction.objectStore('drafts'), transaction.objectStore('about'));
      await finished;
      return result;
    } catch (error) {
      try { transaction?.abort(); } catch { /* it has */ }
      throw error instanceof DOMException ? unkept(error) : error;
    }
  }
  async function device_in(about) {
    const known = await asked(about.get('device'));
    if (known) return known;
    const made = new_device();
    about.put(made, 'device');
    return made;
  }

  const shelf = {
    keeps: true,
    all: () => within('readonly', (drafts) => asked(drafts.getAll())),
    get: (id) => within('readonly', (drafts) => asked(drafts.get(id))),
    // The row becomes what `made_of` makes of it, in one transaction: two tabs never undo each other. undefined takes it away. It is told as
    // which device.
    change: (id, made_of) => within('readwrite', async (drafts, about) => {
      const device = await device_in(about), before = await asked(drafts.get(id)), row = made_of(before, device);
      if (!row) drafts.delete(id); else if (row !== before) drafts.put(row);
      return row;
    }),
    // Of all rows at once: `made_of` gets them by their ids, the device, and who sent last, and makes {rows: those to put, device, sender}.
    whole: (made_of) => within('readwrite', async (drafts, about) => {
      const device = await device_in(about), sender = await asked(about.get('sender')), rows = await asked(drafts.getAll());
      const made = made_of(new Map(rows.map((row) => [row.id, row])), device, sender);
      if (made.device) about.put(made.device, 'device');
      if (made.sender) about.put(made.sender, 'sender');
      for (const row of made.rows) drafts.put(row);
      return made;
    }),
    device: async () => (await shelf.about('device')) ?? within('readwrite', (_, about) => device_in(about)),
    about: (key) => within('readonly', (_, about) => asked(about.get(key))),
    tell: (key, value) => within('readwrite', (_, about) => { about.put(value, key); }),
    async empty() { (await connected()).close(); await asked(indexedDB.deleteDatabase(name)).catch(() => {}); },
  };
  try { await shelf.device(); } catch { return memory(); }
  return shelf;
}

// 48 bits of milliseconds and 80 random bits, in the letters that the server uses: names of drafts and of devices.
export function new_id(ms) {
  const letters = '0123456789abcdefghjkmnpqrstvwxyz';
  let text = '', left = ms;
  for (let i = 0; i < 10; i += 1) { text = letters[left % 32] + text; left = Math.floor(left / 32); }
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) text += letters[byte % 32];
  return text;
}

// As people would call it; the browser says no more.
export function device_name(agent = navigator.userAgent) {
  const names = [[/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Android.*Mobile/, 'Android phone'], [/Android/, 'Android tablet'], [/CrOS/, 'Chromebook'],
    [/Mac OS/, 'Mac'], [/Windows/, 'Windows computer'], [/Linux/, 'Linux computer']];
  return names.find(([sign]) => sign.test(agent))?.[1] ?? 'another device';
}
