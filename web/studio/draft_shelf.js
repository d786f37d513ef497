// What a device keeps of drafts, in IndexedDB, for each shop apart. Where the browser keeps nothing (private windows), the same in memory, and
// `keeps` is false: the page then says so.
//
// A row: {id, draft, sent, digest, since, saved, gone}. `sent` counts this device's writings that the shop has; `digest` names what of the shop
// is merged in here; `since` when the first unsent word was written, `saved` when the last was taken there (ms); `gone`: the shop has it no more.

const asked = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});
const over = (transaction) => new Promise((done, failed) => {
  transaction.oncomplete = () => done();
  transaction.onabort = () => failed(transaction.error ?? new Error('nothing was kept'));
  transaction.onerror = () => failed(transaction.error);
});

function memory() {
  const drafts = new Map(), about = new Map();
  return {
    keeps: false,
    all: async () => [...drafts.values()],
    get: async (id) => drafts.get(id),
    async change(id, made_of) {
      const row = made_of(drafts.get(id));
      if (row) drafts.set(id, row); else drafts.delete(id);
      return row;
    },
    about: async (name, otherwise) => { if (!about.has(name) && otherwise) about.set(name, otherwise()); return about.get(name); },
    tell: async (name, value) => { about.set(name, value); },
    async empty() { drafts.clear(); about.clear(); },
  };
}

export async function open_shelf(shop) {
  const name = `barrow-drafts-${shop}`;
  let db;
  try {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore('drafts', { keyPath: 'id' });
      opening.result.createObjectStore('about');
    };
    db = await asked(opening);
  } catch { return memory(); }
  db.onversionchange = () => db.close();
  const read = (store) => db.transaction(store).objectStore(store);
  // Told as kept only when it is on the disk.
  const write = (store) => db.transaction(store, 'readwrite', { durability: 'strict' });
  return {
    keeps: true,
    all: () => asked(read('drafts').getAll()),
    get: (id) => asked(read('drafts').get(id)),
    // The row becomes what `made_of` makes of it, in one transaction: two tabs never undo each other. undefined takes it away.
    async change(id, made_of) {
      const transaction = write('drafts'), store = transaction.objectStore('drafts'), finished = over(transaction);
      const row = made_of(await asked(store.get(id)));
      if (row) store.put(row); else store.delete(id);
      await finished;
      return row;
    },
    async about(key, otherwise) {
      const transaction = write('about'), store = transaction.objectStore('about'), finished = over(transaction);
      let value = await asked(store.get(key));
      if (value === undefined && otherwise) { value = otherwise(); store.put(value, key); }
      await finished;
      return value;
    },
    async tell(key, value) {
      const transaction = write('about');
      transaction.objectStore('about').put(value, key);
      await over(transaction);
    },
    async empty() { db.close(); await asked(indexedDB.deleteDatabase(name)).catch(() => {}); },
  };
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
