// What a device keeps of a shop: the server is killed, and the pages are still there, checked, and honest about it.
//   node tests/browser/kept.mjs --barrow build/dev/barrow [--screenshots DIR] [--only REGEX] [--chromium PATH] [--no-sandbox]
import { accessible, becomes, equal, expect, fits, picture, test } from './harness.mjs';
import { stage } from './stage.mjs';

const phone = { viewport: { width: 360, height: 640 } };
const cue = (page) => page.locator('[data-test=trust] summary').first().innerText().then((text) => text.replace(/\s+/g, ' ').trim());

// A page whose service worker has taken what it keeps.
async function settled(page, address) {
  await page.goto(address);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await becomes(() => page.evaluate(async (base) => Boolean(await caches.match(`${base}/offline`)), ''), true, 'what the device keeps', 15_000);
  await page.goto(address);  // through the worker
  await becomes(() => page.evaluate(async () => Boolean(await caches.match(location.href.split('?')[0]))), true, 'the page itself');
}

async function tests(browser, shop, mail, page) {
  const broken = [];
  page.on('console', (line) => { if (line.type() === 'error' && /Content Security|Trusted/.test(line.text())) broken.push(line.text()); });

  await test('kept: pages that were seen are kept, with what is signed on them', async () => {
    await settled(page, `${shop.url}/`);
    await settled(page, `${shop.url}/p/tide-lamp`);
    await becomes(() => cue(page), `Signed by localhost:${new URL(shop.url).port} checked on your device, its price too`, 'the cue while the shop answers');
    const keys = await page.evaluate(async () => (await (await caches.open('barrow-files-1')).keys()).map(({ url }) => new URL(url).pathname));
    const bundle = await (await page.request.get(`${shop.url}/bundle.json`)).json();
    expect(bundle.snippets.length > 0, 'the bundle is empty');
    for (const { document } of bundle.snippets) expect(keys.includes(document), `${document} is not kept`);
    equal(broken.join(' '), '', 'what the policy refused');
  });

  await test('kept: a list that did not change is not sent again', async () => {
    const first = await page.request.get(`${shop.url}/bundle.json`);
    const again = await page.request.get(`${shop.url}/bundle.json`, { headers: { 'if-none-match': first.headers().etag } });
    equal(again.status(), 304, 'the second answer');
  });

  await test('kept: with the server killed a page is there, checked, and says how old it is', async () => {
    await shop.kill();
    await page.goto(`${shop.url}/p/tide-lamp`);
    await page.getByText('The shop cannot be reached.').waitFor();
    const note = await page.locator('[data-kept-note]').innerText();
    expect(/This is how the page was on .*\d{4}/.test(note), `it says ${note}`);
    equal(await page.locator('h1').innerText().then((text) => text.length > 0), true, 'the words are there');
    await becomes(() => cue(page), `Signed by localhost:${new URL(shop.url).port} checked on your device, its price too`, 'the cue');
    await page.locator('[data-test=trust] summary').first().click();
    expect(/kept on this device on/.test(await page.locator('[data-why]').first().innerText()), 'the evidence does not say that the shop was not asked');
    equal(await page.locator('[data-state]').first().isVisible(), false, 'what is left is not told any more');
    equal(await page.locator('form.hold button').isDisabled(), true, 'nothing can be held');
    await fits(page, 'a kept page at 360 px');
    await accessible(page, 'a kept page');
    await picture(page, 'kept product 360');
    await page.goto(`${shop.url}/`);
    await page.getByText('The shop cannot be reached.').waitFor();
    await picture(page, 'kept bio 360');
  });

  await test('kept: a page that was never seen is not made up', async () => {
    await page.goto(`${shop.url}/p/never-seen`);
    await page.getByText('This page was not kept on your device.').waitFor();
    await accessible(page, 'the page in its place');
    await picture(page, 'kept none 360');
  });

  await test('kept: an order that cannot be sent is refused honestly', async () => {
    await page.goto(`${shop.url}/p/tide-lamp`);
    await page.evaluate(() => { const form = document.querySelector('form.hold'); for (const one of form.elements) one.disabled = false; form.submit(); });
    await page.getByText('The shop did not answer').waitFor();
    await picture(page, 'kept order 360');
  });

  await test('kept: tampered words are called changed, also from what is kept', async () => {
    await page.evaluate(async () => {
      const cache = await caches.open('barrow-files-1');
      for (const key of await cache.keys()) {
        if (!/\/snippets\/sha256-/.test(key.url)) continue;
        const one = await cache.match(key), words = await one.text();
        await cache.put(key, new Response(words.replace(/"does":"[^"]*"/, '"does":"Get rich while you sleep"'), { headers: one.headers }));
      }
    });
    await page.goto(`${shop.url}/p/tide-lamp`);
    await becomes(() => cue(page), 'Changed: the signature does not fit', 'the cue');
    await picture(page, 'kept changed 360');
  });

  await test('kept: a sign-up waits on the device and is sent when the shop is back', async () => {
    const fresh = await (await browser.newContext(phone)).newPage();
    await shop.start_again();
    await settled(fresh, `${shop.url}/letters`);
    await shop.kill();
    await fresh.goto(`${shop.url}/letters`);
    await fresh.fill('#email', 'waiting@mail.example');
    await fresh.getByRole('button', { name: 'Sign up' }).click();
    await fresh.getByText('Your sign-up waits on this device').waitFor();
    await picture(fresh, 'kept letters 360');
    await shop.start_again();
    await fresh.goto(`${shop.url}/`);
    const sent = await mail.next();
    expect(JSON.stringify(sent).includes('waiting@mail.example'), 'the mail went to somebody else');
    await fresh.context().close();
  });

  await test('kept: a page that the shop answers again offers itself', async () => {
    await page.goto(`${shop.url}/p/tide-lamp`);
    equal(await page.locator('[data-kept-note]').isVisible(), false, 'the note on a fresh page');
    equal(await page.locator('form.hold button').isDisabled(), false, 'the button');
  });

  await test('keys: a new key that the old one vouches for is believed, another is called a change', async () => {
    await settled(page, `${shop.url}/`);
    await becomes(() => cue(page).then((text) => text.includes('checked on your device')), true, 'before');
    const known = await page.evaluate(() => localStorage.getItem('barrow-keys'));
    expect(known !== null, 'the key is not remembered');
    await shop.command('shop', 'rotate-key', 'mira');
    await page.goto(`${shop.url}/?again`);
    await becomes(() => cue(page).then((text) => text.includes('checked on your device')), true, 'after the rotation');
    await page.evaluate(() => {
      const all = JSON.parse(localStorage.getItem('barrow-keys'));
      for (const did of Object.keys(all)) all[did] = { z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK: '2026-01-01' };
      localStorage.setItem('barrow-keys', JSON.stringify(all));
    });
    await page.goto(`${shop.url}/?once-more`);
    await becomes(() => cue(page), 'Changed: the signature does not fit', 'a key that nobody vouches for');
    await page.locator('[data-test=trust] summary').first().click();
    expect(/knows the shop by another key/.test(await page.locator('[data-why]').first().innerText()), 'why');
  });
}

await stage(async ({ browser, shop, mail }) => tests(browser, shop, mail, await (await browser.newContext(phone)).newPage()), { in_order: true, with_mail: true });
