// What a public page weighs, how it reads, and that it sells without scripts.
//   node tests/browser/pages.mjs --barrow build/dev/barrow [--screenshots DIR] [--only REGEX] [--chromium PATH] [--no-sandbox]
// Weight: the first view of bio, product and live page over the wire, as Chromium gets it over HTTP (gzip, with headers). Reading: every public page
// in four looks under axe, and none wider than a phone. Lighthouse is `./bench pages`.
import fs from 'node:fs';
import { accessible, equal, expect, fits, picture, test, weigh } from './harness.mjs';
import { stage } from './stage.mjs';

const first_view_max = 14 * 1024, pictures_max = 60_000;  // of the page: in the first flight of a connection; of its pictures

const link_in = (mail, shop) => shop.url + new URL(/https?:\/\/\S+\/letters\/\S+/.exec(mail.text)[0]).pathname;

async function buy(page, shop, decision) {
  await page.goto(`${shop.url}/p/tide-lamp`);
  await page.locator('[data-test=hold]').click();
  const held = page.url();
  await page.getByLabel('Your name').fill('Ada Walker');
  await page.getByLabel('E-mail').fill('ada');
  await page.locator('[data-test=pay]').click();
  await page.locator('#email[aria-invalid=true]').waitFor();
  equal(await page.getByLabel('Your name').inputValue(), 'Ada Walker', 'what was typed');
  await page.getByLabel('E-mail').fill('ada@mail.example');
  for (const [label, value] of [['Street and number', 'Kai 3'], ['Postal code', '18055'], ['Town', 'Rostock']]) await page.getByLabel(label).fill(value);
  await page.locator('[data-test=pay]').click();
  await page.getByText('no money moves').waitFor();
  const pay = page.url();
  await page.getByRole('button', { name: decision }).click();
  const heading = decision === 'Approve' ? /^Paid/ : /declined/;
  for (let tries = 0; tries < 20 && !(await page.getByRole('heading', { name: heading }).count()); tries += 1) await page.getByRole('link', { name: 'Look again' }).click();
  await page.getByRole('heading', { name: heading }).first().waitFor();
  return { held, pay, receipt: page.url() };
}

