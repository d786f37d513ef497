// Drafts on two devices: the server is killed, both write the same draft, it comes back, and nothing is lost.
//   node tests/browser/drafts.mjs --barrow build/dev/barrow [--screenshots DIR] [--only REGEX] [--chromium PATH] [--no-sandbox]
import fs from 'node:fs';
import { accessible, becomes, equal, expect, fits, picture, sleep, test } from './harness.mjs';
import { stage } from './stage.mjs';
import { temporary } from './start.mjs';

const android = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';
const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const phone_options = { viewport: { width: 360, height: 640 }, userAgent: android }, desk_options = { viewport: { width: 1440, height: 900 }, userAgent: mac };

const kept = (page) => page.locator('[data-kept] [data-test=kept]').innerText();
const told = (page) => page.locator('[data-told]').innerText();
const differs = (page, field) => page.locator(`[data-differs=${field}] [data-test=differs]`);
const saved = (page) => becomes(async () => /^Saved /.test(await kept(page)), true, 'the line', 10_000);
const unsent = (page) => becomes(async () => /^Kept on this device, not sent yet, since \d\d:\d\d/.test(await kept(page)), true, 'the line', 8000);
// What the shop has, as a device that has nothing would hear it.
const at_shop = (page, id) => page.evaluate(async (wanted) => {
  const { csrf } = await (await fetch('/studio/drafts.json')).json();
  const body = JSON.stringify({ csrf, device: '0'.repeat(26), have: {}, drafts: [] });
  const { drafts } = await (await fetch('/studio/drafts/sync', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json();
  return drafts.find(({ draft }) => draft.id === wanted)?.draft;
}, id);
const texts_at_shop = async (page, id, field) => ((await at_shop(page, id)).fields[field] ?? []).map(({ value }) => value).sort().join('|');
// The device's store; with rows, they are put into it: a backup.
const shelf = (page, rows) => page.evaluate(async (put) => {
  const { name } = (await indexedDB.databases()).find((one) => one.name.startsWith('barrow-drafts'));
  const db = await new Promise((done) => { const opening = indexedDB.open(name); opening.onsuccess = () => done(opening.result); });
  const transaction = db.transaction(['drafts', 'about'], 'readwrite'), all_of = (store, what) => new Promise((done) => { const asked = transaction.objectStore(store)[what](); asked.onsuccess = () => done(asked.result); });
  if (put) {
    transaction.objectStore('drafts').clear();
    for (const row of put.drafts) transaction.objectStore('drafts').put(row);
    put.keys.forEach((key, i) => transaction.objectStore('about').put(put.about[i], key));
  }
  const found = { drafts: await all_of('drafts', 'getAll'), keys: await all_of('about', 'getAllKeys'), about: await all_of('about', 'getAll') };
  db.close();
  return found;
}, rows);
const ask_again = (page) => page.evaluate(() => dispatchEvent(new Event('online')));

async function log_in(page, shop) {
  await page.goto(await shop.login());
  await page.getByRole('button', { name: 'Open the studio' }).click();
  await page.waitForURL(/\/studio\/?$/);
}
// The page, opened by its creator and taken in by the device.
async function settled(page, shop, hash = '') {
  await page.goto(`${shop.url}/studio/drafts${hash}`);
  await becomes(() => page.locator('[data-foot]').innerText().then((text) => /opens on this device without a network/.test(text)), true, 'what the page says of itself', 15_000);
}

async function tests(browser, shop, data) {
  const broken = [];
  const device = async (options) => {
    const context = await browser.newContext(options), page = await context.newPage();
    page.on('console', (line) => { if (line.type() === 'error' && /Content Security|Trusted/.test(line.text())) broken.push(line.text()); });
    page.on('pageerror', (error) => broken.push(error.message));
    await log_in(page, shop);
    return page;
  };
  const phone = await device(phone_options), desk = await device(desk_options);
  let address = '';

  await test('drafts: what is typed is kept and saved, and the other device has it', async () => {
    await settled(phone, shop);
    await picture(phone, 'drafts empty 360');
    await accessible(phone, 'the empty page');
    await phone.getByRole('button', { name: 'New draft' }).click();
    await phone.fill('#title', 'Bring the tide into the room');
    await phone.fill('#how', 'It follows the harbour.');
    await saved(phone);
    address = new URL(phone.url()).hash;
    await settled(desk, shop, address);
    await becomes(() => desk.inputValue('#title'), 'Bring the tide into the room', 'the title');
    await saved(desk);
    await fits(phone, 'the editor at 360 px');
    await accessible(phone, 'the editor');
    await picture(phone, 'drafts saved 360');
    equal(broken.join(' '), '', 'what went wrong');
  });

  await test('drafts: only the shell of this page is kept, and nothing of a session in it', async () => {
    const found = await desk.evaluate(async () => {
      const cache = await caches.open('barrow-drafts-1/studio/drafts');
      const csrf = (await (await fetch('/studio/drafts.json')).json()).csrf;
      const shell = await (await cache.match('/studio/drafts')).text();
      return { paths: (await cache.keys()).map(({ url }) => new URL(url).pathname.replace(/^\/assets\/[^/]+/, '/assets')).sort().join(' '), csrf: shell.includes(csrf), words: shell.includes('Bring the tide') };
    });
    equal(found.paths, '/assets/shared/dom.js /assets/shared/mark.svg /assets/shared/toast.js /assets/studio/draft_merge.js /assets/studio/draft_shelf.js /assets/studio/draft_sync.js /assets/studio/drafts.js /assets/studio/studio.js /studio/drafts'.split(' ').filter((path) => found.paths.includes(path)).join(' '), 'what is kept');
    expect(/draft_merge\.js.*drafts\.js.*\/studio\/drafts$/.test(found.paths), `a file is missing: ${found.paths}`);
    equal(found.csrf || found.words, false, 'a session or words in the shell');
  });

  await test('drafts: with the server killed the page opens, and both devices write on', async () => {
    await shop.kill();
    for (const page of [phone, desk]) {
      await page.goto(`${shop.url}/studio/drafts${address}`);
      await page.reload();
      await becomes(() => page.inputValue('#title'), 'Bring the tide into the room', 'the title without the shop');
    }
    await phone.fill('#title', 'Bring the tide onto your desk');
    await phone.fill('#proof', 'Measured: 0.4 W.');
    await unsent(phone);
    await desk.fill('#title', 'Bring the harbour home');
    await desk.fill('#action', 'See it glow');
    await unsent(desk);
    await becomes(async () => /The shop does not answer/.test(await told(phone)), true, 'what the page says', 10_000);
    await fits(phone, 'the editor without the shop');
    await accessible(phone, 'the editor without the shop');
    await picture(phone, 'drafts unsent 360');
    await picture(desk, 'drafts unsent 1440');
    await phone.reload();
    await becomes(() => phone.inputValue('#title'), 'Bring the tide onto your desk', 'after one more reload');
    equal(await phone.inputValue('#proof'), 'Measured: 0.4 W.', 'the proof');
    await unsent(phone);
  });

  await test('drafts: other pages of the studio are not kept', async () => {
    const other = await phone.context().newPage();
    const failed = await other.goto(`${shop.url}/studio/orders`).then(() => '', (error) => error.message);
    expect(/ERR_CONNECTION_REFUSED/.test(failed), `it opened: ${failed || await other.content()}`);
    await other.close();
  });

  await test('drafts: two tabs of one device do not undo each other', async () => {
    const tab = await desk.context().newPage();
    await tab.goto(`${shop.url}/studio/drafts${address}`);
    await becomes(() => tab.inputValue('#title'), 'Bring the harbour home', 'the other tab');
    await tab.fill('#proof_source', 'Lab K');
    await becomes(() => desk.inputValue('#proof_source'), 'Lab K', 'the first tab hears of it');
    await desk.fill('#proof_url', 'https://lab.example/k');
    await becomes(() => tab.inputValue('#proof_url'), 'https://lab.example/k', 'and the other way round');
    await tab.close();
  });

  await test('drafts: when the shop is back both have the same, and what was written twice stands beside each other', async () => {
    await shop.start_again();
    await ask_again(phone);
    await saved(phone);
    await ask_again(desk);
    await saved(desk);
    await ask_again(phone);
    for (const page of [phone, desk]) {
      await differs(page, 'title').waitFor();
      const words = await differs(page, 'title').innerText();
      for (const one of ['Bring the tide onto your desk', 'Bring the harbour home', page === phone ? 'Mac, ' : 'Android phone, ', 'this device, ']) expect(words.includes(one), `${one} is not in: ${words}`);
      await becomes(() => page.inputValue('#proof'), 'Measured: 0.4 W.', 'the phone’s proof');
      await becomes(() => page.inputValue('#action'), 'See it glow', 'the desk’s button');
      equal(await page.inputValue('#proof_source'), 'Lab K', 'the tab’s source');
      equal(await page.locator('[data-test=differs]').count(), 1, 'fields to choose');
    }
    equal(await phone.inputValue('#title'), await desk.inputValue('#title'), 'which stands first');
    await fits(phone, 'a conflict at 360 px');
    await accessible(phone, 'a conflict');
    await picture(phone, 'drafts conflict 360');
    await picture(desk, 'drafts conflict 1440');
  });

  await test('drafts: the form without scripts shows both, too', async () => {
    const page = await desk.context().newPage();
    await page.goto(`${shop.url}/studio/drafts/${address.slice(1)}`);
    const words = await page.locator('[data-test=others]').innerText();
    expect(/What it does, for whom/.test(words) && /(Mac|Android phone), /.test(words), words);
    await accessible(page, 'the form of a draft');
    await fits(page, 'the form of a draft');
    await picture(page, 'drafts form 1440');
    await page.setViewportSize({ width: 360, height: 640 });
    await fits(page, 'the form of a draft at 360 px');
    await picture(page, 'drafts form 360');
    await page.goto(`${shop.url}/studio/snippets`);
    await page.getByText('1 field to choose').waitFor();
    await fits(page, 'the list at 360 px');
    await accessible(page, 'the list');
    await picture(page, 'drafts list 360');
    await page.close();
  });

  await test('drafts: who writes on in a field does not choose by that', async () => {
    const first = await desk.inputValue('#title');
    await desk.fill('#title', `${first}, by night`);
    await saved(desk);
    await becomes(() => differs(desk, 'title').count(), 1, 'the question');
    await ask_again(phone);
    await becomes(() => phone.inputValue('#title'), `${first}, by night`, 'the phone');
    await becomes(() => differs(phone, 'title').count(), 1, 'the question on the phone');
  });

  await test('drafts: one is chosen, and the question is gone on both', async () => {
    const buttons = differs(phone, 'title').getByRole('button');
    const other = await buttons.nth(1).getAttribute('data-choose');
    await buttons.nth(1).click();
    await saved(phone);
    await ask_again(desk);
    for (const page of [phone, desk]) {
      await becomes(() => page.inputValue('#title'), other, 'the title');
      await becomes(() => page.locator('[data-test=differs]').count(), 0, 'questions');
    }
  });

  await test('drafts: an answer that is lost changes nothing', async () => {
    await phone.route('**/studio/drafts/sync', async (route) => { await route.fetch(); await route.abort(); });
    await phone.fill('#how', 'It glows with the tide.');
    await unsent(phone);
    await sleep(2500);
    await phone.unroute('**/studio/drafts/sync');
    await ask_again(phone);
    await saved(phone);
    equal(await phone.locator('[data-test=differs]').count(), 0, 'questions');
    await ask_again(desk);
    await becomes(() => desk.inputValue('#how'), 'It glows with the tide.', 'the desk');
  });

  await test('drafts: a removal and a writing that knew nothing of each other: it is back, and both say so', async () => {
    await phone.context().setOffline(true);
    await phone.fill('#how', 'Written on a train.');
    await unsent(phone);
    await desk.getByRole('button', { name: 'Remove the draft' }).click();
    await desk.locator('[data-test=ended]').waitFor();
    await saved(desk);
    await phone.context().setOffline(false);
    await ask_again(phone);
    await phone.locator('[data-test=life]').waitFor({ timeout: 10_000 });
    expect(/was removed \(Mac, .*\) while it was written on elsewhere/.test(await phone.locator('[data-test=life]').innerText()), 'the words');
    await picture(phone, 'drafts back 360');
    await accessible(phone, 'a draft that is back');
    await ask_again(desk);
    await becomes(() => desk.inputValue('#how'), 'Written on a train.', 'the desk has the words');
    await desk.getByRole('button', { name: 'Keep the draft' }).click();
    await saved(desk);
    await ask_again(phone);
    await becomes(() => phone.locator('[data-test=life]').count(), 0, 'the question');
  });

  await test('drafts: published it is no draft any more', async () => {
    const page = await desk.context().newPage();
    await desk.getByRole('link', { name: 'Open to sign and publish' }).waitFor();
    await page.goto(`${shop.url}/studio/drafts/${address.slice(1)}`);
    await page.fill('#proof', '');
    await page.fill('#proof_source', '');
    await page.fill('#proof_url', '');
    await page.fill('#how', 'It glows with the tide.');
    await page.getByRole('button', { name: 'Sign and publish' }).click();
    await page.waitForURL(/\/studio\/snippets\/[0-9a-z]{26}\?done=/);
    await ask_again(desk);
    await desk.locator('[data-test=ended]').waitFor();
    expect(/was published/.test(await desk.locator('[data-test=ended]').innerText()), 'the words');
    equal(await desk.locator('[data-list] li').count(), 0, 'the list');
    await page.close();
  });

  await test('drafts: a browser that keeps nothing says so, and saves all the same', async () => {
    const context = await browser.newContext(phone_options), page = await context.newPage();
    await page.addInitScript(() => Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } }));
    await log_in(page, shop);
    await page.goto(`${shop.url}/studio/drafts`);
    await becomes(async () => /This browser keeps nothing here/.test(await told(page)), true, 'what it says');
    await page.getByRole('button', { name: 'New draft' }).click();
    await page.fill('#title', 'Typed in a private window');
    await saved(page);
    await picture(page, 'drafts private 360');
    await context.close();
    await ask_again(phone);
    await becomes(() => phone.evaluate(() => document.querySelector('[data-list]').textContent.includes('Typed in a private window')), true, 'the phone has it', 8000);
  });

  await test('drafts: a device whose clock is hours ahead is told by the shop’s', async () => {
    await phone.goto(`${shop.url}/studio/drafts`);
    await phone.getByRole('button', { name: 'New draft' }).click();
    await phone.fill('#title', 'Before the clock went wrong');
    await saved(phone);
    await phone.evaluate(() => { const right = Date.now.bind(Date); Date.now = () => right() + 5 * 3600_000; });
    await phone.fill('#how', 'From the future.');
    await saved(phone);
    await phone.fill('#action', 'See it now');
    await saved(phone);
    const heads = Object.values((await at_shop(phone, new URL(phone.url()).hash.slice(1))).fields).flat();
    const ahead = Math.max(...heads.map(({ hlc }) => hlc[0])) - await phone.evaluate(() => performance.timeOrigin + performance.now());
    expect(ahead < 60_000, `a head is ${ahead} ms ahead`);
  });

  await test('drafts: a device that was put back from a backup loses nothing and overwrites nothing', async () => {
    await phone.reload();
    await saved(phone);
    const backup = await shelf(phone);
    await phone.fill('#title', 'After the backup');
    await saved(phone);
    await phone.fill('#proof', 'Once more.');
    await saved(phone);
    await phone.context().setOffline(true);
    await shelf(phone, backup);
    await phone.reload();
    await becomes(() => phone.inputValue('#title'), 'Before the clock went wrong', 'it was put back');
    await phone.fill('#how', 'Written after it was put back.');
    await unsent(phone);
    await phone.context().setOffline(false);
    await ask_again(phone);
    await saved(phone);
    await becomes(() => phone.inputValue('#title'), 'After the backup', 'what the shop had');
    equal(await phone.inputValue('#proof'), 'Once more.', 'and more of it');
    equal(await phone.inputValue('#how'), 'Written after it was put back.', 'what was written since');
    const there = await texts_at_shop(phone, new URL(phone.url()).hash.slice(1), 'how');
    expect(there.includes('Written after it was put back.'), `the shop has ${there}`);
  });

  await test('drafts: put back, and then written on more often than before without a network, it loses nothing either', async () => {
    const id = new URL(phone.url()).hash.slice(1);
    const backup = await shelf(phone);
    await phone.fill('#title', 'Once after the backup');
    await saved(phone);
    await phone.context().setOffline(true);
    await shelf(phone, backup);
    await phone.reload();
    for (const words of ['One', 'Two', 'Three', 'Four']) {
      await phone.fill('#how', words);
      await unsent(phone);
      await sleep(500);
    }
    await phone.context().setOffline(false);
    await ask_again(phone);
    await saved(phone);
    expect((await texts_at_shop(phone, id, 'title')).includes('Once after the backup'), `the shop has ${await texts_at_shop(phone, id, 'title')}`);
    expect((await texts_at_shop(phone, id, 'how')).includes('Four'), `the shop has ${await texts_at_shop(phone, id, 'how')}`);
    await becomes(() => phone.inputValue('#title'), 'Once after the backup', 'the phone');
  });

  await test('drafts: put back while a second tab is open, what that tab writes meanwhile is not lost', async () => {
    const id = new URL(phone.url()).hash.slice(1);
    const backup = await shelf(phone);
    await phone.fill('#title', 'Before the second tab');
    await saved(phone);
    await phone.fill('#title', 'Again before the second tab');
    await saved(phone);
    await phone.context().setOffline(true);
    await shelf(phone, backup);
    const tab = await phone.context().newPage();
    await tab.goto(`${shop.url}/studio/drafts#${id}`);
    await phone.reload();
    await phone.fill('#action', 'See it');
    await unsent(phone);
    await tab.route(/\/studio\/drafts(\.json|\/sync)$/, (route) => route.abort());
    await tab.evaluate(() => { window.still = new Promise((done) => { new BroadcastChannel('still').onmessage = done; }); });
    // The first tab, which finds out, stands still in the middle of it.
    await phone.evaluate(() => {
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (value, key) {
        const request = put.apply(this, key === undefined ? [value] : [value, key]);
        if (key === 'device') { new BroadcastChannel('still').postMessage(''); for (const end = Date.now() + 4000; Date.now() < end;); }
        return request;
      };
    });
    await phone.context().setOffline(false);
    await phone.evaluate(() => { setTimeout(() => dispatchEvent(new Event('online')), 500); });
    await tab.evaluate(() => window.still.then(() => {}));
    await tab.fill('#proof', 'From the second tab.');
    await sleep(5500);
    await tab.close();
    await phone.reload();
    await ask_again(phone);
    await saved(phone);
    for (const [field, words] of [['proof', 'From the second tab.'], ['action', 'See it'], ['title', 'Again before the second tab']]) {
      const there = await texts_at_shop(phone, id, field);
      expect(there.split('|').includes(words), `the shop has of ${field}: ${there}`);
      expect((await phone.inputValue(`#${field}`)) === words || (await differs(phone, field).innerText()).includes(words), `the phone lacks ${words}`);
    }
  });

  await test('drafts: a shop that was put back from a backup gets back what the device has, and takes no new words for old ones', async () => {
    const id = new URL(phone.url()).hash.slice(1), copy = temporary();
    const form = await desk.context().newPage();
    const by_form = async (field, words) => {
      await form.goto(`${shop.url}/studio/drafts/${id}`);
      await form.fill(`[name=${field}]`, words);
      await form.getByRole('button', { name: 'Keep as draft' }).click();
      await form.waitForURL(/done=/);
    };
    await by_form('how', 'By the form.');
    await shop.kill();
    const files = { recursive: true, filter: (file) => !fs.statSync(file).isSocket() };
    fs.cpSync(data, copy, files);
    await shop.start_again();
    await ask_again(phone);
    await becomes(() => phone.inputValue('#how'), 'By the form.', 'the phone');
    await phone.fill('#title', 'After the shop’s backup');
    await saved(phone);
    await by_form('proof', 'By the form, after the backup.');
    await by_form('proof_source', 'The form');
    await ask_again(phone);
    await becomes(() => phone.inputValue('#proof_source'), 'The form', 'the phone');
    await shop.kill();
    fs.rmSync(data, { recursive: true });
    fs.cpSync(copy, data, files);
    fs.rmSync(copy, { recursive: true });
    await shop.start_again();
    await by_form('action', 'By the form, since');
    await ask_again(phone);
    await becomes(() => phone.inputValue('#action'), 'By the form, since', 'the phone', 15_000);
    await saved(phone);
    for (const [field, words] of [['title', 'After the shop’s backup'], ['proof', 'By the form, after the backup.'], ['proof_source', 'The form'], ['action', 'By the form, since']]) {
      const there = await texts_at_shop(phone, id, field);
      expect(there.split('|').includes(words), `the shop has of ${field}: ${there}`);
    }
    await form.close();
  });

  await test('drafts: a device that can keep no more says so, keeps the words on the page and tries again', async () => {
    const id = new URL(phone.url()).hash.slice(1);
    await phone.evaluate(() => {
      const put = IDBObjectStore.prototype.put;
      window.disk = 'full';
      IDBObjectStore.prototype.put = function (...put_what) {
        if (window.disk === 'full') throw new DOMException('no room', 'QuotaExceededError');
        const request = put.apply(this, put_what);
        if (window.disk === 'breaks') this.transaction.abort();
        return request;
      };
    });
    await phone.fill('#how', 'Typed on a full disk.');
    await becomes(() => kept(phone), 'Not kept on this device: its storage is full', 'the line');
    expect(/Your last words could not be kept on this device: its storage is full\. They stand on this page and nowhere else\./.test(await told(phone)), await told(phone));
    await accessible(phone, 'a full disk');
    await fits(phone, 'a full disk at 360 px');
    await picture(phone, 'drafts full 360');
    await phone.evaluate(() => { location.hash = '#0123456789abcdefghjkmnpqrs'; });
    await becomes(() => phone.evaluate(() => location.hash), `#${id}`, 'words that are kept nowhere are not left behind');
    equal(await phone.inputValue('#how'), 'Typed on a full disk.', 'what stands there');
    await phone.evaluate(() => { window.disk = 'breaks'; });
    await phone.fill('#title', 'Typed on a disk that breaks');
    await becomes(async () => /^Not kept on this device: (AbortError|QuotaExceededError)/.test(await kept(phone)), true, 'the line', 8000);
    const guarded = phone.waitForEvent('dialog', { timeout: 5000 }).then(async (dialog) => { const type = dialog.type(); await dialog.dismiss(); return type; });
    await phone.close({ runBeforeUnload: true });
    equal(await guarded, 'beforeunload', 'the browser asks before it closes the page');
    equal(await phone.inputValue('#how'), 'Typed on a full disk.', 'what stands there');
    await phone.evaluate(() => { window.disk = ''; });
    await saved(phone);
    equal(await phone.locator('[data-told]').isVisible(), false, 'the warning');
    await becomes(() => texts_at_shop(phone, id, 'how'), 'Typed on a full disk.', 'the shop');
    expect((await texts_at_shop(phone, id, 'title')).includes('Typed on a disk that breaks'), 'the title at the shop');
  });

  await test('drafts: the log-out of another page of the studio names what waits unsent, too', async () => {
    const page = await desk.context().newPage();
    await page.route('**/studio/drafts/sync', (route) => route.abort());
    await desk.route('**/studio/drafts/sync', (route) => route.abort());
    await desk.getByRole('button', { name: 'New draft' }).click();
    await desk.fill('#title', 'Waits on the desk');
    await unsent(desk);
    await page.goto(`${shop.url}/studio/orders`);
    await accessible(page, 'a page with the log-out');
    await page.locator('.rail').getByRole('button', { name: 'Log out' }).click();
    await page.waitForURL(/\/studio\/drafts$/);
    await becomes(async () => /1 draft is on this device only/.test(await page.locator('[data-leave]').innerText()), true, 'the warning', 10_000);
    await page.reload();
    await sleep(1000);
    equal(await page.locator('[data-leave]').isVisible(), false, 'the question, once more');
    await page.close();
    await desk.unroute('**/studio/drafts/sync');
    await ask_again(desk);
    await saved(desk);
  });

  await test('drafts: where nothing is kept, and without scripts, the log-out of every page logs out', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const context = await browser.newContext({ ...phone_options, javaScriptEnabled }), page = await context.newPage();
      await log_in(page, shop);
      await page.goto(`${shop.url}/studio/orders`);
      await page.locator('.make summary').click();
      await page.locator('.sheet').getByRole('button', { name: 'Log out' }).click();
      await page.waitForURL(`${shop.url}/`);
      await page.goto(`${shop.url}/studio/orders`);
      expect(/\/studio\/login/.test(page.url()), `scripts ${javaScriptEnabled}: ${page.url()}`);
      await context.close();
    }
  });

  await test('drafts: another shop on this address has drafts of its own', async () => {
    const made = await shop.command('shop', 'create', 'noa', '--name', 'Noa');
    const page = await desk.context().newPage();
    await page.goto(shop.url + /\/@noa\/studio\/login\?token=[\w.~%-]+/.exec(made)[0]);
    await page.getByRole('button', { name: 'Open the studio' }).click();
    await page.waitForURL(/\/@noa\/studio\/?$/);
    await page.goto(`${shop.url}/@noa/studio/drafts`);
    await becomes(() => page.locator('[data-foot]').innerText().then((text) => /opens on this device without a network/.test(text)), true, 'the page', 15_000);
    equal(await page.locator('[data-list] li').count(), 0, 'drafts of the other shop');
    await page.getByRole('button', { name: 'New draft' }).click();
    await page.fill('#title', 'Noa’s own');
    await saved(page);
    await page.context().setOffline(true);
    await page.reload();
    await becomes(() => page.inputValue('#title'), 'Noa’s own', 'without a network');
    await page.context().setOffline(false);
    await desk.goto(`${shop.url}/studio/drafts`);
    await becomes(() => desk.locator('[data-list] li').filter({ hasText: 'Typed on a disk that breaks' }).count(), 1, 'the first shop’s list');
    equal(await desk.locator('[data-list] li').filter({ hasText: 'Noa’s own' }).count(), 0, 'of the other shop');
    await page.close();
  });

  await test('drafts: at log-out what is saved goes from the device, what is not stays and is told', async () => {
    const stores = (page) => page.evaluate(async () => ({ databases: (await indexedDB.databases()).filter(({ name }) => name.startsWith('barrow-drafts')).length, caches: (await caches.keys()).filter((name) => name.startsWith('barrow-drafts')).length, workers: (await navigator.serviceWorker.getRegistrations()).filter(({ scope }) => scope.includes('/studio/')).length }));
    await phone.goto(`${shop.url}/studio/drafts`);
    await phone.getByRole('button', { name: 'New draft' }).click();
    await phone.route('**/studio/drafts/sync', (route) => route.abort());
    await phone.fill('#title', 'Not sent');
    await unsent(phone);
    await phone.getByRole('button', { name: 'Log out' }).click();
    await becomes(async () => /1 draft is on this device only/.test(await phone.locator('[data-leave]').innerText()), true, 'the warning', 10_000);
    await picture(phone, 'drafts log out 360');
    await phone.getByRole('button', { name: 'Log out all the same' }).click();
    await phone.waitForURL(`${shop.url}/`);
    const left = await phone.evaluate(() => new Promise((found, failed) => {
      indexedDB.databases().then((all) => {
        const opening = indexedDB.open(all.find(({ name }) => name.startsWith('barrow-drafts')).name);
        opening.onsuccess = () => { const asked = opening.result.transaction('drafts').objectStore('drafts').getAll(); asked.onsuccess = () => { opening.result.close(); found(asked.result.length); }; };
      }, failed);
    }));
    equal(left, 1, 'drafts that stay');
    equal(JSON.stringify({ ...(await stores(phone)), databases: 1 }), JSON.stringify({ databases: 1, caches: 0, workers: 0 }), 'the page itself');
    await phone.unroute('**/studio/drafts/sync');
    await phone.goto(`${shop.url}/studio/drafts`);
    await phone.waitForURL(/\/studio\/login/);
    await log_in(phone, shop);
    await settled(phone, shop);
    await becomes(() => phone.locator('[data-list] li').filter({ hasText: 'Not sent' }).getByText(/^Saved /).count(), 1, 'it is sent after all', 10_000);
    await phone.getByRole('button', { name: 'Log out' }).click();
    await phone.waitForURL(`${shop.url}/`);
    equal(JSON.stringify(await stores(phone)), JSON.stringify({ databases: 0, caches: 0, workers: 0 }), 'what is left on the device');
    equal(broken.join(' '), '', 'what went wrong');
  });
}

await stage(({ browser, shop, data }) => tests(browser, shop, data), { in_order: true });
