// What a shop signed, shown where the shop is not: on another site, in frames without rights, from a disk; and pictures that were changed.
//   node tests/browser/elsewhere.mjs --barrow build/dev/barrow [--screenshots DIR] [--only REGEX] [--chromium PATH] [--no-sandbox]
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { becomes, equal, expect, picture, test } from './harness.mjs';
import { stage } from './stage.mjs';
import { start_stranger } from './start.mjs';

const html = 'text/html; charset=utf-8';

async function tests(browser, shop, room) {
  const address = `${shop.url}/snippets/tide-lamp.json`, quote_address = `${shop.url}/snippets/tide-lamp.quote.json`;
  const document = await (await fetch(address)).json(), quote = await (await fetch(quote_address)).json();
  const blog = (source) => `<!doctype html><meta charset="utf-8"><title>A blog</title><barrow-snippet src="${source}"><a href="/">plain</a></barrow-snippet><script src="${shop.url}/embed.js" async></script>`;
  const beside = async (body) => {
    const stranger = await start_stranger(), context = await browser.newContext({ serviceWorkers: 'block' }), page = await context.newPage();
    try { await body(page, stranger); } finally {
      await context.close();
      await stranger.stop();
    }
  };
  // The card of the embed, in a page or a frame: words, price and what was checked.
  const checked = async (where, what) => {
    const said = where.locator('barrow-snippet small');
    await said.waitFor();
    expect((await said.innerText()).includes('checked on your device'), `${what}: it says "${await said.innerText()}"`);
    equal(await where.locator('barrow-snippet b').innerText(), document.does, what);
    const act = where.locator('barrow-snippet article a');
    expect((await act.innerText()).endsWith(quote.price), `${what}: it says "${await act.innerText()}" and not the signed price ${quote.price}`);
  };

  await test('the embed on another site checks the signature', () => beside(async (page, stranger) => {
    stranger.set('/', html, blog(address));
    await page.goto(`${stranger.url}/`);
    await checked(page, 'another site');
    await picture(page, 'embed');
  }));
  await test('the embed works in a frame that may run scripts and nothing else', () => beside(async (page, stranger) => {
    stranger.set('/card', html, blog(address));
    stranger.set('/', html, '<!doctype html><title>A blog</title><iframe sandbox="allow-scripts" src="/card" width="400" height="600"></iframe>');
    await page.goto(`${stranger.url}/`);
    const frame = page.frameLocator('iframe');
    await checked(frame, 'a sandboxed frame');
    equal(await page.frames()[1].evaluate(() => { try { return localStorage.length; } catch { return 'no rights'; } }), 'no rights', 'the frame');
  }));
  await test('the embed works in a page on a disk', () => beside(async (page) => {
    const file = path.join(room, 'blog.html');
    fs.writeFileSync(file, blog(address));
    await page.goto(`file://${file}`);
    await checked(page, 'a disk');
  }));
  await test('without the shop the embed leaves the plain link', () => beside(async (page, stranger) => {
    stranger.set('/', html, blog(address));
    await page.route(address, (route) => route.abort());
    await page.goto(`${stranger.url}/`);
    await page.waitForLoadState('networkidle');
    expect(await page.getByRole('link', { name: 'plain' }).isVisible(), 'the link is gone');
    equal(await page.locator('barrow-snippet article').count(), 0, 'cards shown');
  }));
  await test('the embed shows no price that was changed or is out of time', () => beside(async (page, stranger) => {
    stranger.set('/', html, blog(address));
    const shows = async (forged, what) => {
      await page.route(quote_address, (route) => route.fulfill({ json: forged, headers: { 'access-control-allow-origin': '*' } }));
      await page.goto(`${stranger.url}/`);
      const act = page.locator('barrow-snippet article a');
      await act.waitFor();
      expect(!/\d/.test(await act.innerText()), `${what}: it says "${await act.innerText()}"`);
      const said = await page.locator('barrow-snippet small').innerText();
      expect(said.includes('see the price at the shop'), `${what}: it says "${said}"`);
      await page.unroute(quote_address);
    };
    await shows({ ...quote, price: '€0.01' }, 'a cheaper price');
    await shows({ ...quote, valid_until: '2099-01-01T00:00:00Z' }, 'a longer time');
    await page.clock.setFixedTime(new Date(Date.parse(quote.valid_until) + 1000));
    await shows(quote, 'a quote of before');
  }));
  await test('the embed shows nothing of a document that was changed', () => beside(async (page, stranger) => {
    stranger.set('/changed.json', 'application/json', JSON.stringify({ ...document, how: 'It cures everything.' }));
    stranger.set('/.well-known/did.json', 'application/json', await (await fetch(`${shop.url}/.well-known/did.json`)).text());
    stranger.set('/', html, blog('/changed.json'));
    await page.goto(`${stranger.url}/`);
    const said = page.locator('barrow-snippet small');
    await said.waitFor();
    expect((await said.innerText()).includes('does not fit'), `it says "${await said.innerText()}"`);
    equal(await page.locator('barrow-snippet article').count(), 0, 'cards shown');
  }));
  await test('what oEmbed gives is a frame without rights, and it checks its card all the same', () => beside(async (page, stranger) => {
    const given = await (await fetch(`${shop.url}/oembed?url=${encodeURIComponent(`${shop.url.replace('127.0.0.1', 'localhost')}/p/tide-lamp`)}`)).json();
    expect(/sandbox="allow-scripts /.test(given.html) && !given.html.includes('allow-same-origin'), given.html);
    stranger.set('/', html, `<!doctype html><title>A blog</title>${given.html}`);
    await page.goto(`${stranger.url}/`);
    const cue = page.frameLocator('iframe').locator('[data-test=trust] summary');
    await becomes(async () => /checked on your device/.test(await cue.innerText()), true, 'the cue in the frame');
  }));

  await test('a price on the page that is not the signed one is told, also where its digits are the same', () => beside(async (page) => {
    const cue = page.locator('[data-test=trust] summary'), swap = async (price) => {
      await page.route(`${shop.url}/p/tea-bowl`, async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: (await answer.text()).replace('€18.50', price) });
      });
      await page.goto(`${shop.url}/p/tea-bowl`);
      await becomes(async () => /checked on your device, /.test(await cue.innerText()), true, `the cue beside ${price}`);
      await page.unroute(`${shop.url}/p/tea-bowl`);
      return (await cue.innerText()).replace(/\s+/g, ' ');
    };
    expect((await swap('€18.50')).endsWith('its price too'), 'the signed price');
    for (const other of ['€1,850', '€0.01', '€18.05', '$18.50']) expect((await swap(other)).endsWith('the signed price is €18.50 now'), `${other} passes for the signed price`);
  }));

  await test('a picture is signed with its words: another one in its place is called changed, the shop\'s own is not', async () => {
    const file = path.join(room, 'lamp.png'), other = path.join(room, 'other.png');
    for (const [name, colour] of [[file, 'teal'], [other, 'red']]) execFileSync('/usr/bin/ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', `color=${colour}:s=800x600`, '-frames:v', '1', name]);
    const key = /bk_\S+/.exec(await shop.command('key', 'create'))[0], headers = { authorization: `Bearer ${key}` };
    const api = async (method, where, body) => {
      const answer = await fetch(`${shop.url}/api/v1${where}`, { method, headers: body instanceof FormData ? headers : { ...headers, 'content-type': 'application/json' }, body: body instanceof FormData ? body : JSON.stringify(body) });
      expect(answer.ok, `${method} ${where}: ${answer.status} ${await answer.clone().text()}`);
      return answer.json();
    };
    const form = new FormData();
    form.set('file', new Blob([fs.readFileSync(file)]), 'lamp.png');
    const upload = await api('POST', '/media', form);
    await api('PATCH', '/products/tea-bowl', { image: upload.path, image_alt: 'A bowl' });
    const bowl = await (await fetch(`${shop.url}/snippets/tea-bowl.json`)).json();
    await api('POST', '/snippets/tea-bowl/versions', { title: bowl.does, how: bowl.how, action: bowl.action });
    const fresh = await (await fetch(`${shop.url}/snippets/tea-bowl.json`)).json();
    expect(/^sha256-[\w+/]{43}=$/.test(fresh.image_digest), `image_digest: ${fresh.image_digest}`);
    const context = await browser.newContext({ serviceWorkers: 'block' }), page = await context.newPage();
    const says = (wanted, what) => becomes(async () => wanted.test(await page.locator(`.snippet:has(img[src*="${upload.id}"]) [data-test=trust] summary, main.product [data-test=trust] summary`).first().innerText()), true, what);
    for (const where of ['/p/tea-bowl', '/', '/embed/tea-bowl']) {
      await page.goto(shop.url + where);
      await page.locator(`img[src*="${upload.id}"]`).first().scrollIntoViewIfNeeded();
      await says(/checked on your device/, `${where} as it is`);
      // The picture is asked after the words.
      await page.waitForFunction((id) => performance.getEntriesByType('resource').some((one) => one.initiatorType === 'fetch' && one.name.includes(id)), upload.id);
      await page.waitForTimeout(200);
      await says(/checked on your device/, `${where} with its picture`);
    }
    await page.route(`**/media/${upload.id}*`, (route) => route.fulfill({ body: fs.readFileSync(other), contentType: 'image/png' }));
    await page.goto(`${shop.url}/p/tea-bowl`);
    await says(/Changed/, 'another picture');
    expect((await page.locator('[data-why]').first().textContent()).includes('the picture on this page is not the signed one'), 'why');
    await page.unroute(`**/media/${upload.id}*`);
    await page.route(`**/media/${upload.id}*`, (route) => route.fulfill({ status: 503, body: 'away' }));
    await page.goto(`${shop.url}/p/tea-bowl`);
    await says(/checked on your device/, 'a picture that cannot be had');
    await page.waitForTimeout(500);
    await says(/checked on your device/, 'a picture that cannot be had, a moment later');
    await context.close();
    // And at a terminal.
    const kept = path.join(room, 'picture.webp'), snippet = path.join(room, 'snippet.json'), did = path.join(room, 'did.json');
    fs.writeFileSync(kept, Buffer.from(await (await fetch(shop.url + upload.path)).arrayBuffer()));
    fs.writeFileSync(snippet, JSON.stringify(fresh));
    fs.writeFileSync(did, await (await fetch(`${shop.url}/.well-known/did.json`)).text());
    expect((await shop.command('snippet', 'verify', snippet, '--did', did, '--picture', kept)).includes('its picture is the one that was signed'), 'the command');
    const why = await shop.command('snippet', 'verify', snippet, '--did', did, '--picture', other).then(() => '', (error) => error.message);
    expect(why.includes('the picture is not the one that was signed'), `the command, on another picture: ${why}`);
  });
}

await stage(({ browser, shop, room }) => tests(browser, shop, room));