async function tests(browser, shop, mail) {
  const scriptless = { javaScriptEnabled: false, viewport: { width: 360, height: 640 } };
  const addresses = { bio: '/', product: '/p/tide-lamp', live: '/live/tuesday' };
  for (const [name, path] of Object.entries(addresses)) for (const language of ['en', 'de']) {
    await test(`the ${name} page comes in 14 kB, its pictures in 60 (${language})`, async () => {
      await shop.command('shop', 'language', 'mira', language);
      for (const options of [{ viewport: { width: 360, height: 640 } }, { viewport: { width: 1440, height: 900 } }]) {
        const context = await browser.newContext(options);
        const { page, pictures, parts } = await weigh(context, shop.url + path);
        console.log(`      ${name}, ${language}, at ${options.viewport.width} px: ${page} bytes (${Object.entries(parts).map(([kind, bytes]) => `${kind} ${bytes}`).join(', ')}), pictures ${pictures}`);
        expect(page > 500 && page <= first_view_max, `${page} bytes of page, style and script`);
        expect(pictures <= pictures_max, `${pictures} bytes of pictures`);
        await context.close();
      }
    });
  }

  await test('the shop speaks English', () => shop.command('shop', 'language', 'mira', 'en'));
  const made = {};
  await test('without scripts a lamp is found on the stall, bought from its product page, and the receipt says so', async () => {
    const context = await browser.newContext(scriptless), page = await context.newPage();
    await page.goto(`${shop.url}/`);
    await page.locator('a[href*="/p/tide-lamp"]').first().click();
    await page.waitForURL(/\/p\/tide-lamp/);
    Object.assign(made, await buy(page, shop, 'Approve'));
    expect((await page.locator('[data-test=number]').innerText()).trim(), 'an order without a number');
    expect(/24/.test(await page.locator('[data-test=total]').innerText()), 'the total');
    await picture(page, 'no script receipt');
    await context.close();
  });

  const open = [];
  await test('what is needed to see every public page', async () => {
    const context = await browser.newContext(scriptless), page = await context.newPage();
    const declined = await buy(page, shop, 'Decline');
    await page.goto(`${shop.url}/p/tea-bowl`);
    await page.locator('[data-test=hold]').click();
    const held = page.url();
    const letter = async (address) => {
      await page.goto(`${shop.url}/letters`);
      await page.getByLabel('Your e-mail address').fill(address);
      await page.getByRole('button', { name: 'Sign up' }).click();
      return link_in(await mail.next(), shop);
    };
    const ada = await letter('ada@mail.example'), bob = await letter('bob@mail.example'), eve = await letter('eve@mail.example');
    for (const [link, buttons] of [[bob, ['Yes, write to me']], [eve, ['Yes, write to me', 'Stop the letters']]]) {
      await page.goto(link);
      for (const name of buttons) await page.getByRole('button', { name }).click();
    }
    await shop.command('link', 'warn', 'lamp', '--why', 'People say that nothing comes.');
    await context.close();
    const overlay = /\/overlay\/[\w-]+/.exec(await (await fetch(`${shop.url}/live/tuesday`)).text())[0];
    open.push(['bio', '/'], ['product', '/p/tide-lamp'], ['product, sold out or not', '/p/field-notebook'], ['live', '/live/tuesday'], ['snippet in a frame', '/embed/tide-lamp'],
      ['checkout', held], ['checkout that is over', made.held], ['payment', declined.pay], ['receipt', made.receipt], ['receipt, declined', declined.receipt],
      ['verify', '/verify'], ['verify, a document', '/verify?doc=/snippets/tide-lamp.json'], ['verify, none there', '/verify?doc=/snippets/none.json'], ['offline', '/offline'],
      ['letters', '/letters'], ['letters, to confirm', ada], ['letters, confirmed', bob], ['letters, stopped', eve], ['report a link', '/report/today'], ['a link that asks first', '/s/lamp'],
      ['overlay', overlay], ['nothing there', '/p/nothing'], ['no such letters', '/letters/nothing'], ['no such order', '/orders/nothing'], ['no such hold', '/holds/nothing'], ['studio, the door', '/studio/login']);
  });

  for (const [width, colorScheme] of [[360, 'light'], [360, 'dark'], [1440, 'light'], [1440, 'dark']]) {
    await test(`public pages read well at ${width} px, ${colorScheme}`, async () => {
      const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, reducedMotion: 'reduce', serviceWorkers: 'block' }), page = await context.newPage();
      const wrong = [];
      for (const [name, path] of open) {
        await page.goto(new URL(path, shop.url).href);
        await page.locator('details').evaluateAll((all) => all.forEach((one) => { one.open = true; }));
        try {
          await fits(page, name);
          const other = width === 360 ? 320 : 768;
          await page.setViewportSize({ width: other, height: 800 });
          await fits(page, `${name} at ${other} px`);
          await page.setViewportSize({ width, height: 800 });
          await accessible(page, name);
        } catch (error) { wrong.push(error.message); }
        await picture(page, `${name} ${width} ${colorScheme}`);
      }
      console.log(`      ${open.length} pages`);
      equal(wrong.join(' | '), '', `${wrong.length} pages`);
      await context.close();
    });
  }

  // What a page says, in texts and in what is read of pictures and fields; none of what is code.
  const said = (page) => page.evaluate(() => {
    const texts = [], walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('script, style, noscript, pre, code, textarea')) texts.push(walker.currentNode.data);
    for (const name of ['aria-label', 'alt', 'title', 'placeholder']) for (const one of document.querySelectorAll(`[${name}]`)) texts.push(one.getAttribute(name));
    return texts.map((text) => text.trim()).filter(Boolean);
  });
  for (const [language, direction] of [['de', 'ltr'], ['ar-XB', 'rtl']]) {
    await test(`public pages speak ${language}, and read well in it`, async () => {
      await shop.command('shop', 'language', 'mira', language);
      // What the shop wrote itself; and what no language has other words for.
      const strings = (value) => (typeof value === 'string' ? value.split('\n') : value && typeof value === 'object' ? Object.values(value).flatMap(strings) : []);
      const rows = (await shop.command('export', 'shop', '--shop', 'mira')).split('\n').map((row) => JSON.parse(row));
      const own = [...new Set(strings(rows).concat(strings(rows).flatMap((text) => { try { return strings(JSON.parse(text)); } catch { return []; } })))].filter((text) => text.length > 2).sort((a, b) => b.length - a.length);
      const others = (text) => own.reduce((rest, one) => rest.replaceAll(one, ' '), text), fixed = /\b(UTC|QR|JSON|https?|did|web|key|localhost|sha256|z6Mk\w+|json|snippets|q1)\b/g;
      const english = new Set(Object.keys(JSON.parse(fs.readFileSync(new URL('../../web/words/en.json', import.meta.url)))));
      const turned = JSON.parse(fs.readFileSync(new URL('../../web/words/de.json', import.meta.url)));
      for (const width of [360, 1440]) {
        const context = await browser.newContext({ viewport: { width, height: 800 }, reducedMotion: 'reduce', serviceWorkers: 'block' }), page = await context.newPage();
        const wrong = [];
        for (const [name, path] of open.filter(([one]) => !one.startsWith('studio'))) {
          await page.goto(new URL(path, shop.url).href);
          await page.locator('details').evaluateAll((all) => all.forEach((one) => { one.open = true; }));
          await page.waitForTimeout(300);  // the cues are checked
          equal(await page.evaluate(() => `${document.documentElement.lang} ${document.documentElement.dir}`), `${language} ${direction}`, name);
          const left = (await said(page)).filter((text) => (language === 'de' ? english.has(text) && turned[text] !== text : /[a-z]{2}/i.test(others(text.replace(fixed, ' ')))));
          if (left.length) wrong.push(`${name} still says ${JSON.stringify([...new Set(left)].slice(0, 8))}`);
          try {
            await fits(page, name);
            await accessible(page, name);
          } catch (error) { wrong.push(error.message); }
          await picture(page, `${name} ${language} ${width}`);
        }
        equal(wrong.join(' | '), '', `${wrong.length} pages at ${width} px`);
        await context.close();
      }
    });
  }
  await test('the shop speaks English again', () => shop.command('shop', 'language', 'mira', 'en'));

  await test('signed up twice too often: the page says when', async () => {
    const context = await browser.newContext({ viewport: { width: 360, height: 640 } }), page = await context.newPage();
    for (let tries = 0; tries < 30; tries += 1) {
      await page.goto(`${shop.url}/letters`);
      await page.getByLabel('Your e-mail address').fill(`many${tries}@mail.example`);
      const [answer] = await Promise.all([page.waitForResponse((one) => one.request().method() === 'POST'), page.getByRole('button', { name: 'Sign up' }).click()]);
      if (answer.status() === 429) break;
    }
    await page.getByRole('heading', { name: 'One moment' }).waitFor();
    await accessible(page, 'too many requests');
    await fits(page, 'too many requests');
    await context.close();
  });
}

await stage(({ browser, shop, mail }) => tests(browser, shop, mail), { in_order: true, with_mail: true });
