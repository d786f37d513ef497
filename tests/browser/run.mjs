// Walks through a demo shop with a real browser: bio page, short link, live page, hold, payment, receipt, overlay, report.
//   node tests/browser/run.mjs --barrow build/dev/barrow [--screenshots DIR] [--only REGEX] [--chromium PATH] [--no-sandbox]
// --only runs the tests whose names it fits; where tests build on one another, those before them run, too.
// One line a test; the last line is "N passed, N failed". Leaves with 1 when one failed, 2 when it could not go on.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { accessible, barrow, becomes, chromium, done, equal, expect, fits, group, only, picture, sandbox, sleep, test as run_test, weigh } from './harness.mjs';
import { lanes, open_lane, watch } from './lanes.mjs';
import { start_browser, start_mail, start_shop, start_stranger, temporary } from './start.mjs';

let shop;

// After the end of the server no test can pass: the first one to see it says so, and the walk ends.
function test(name, body) {
  if (shop && shop.ended()) throw new Error('the server has ended');
  return run_test(name, body);
}

const text = async (page, mark) => (await page.locator(`[data-test=${mark}]`).first().innerText()).trim();
const at = (page) => new URL(page.url()).pathname;

async function go(page, address, status = 200) {
  const answer = await page.goto(address);
  equal(answer.status(), status, `status of ${address}`);
  return answer;
}

async function plain(browser, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(10000);
  return context;
}

// What the demo shop has is found on its pages, so that the demo may change.
async function explore(browser, shop) {
  const { page, context } = await open_lane(browser, lanes[0], shop.url);
  await go(page, `${shop.url}/`);
  const hrefs = await page.locator('a[href]').evaluateAll((links) => links.map((link) => link.href));
  const first = (pattern) => hrefs.find((href) => pattern.test(new URL(href).pathname) && href.startsWith(shop.url));
  const live = first(/^\/live\//);
  const product = first(/^\/p\//);
  let short = '';
  for (const candidate of hrefs.filter((href) => href.startsWith(`${shop.url}/s/`)).concat(['lamp', 'today', 'bowl', 'live'].map((slug) => `${shop.url}/s/${slug}`))) {
    const answer = await context.request.get(candidate, { maxRedirects: 0 });
    const target = answer.headers().location;
    if (answer.status() >= 301 && answer.status() <= 308 && target && new URL(target, shop.url).origin === shop.url) { short = candidate; break; }
  }
  const mark = page.locator('details.trust[data-doc]').first();
  const document = (await mark.count()) ? await mark.getAttribute('data-doc') : '';
  let overlay = '';
  if (live) {
    await go(page, live);
    const events = await page.locator('script[data-events]').first().getAttribute('data-events');
    overlay = new URL(events.replace(/\/events.*$/, ''), shop.url).href;
  }
  await context.close();
  return { live, product, short, document: document && new URL(document, shop.url).href, overlay };
}

async function left_on(page) {
  if (await page.locator('[data-test=overlay].out').count()) return 0;
  return Number((await page.locator('[data-test=left]').textContent()).trim());
}

async function hold(page, lane) {
  await page.locator('[data-test=hold]').first().click();
  await page.waitForURL(/\/holds\//);
  await page.getByRole('heading', { name: /^Held for you until/ }).waitFor();
  await picture(page, `${lane.name} hold`);
}

async function order(page, lane, buyer) {
  const fill = async (label, value) => { const field = page.getByLabel(label); if (await field.count()) await field.first().fill(value); };
  await fill('Your name', 'Ada Walker');
  await fill('E-mail', buyer);
  await fill('Street and number', 'Kai 3');
  await fill('Postal code', '18055');
  await fill('Town', 'Rostock');
  await page.locator('[data-test=pay]').click();
  await page.waitForURL(/\/pay\/sandbox\//);
  await page.getByText('no money moves').waitFor();
  await picture(page, `${lane.name} payment`);
}

async function outcome(page, heading) {
  await page.waitForURL(/\/orders\//);
  for (const end = Date.now() + 15000; Date.now() < end; await sleep(500)) {
    if (await page.getByRole('heading', { name: heading }).count()) return;
    const again = page.getByRole('link', { name: 'Look again' });
    if (await again.count()) await again.click().catch(() => {});
  }
  throw new Error(`the receipt never said "${heading}", it says "${(await text(page, 'outcome')).split('\n')[0]}"`);
}

async function walk(browser, shop, found, lane, studio) {
  const opened = await open_lane(browser, lane, shop.url);
  const { page, context, trouble } = opened;
  const overlay_context = await plain(browser, { viewport: { width: 1280, height: 720 } });
  const overlay = await overlay_context.newPage();
  watch(overlay, trouble);
  let before = 0;
  let price = '';
  let number = '';
  const step = (name, body) => test(`${lane.name}: ${name}`, body);
  const looks = async (what) => { if (lane.script) await fits(page, what); if (lane.axe) await accessible(page, what); await picture(page, `${lane.name} ${what}`); };
  try {
    let goes = await step('the bio page shows the stall', async () => {
      await go(page, `${shop.url}/`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await looks('bio page');
    });
    goes = goes && await step('a short link leads on and carries its context', async () => {
      expect(found.short, 'the demo has no short link to its own pages');
      await go(page, found.short);
      expect(!at(page).startsWith('/s/'), `the link stopped at ${page.url()}`);
    });
    goes = goes && await step('the live page shows what is pinned, its price and what is left', async () => {
      await opened.forget();
      await go(page, `${shop.url}/`);
      await page.locator('[data-test=live]').click();
      await page.waitForURL(/\/live\//);
      price = await text(page.locator('[data-test=pinned]'), 'price');
      expect(/\d/.test(price), `no price: ${price}`);
      await looks('live page');
    });
    goes = goes && await step('the overlay counts', async () => {
      await overlay.goto(found.overlay);
      before = await left_on(overlay);
      expect(before > 0, `nothing is left to buy (${before})`);
    });
    goes = goes && await step('one is held, and the overlay says so', async () => {
      await opened.forget();
      await hold(page, lane);
      await looks('hold page');
      await becomes(() => left_on(overlay), before - 1, 'left on the overlay while held');
    });
    goes = goes && lane.axe ? await step('a wrong field is named and nothing typed is lost', async () => {
      await page.getByLabel('Your name').fill('Ada Walker');
      await page.getByLabel('E-mail').fill('nonsense');
      await page.locator('[data-test=pay]').click();
      await page.locator('#email[aria-invalid=true]').waitFor();
      equal(await page.getByLabel('Your name').inputValue(), 'Ada Walker', 'the name');
      await accessible(page, 'hold page with errors');
    }) && goes : goes;
    goes = goes && await step('the order is placed and paid', async () => {
      await opened.forget();
      await order(page, lane, `ada.${lane.name.replace(/\W+/g, '.')}@example.org`);
      if (lane.axe) await accessible(page, 'payment page');
      await opened.forget();
      await page.getByRole('button', { name: 'Approve' }).click();
      await outcome(page, /^Paid/);
    });
    goes = goes && await step('the receipt carries number and total', async () => {
      number = await text(page, 'number');
      expect(number, 'no number');
      expect(/\d/.test(await text(page, 'total')), 'no total');
      await looks('receipt');
    });
    goes = goes && await step('the overlay shows one unit less', async () => {
      await overlay.reload();
      equal(await left_on(overlay), before - 1, 'left after the sale');
      await picture(overlay, `${lane.name} overlay`);
    });
    goes = goes && await step('the studio has the sale', async () => {
      await go(studio, `${shop.url}/studio/orders`);
      const row = studio.locator('[data-test=order]').filter({ hasText: number }).first();
      await row.waitFor();
      expect(/paid/.test(await row.innerText()), `order ${number} is not called paid`);
    });
    await step('no errors, no breach of the content policy, no other host', async () => equal([...new Set(trouble)].join('; '), '', 'trouble'));
  } finally {
    await overlay_context.close();
    await context.close();
  }
}

async function figures(studio, shop) {
  await go(studio, `${shop.url}/studio/numbers`);
  return studio.locator('[data-test=figure]').allInnerTexts();
}

async function tests_of_one_page(browser, shop, found) {
  const lane = lanes[0];
  await test('a declined payment says so and takes no money', async () => {
    const { page, context } = await open_lane(browser, lane, shop.url);
    await go(page, found.live);
    await hold(page, { name: 'declined' });
    await order(page, { name: 'declined' }, 'declined@example.org');
    await page.getByRole('button', { name: 'Decline' }).click();
    await outcome(page, /declined/);
    await accessible(page, 'declined receipt');
    await picture(page, 'declined receipt');
    await context.close();
  });
  await test('Back from a hold leads to the hold, not to a second one', async () => {
    const { page, context } = await open_lane(browser, lane, shop.url);
    await go(page, found.product);
    await hold(page, { name: 'back' });
    const held = at(page);
    await page.goBack();
    const own = page.locator('[data-test=own]');
    if (!await own.count()) { // the page as it was: its button leads to the same hold
      await page.locator('[data-test=hold]').first().click();
      await page.waitForURL(/\/holds\//);
      equal(at(page), held, 'the hold after Back and a tap');
    }
    for (const address of [found.product, found.live]) {
      await go(page, address);
      await fits(page, address);
      await accessible(page, `${address} with a hold`);
      await picture(page, `own hold ${new URL(address).pathname}`);
      await own.click();
      await page.waitForURL(/\/holds\//);
      equal(at(page), held, `where ${address} leads`);
    }
    await context.close();
  });
  await test('the product page checks its signature on the device', async () => {
    expect(found.product, 'the bio page leads to no product');
    const { page, context, trouble } = await open_lane(browser, lane, shop.url);
    await go(page, found.product);
    await page.locator('details.trust.verified').first().waitFor({ timeout: 5000 });
    await becomes(async () => (await text(page, 'trust')).includes('checked on your device, its price too'), true, 'the cue says so of words and price');
    await accessible(page, 'product page');
    await picture(page, 'product page');
    equal(trouble.join('; '), '', 'trouble');
    await context.close();
  });
  await test('the buy button stands above the fold of a small phone', async () => {
    const context = await plain(browser, { viewport: { width: 360, height: 640 } });
    const page = await context.newPage();
    await go(page, found.product);
    const box = await page.locator('[data-test=hold]').boundingBox();
    expect(box && box.y + box.height <= 640, `it ends at ${box && Math.round(box.y + box.height)} px`);
    await context.close();
  });
  await test('an address where nothing stands says so', async () => {
    const context = await plain(browser);
    const page = await context.newPage();
    await go(page, `${shop.url}/p/nothing-stands-here`, 404);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await accessible(page, 'not found');
    await context.close();
  });
}

async function tests_of_the_studio(studio, shop) {
  for (const address of ['', '/products', '/products/new', '/snippets', '/snippets/new', '/links', '/linkcheck', '/health', '/touchpoints', '/live', '/orders', '/numbers', '/page']) {
    await test(`studio${address} is accessible and fits a phone`, async () => {
      await studio.setViewportSize({ width: 1280, height: 800 });
      await go(studio, `${shop.url}/studio${address}`);
      await accessible(studio, `studio${address}`);
      await picture(studio, `studio ${address} desk`);
      await studio.setViewportSize({ width: 360, height: 640 });
      await fits(studio, `studio${address}`);
      await accessible(studio, `studio${address} on a phone`);
      await picture(studio, `studio ${address} phone`);
    });
  }
  await test('studio: a link is checked, and what it loses fits and reads well', async () => {
    const stranger = await start_stranger();
    stranger.set('/lamp', 'text/html', '<title>Tide lamp</title>');
    await go(studio, `${shop.url}/studio/links`);
    await studio.getByRole('link', { name: 'Check a link' }).click();
    const own = shop.url.replace('127.0.0.1', 'localhost');
    const addresses = [`${own}/s/today`, `${own}/s/nothing-stands-here`, `${stranger.url}/lamp`];
    await studio.getByLabel('Links, one a line').fill(addresses.join('\n'));
    await studio.getByRole('button', { name: 'Check' }).click();
    await studio.locator('[data-test=check]').nth(2).waitFor();
    const verdicts = await studio.locator('[data-test=verdict]').allInnerTexts();
    equal(verdicts.join('; '), 'fit for a live; not fit; not fit', 'verdicts: our own link, one that is none, a private address');
    for (const [width, scheme] of [[360, 'light'], [1440, 'light'], [360, 'dark']]) {
      await studio.emulateMedia({ colorScheme: scheme });
      await studio.setViewportSize({ width, height: 800 });
      await fits(studio, `link check at ${width} px`);
      await accessible(studio, `link check at ${width} px, ${scheme}`);
      await picture(studio, `link check ${width} ${scheme}`);
    }
    await studio.emulateMedia({ colorScheme: null });
    await studio.getByLabel('Links, one a line').fill('ftp://old.example/');
    await studio.getByRole('button', { name: 'Check' }).click();
    await studio.locator('#addresses[aria-invalid=true]').waitFor();
    equal(await studio.getByLabel('Links, one a line').inputValue(), 'ftp://old.example/', 'what was typed');
    await accessible(studio, 'link check with an error');
    await stranger.stop();
  });
  await test('the control room opens from the list', async () => {
    await go(studio, `${shop.url}/studio/live`);
    await studio.getByRole('link', { name: /^Control room/ }).first().click();
    await studio.locator('[data-test=on-screen]').waitFor();
    await fits(studio, 'control room');
    await accessible(studio, 'control room');
    await picture(studio, 'studio control room');
  });
}

async function tests_of_the_editor(browser, shop, studio) {
  const blocks = async () => (await studio.locator('[data-test=block] strong').allInnerTexts()).map((words) => words.replace(/\W+$/, ''));
  const draft = () => studio.frameLocator('[data-preview]');
  const edit = () => go(studio, `${shop.url}/studio/page`);
  const seen = await plain(browser, { viewport: { width: 360, height: 740 } });
  const visitor = await seen.newPage();
  const trouble = [];
  watch(visitor, trouble);
  await test('page: a block is added, and the preview alone shows it', async () => {
    watch(studio, trouble);
    await studio.setViewportSize({ width: 1440, height: 900 });
    await edit();
    await studio.getByRole('link', { name: /^Heading/ }).click();
    await studio.locator('#new-text').fill('From the shed');
    await studio.getByRole('button', { name: 'Add it' }).click();
    await draft().getByRole('heading', { name: 'From the shed' }).waitFor();
    await go(visitor, `${shop.url}/`);
    equal(await visitor.getByText('From the shed').count(), 0, 'the heading for visitors');
    await accessible(studio, 'editor');
    await picture(studio, 'editor desk');
  });
  await test('page: blocks are put in order by buttons, keys and drag', async () => {
    equal((await blocks()).join(), 'Live now,All snippets,Links on the bio,Heading', 'blocks');
    await studio.getByRole('button', { name: /^Move Heading up/ }).click();
    await becomes(async () => (await blocks()).join(), 'Live now,All snippets,Heading,Links on the bio', 'after the button');
    await studio.locator('[data-test=block]').nth(2).locator('[data-grip]').press('ArrowUp');
    await becomes(async () => (await blocks()).join(), 'Live now,Heading,All snippets,Links on the bio', 'after the key');
    await edit();
    const grip = await studio.locator('[data-test=block]').nth(1).locator('[data-grip]').boundingBox();
    const first = await studio.locator('[data-test=block]').nth(0).boundingBox();
    await studio.mouse.move(grip.x + 20, grip.y + 20);
    await studio.mouse.down();
    await studio.mouse.move(grip.x + 20, first.y + 8, { steps: 8 });
    await Promise.all([studio.waitForURL(/done=/), studio.mouse.up()]);
    equal((await blocks()).join(), 'Heading,Live now,All snippets,Links on the bio', 'after the drag');
    await studio.getByRole('button', { name: 'Undo' }).click();
    await becomes(async () => (await blocks()).join(), 'Live now,Heading,All snippets,Links on the bio', 'after the undo');
  });
  await test('page: a look is tried on the preview before it is taken', async () => {
    await studio.getByText('face, corners, buttons, paper').click();
    await studio.getByLabel(/^Polka dots/).check();
    await becomes(() => draft().locator('body').evaluate((body) => getComputedStyle(body).backgroundImage.startsWith('radial')), true, 'dots on the preview');
    await studio.getByRole('button', { name: 'Take this look' }).click();
    await studio.locator('[data-toast]').waitFor();
  });
  await test('page: what is published is what visitors see', async () => {
    await studio.locator('[data-test=publish]').click();
    await studio.getByText(/^Visitors see this/).waitFor();
    await go(visitor, `${shop.url}/`);
    await visitor.getByRole('heading', { name: 'From the shed' }).waitFor();
    await fits(visitor, 'bio page');
    await accessible(visitor, 'bio page of blocks');
    await picture(visitor, 'bio of blocks phone');
  });
  await test('page: the bio page comes in 14 kB', async () => {
    const context = await plain(browser);
    const { page: bytes } = await weigh(context, `${shop.url}/`);
    console.log(`      the bio page: ${bytes} bytes`);
    expect(bytes > 500 && bytes <= 14 * 1024, `${bytes} bytes`);
    await context.close();
  });
  await test('page: every kind of block fits, reads well and breaks no policy', async () => {
    const csrf = await studio.locator('input[name=csrf]').first().inputValue();
    const clip = (label, picture_path, link) => ({ label, picture: picture_path, link });
    const body = { publish: true, title: 'The spring drop', style: 'dots', blocks: [
      { kind: 'live' }, { kind: 'today' }, { kind: 'link', link: 'https://map.example/', label: 'The way to the shed', note: 'Saturdays' },
      { kind: 'countdown', label: 'The spring drop opens', at: '2099-03-20T18:00:00Z', after: 'The drop is open' }, { kind: 'product', product: 'tea-bowl' },
      { kind: 'snippet', snippet: 'tide-lamp' }, { kind: 'heading', text: 'From the shed' }, { kind: 'text', text: 'Made by hand.\n\nSince 2019.' },
      { kind: 'clips', label: 'Clips', items: [clip('Tide by night', '/demo/tide-lamp.svg', '/p/tide-lamp'), clip('Glaze', '/demo/tea-bowl.svg', '/p/tea-bowl')] },
      { kind: 'image', picture: '/demo/field-notebook.svg', alt: 'A notebook in green cloth', note: 'In green cloth' },
      { kind: 'video', video: '/demo/none.mp4', label: 'How a lamp is made', poster: '/demo/tide-lamp.svg' }, { kind: 'links' },
      { kind: 'social', items: ['instagram', 'tiktok', 'youtube', 'x', 'facebook', 'threads', 'twitch', 'telegram', 'rss', 'website'].map((network) => ({ network, address: `https://${network}.example/mira` })).concat([{ network: 'mail', address: 'mailto:hello@mira.example' }]) }] };
    const put = await studio.evaluate(async ([sent, token]) => {
      const answer = await fetch('/api/v1/pages/spring', { method: 'PUT', body: JSON.stringify(sent), headers: { 'content-type': 'application/json', 'x-csrf': token } });
      return `${answer.status}${answer.ok ? '' : await answer.text()}`;
    }, [body, csrf]);
    equal(put, '200', 'status of the page');
    for (const [width, colorScheme] of [[360, 'light'], [1440, 'dark']]) {
      const context = await plain(browser, { viewport: { width, height: 800 }, colorScheme });
      const page = await context.newPage();
      watch(page, trouble);
      await go(page, `${shop.url}/spring`);
      await becomes(async () => /^\d+ d \d\d:\d\d:\d\d$/.test(await page.locator('[data-left]').innerText()), true, 'the countdown runs');
      await fits(page, 'page of every block');
      await accessible(page, 'page of every block');
      await picture(page, `every block ${width}`);
      await context.close();
    }
    const quiet = await plain(browser, { javaScriptEnabled: false, viewport: { width: 360, height: 800 } });
    const page = await quiet.newPage();
    await go(page, `${shop.url}/spring`);
    await page.getByText('20 March 2099, 18:00 UTC').waitFor();
    await picture(page, 'every block without scripts');
    await quiet.close();
    await go(studio, `${shop.url}/studio/pages/spring?open=9`);
    await accessible(studio, 'editor of a page');
    await picture(studio, 'editor of a page desk');
    await studio.setViewportSize({ width: 360, height: 740 });
    await fits(studio, 'editor of a page');
    await accessible(studio, 'editor of a page on a phone');
    await picture(studio, 'editor of a page phone');
    await studio.setViewportSize({ width: 1280, height: 800 });
    equal([...new Set(trouble)].join('; '), '', 'trouble');
  });
  await seen.close();
}

// A picture and a clip go up from the page editor and are on the bio page; then without scripts.
async function tests_of_uploads(browser, shop, studio) {
  const folder = temporary();
  // As bytes: the browser runs as another user, who may not read the folder.
  const ffmpeg = (name, mimeType, ...from) => {
    const file = path.join(folder, name);
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...from, file]);
    return { name, mimeType, buffer: fs.readFileSync(file) };
  };
  const photo = ffmpeg('lamp.png', 'image/png', '-f', 'lavfi', '-i', 'testsrc=s=1200x900:d=1', '-frames:v', '1');
  const clip = ffmpeg('clip.mp4', 'video/mp4', '-f', 'lavfi', '-i', 'testsrc2=s=360x640:r=25:d=3', '-vf', 'fade=in:0:30', '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast');
  const trouble = [];
  const loaded = (image) => image.evaluate(async (one) => { one.loading = 'eager'; await one.decode(); return one.naturalWidth > 100; });
  const add = (kind) => go(studio, `${shop.url}/studio/page?add=${kind}`);
  await test('upload: a picture and a clip from the page editor are on the bio page', async () => {
    watch(studio, trouble);
    await studio.setViewportSize({ width: 1440, height: 900 });
    await add('image');
    await studio.locator('#new-alt').fill('A lamp of beech');
    await studio.locator('#new-picture-file').setInputFiles(photo);
    await studio.getByText('Kept. Save to use it.').waitFor();
    await studio.getByRole('button', { name: 'Add it' }).click();
    await studio.getByText('Added: Picture').waitFor();
    await add('clips');
    await studio.locator('#new-item_0_label').fill('Tide by night');
    await studio.locator('#new-item_0_link').fill('/p/tide-lamp');
    await studio.locator('#new-item_0_picture-file').setInputFiles(clip);
    await studio.getByText('Kept, with a frame of its own. Save to use it.').waitFor();
    await picture(studio, 'editor uploads desk');
    await studio.getByRole('button', { name: 'Add it' }).click();
    await studio.getByText('Added: Clip shelf').waitFor();
    await studio.locator('[data-test=publish]').click();
    await studio.getByText(/^Visitors see this/).waitFor();
    const context = await plain(browser, { viewport: { width: 360, height: 740 } });
    const visitor = await context.newPage();
    watch(visitor, trouble);
    await go(visitor, `${shop.url}/`);
    equal(await loaded(visitor.getByRole('img', { name: 'A lamp of beech' })), true, 'the picture');
    const tile = visitor.locator('.shelf li', { hasText: 'Tide by night' }).locator('img');
    equal(await loaded(tile), true, 'the clip\'s frame');
    const light = await tile.evaluate((one) => {
      const canvas = document.createElement('canvas');
      const pen = canvas.getContext('2d');
      pen.drawImage(one, 0, 0, 8, 8);
      return Math.max(...pen.getImageData(0, 0, 8, 8).data.filter((_, at) => at % 4 !== 3));
    });
    expect(light > 100, `the frame is dark: ${light}`);
    await fits(visitor, 'bio page with uploads');
    await accessible(visitor, 'bio page with uploads');
    await picture(visitor, 'bio with uploads phone');
    await context.close();
    equal([...new Set(trouble)].join('; '), '', 'trouble');
  });
  await test('upload: what cannot be shown is refused where it was chosen', async () => {
    await add('image');
    await studio.locator('#new-picture-file').setInputFiles({ name: 'mark.png', mimeType: 'image/png', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') });
    await studio.getByText(/an SVG picture can hold scripts/i).waitFor();
    equal(await studio.locator('#new-picture').inputValue(), '', 'the path');
  });
  await test('upload: captions of a video are chosen in the editor, and their track loads', async () => {
    await studio.setViewportSize({ width: 1440, height: 900 });
    await add('video');
    await studio.locator('#new-label').fill('How it is made');
    await studio.locator('#new-video-file').setInputFiles(clip);
    await studio.getByText('Kept, with a frame of its own. Save to use it.').waitFor();
    const captions = (words) => ({ name: 'de.vtt', mimeType: 'text/vtt', buffer: Buffer.from(words) });
    await studio.locator('#new-captions-file').setInputFiles(captions('WEBVTT\n\n00:00.000 --> soon\nThis is beech.\n'));
    await studio.getByText(/line 3 has the time "soon"/).waitFor();
    equal(await studio.locator('#new-captions').inputValue(), '', 'the path of wrong captions');
    await studio.locator('#new-captions-file').setInputFiles(captions('WEBVTT\n\n00:00.000 --> 00:02.500\nThis is beech.\n'));
    await studio.getByText('Kept. Save to use it.').waitFor();
    await picture(studio, 'editor captions desk');
    await studio.getByRole('button', { name: 'Add it' }).click();
    await studio.getByText('Added: Video').waitFor();
    await studio.locator('[data-test=publish]').click();
    await studio.getByText(/^Visitors see this/).waitFor();
    const context = await plain(browser, { viewport: { width: 360, height: 740 } });
    const visitor = await context.newPage();
    await go(visitor, `${shop.url}/`);
    const cues = () => visitor.locator('video track').evaluate((track) => { track.track.mode = 'showing'; return `${track.readyState} ${[...(track.track.cues ?? [])].map((cue) => cue.text)}`; });
    await becomes(cues, '2 This is beech.', 'the track');
    await context.close();
  });
  await test('upload: without scripts the form alone does it', async () => {
    const context = await plain(browser, { javaScriptEnabled: false, viewport: { width: 360, height: 740 }, storageState: await studio.context().storageState() });
    const page = await context.newPage();
    await go(page, `${shop.url}/studio/media`);
    await page.locator('#file').setInputFiles(photo);
    await page.locator('#alt').fill('The same lamp');
    await page.getByRole('button', { name: 'Upload' }).click();
    await page.getByText('Kept. A page can show it now.').waitFor();
    equal(await page.locator('[data-test=upload]').count(), 5, 'uploads');
    await fits(page, 'the uploads');
    await context.close();
    await go(studio, `${shop.url}/studio/media`);
    await at_both_widths(studio, 'studio media');
  });
  fs.rmSync(folder, { recursive: true, force: true });
}

// The room stays open on the creator's screen while somebody buys.
async function test_of_the_control_room(browser, shop, found, studio) {
  await test('the control room hears of orders and overlays without a reload', async () => {
    const trouble = [];
    watch(studio, trouble);
    await go(studio, `${shop.url}/studio/live`);
    await studio.getByRole('link', { name: /^Control room/ }).first().click();
    await studio.getByText('overlay not connected').waitFor();
    await studio.evaluate(() => { window.never_reloaded = true; });
    const before = await studio.locator('[data-test=sale]').count();
    const { page, context } = await open_lane(browser, lanes[0], shop.url);
    await go(page, found.live);
    await hold(page, { name: 'control room' });
    await order(page, { name: 'control room' }, 'control.room@example.org');
    await page.getByRole('button', { name: 'Approve' }).click();
    await studio.locator('[data-test=sale]').nth(before).waitFor({ timeout: 5000 });
    expect((await studio.locator('[data-test=sale]').first().innerText()).includes('Ada Walker'), 'the newest order is not the first');
    equal(Number(await studio.locator('[data-total-sold]').innerText()) > 0, true, 'sold');
    await go(page, found.overlay);
    await studio.getByText('1 overlay connected').waitFor({ timeout: 15000 });
    expect(await studio.evaluate(() => window.never_reloaded), 'the page was loaded again');
    await fits(studio, 'control room with orders');
    await accessible(studio, 'control room with orders');
    await context.close();
    equal(trouble.join('; '), '', 'trouble');
  });
}

async function at_both_widths(page, what) {
  for (const [width, scheme] of [[360, 'light'], [1440, 'light'], [360, 'dark']]) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });  // axe must not measure a colour on its way
    await page.setViewportSize({ width, height: 800 });
    await fits(page, `${what} at ${width} px`);
    await accessible(page, `${what} at ${width} px, ${scheme}`);
    await picture(page, `${what} ${width} ${scheme}`);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

// From the form to the list, by a mail that a real server took.
async function tests_of_letters(browser, shop, mail, studio) {
  await test('letters: signed up without scripts, confirmed by the mail, seen in the studio, stopped', async () => {
    const context = await plain(browser, { javaScriptEnabled: false });
    const page = await context.newPage();
    await go(page, `${shop.url}/letters`);
    await page.getByLabel('Your e-mail address').fill('ada@');
    await page.locator('form').evaluate((form) => { form.noValidate = true; });
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.locator('#email[aria-invalid=true]').waitFor();
    await page.getByLabel('Your e-mail address').fill('ada.walker@mail.example');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    const sent = await mail.next();
    equal(sent.to.join(), 'ada.walker@mail.example', 'who it went to');
    equal(sent.defects.join('; '), '', 'defects of the mail');
    const link = shop.url + new URL(/https?:\/\/\S+\/letters\/\S+/.exec(sent.text)[0]).pathname;
    await go(page, link);
    equal(await page.getByText('may write to me now and then').count(), 1, 'the words');
    await studio.goto(`${shop.url}/studio/letters`);
    equal((await studio.locator('[data-test=confirmed]').first().innerText()).trim(), '0', 'on the list before the button');
    await page.getByRole('button', { name: 'Yes, write to me' }).click();
    await page.getByRole('heading', { name: 'You are on the list' }).waitFor();
    await studio.reload();
    equal((await studio.locator('[data-test=confirmed]').first().innerText()).trim(), '1', 'on the list');
    equal(await studio.getByText('ada.walker@mail.example').first().isVisible(), true, 'the address in the studio');
    await page.getByRole('button', { name: 'Stop the letters' }).click();
    await page.getByRole('heading', { name: 'No letters go there' }).waitFor();
    await context.close();
  });
  await test('letters: every page fits and reads well', async () => {
    const context = await plain(browser, {});
    const page = await context.newPage();
    await go(page, `${shop.url}/letters`);
    await at_both_widths(page, 'letters form');
    await page.getByLabel('Your e-mail address').fill('bob@mail.example');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
    await at_both_widths(page, 'letters asked');
    const sent = await mail.next();
    await go(page, shop.url + new URL(/https?:\/\/\S+\/letters\/\S+/.exec(sent.text)[0]).pathname);
    await at_both_widths(page, 'letters confirm');
    await page.getByRole('button', { name: 'Yes, write to me' }).click();
    await at_both_widths(page, 'letters confirmed');
    await page.getByRole('button', { name: 'Stop the letters' }).click();
    await at_both_widths(page, 'letters over');
    await go(studio, `${shop.url}/studio/letters`);
    await at_both_widths(studio, 'studio letters');
    await context.close();
  });
  await test('webhooks: added, tested, sent again and removed in the studio', async () => {
    await go(studio, `${shop.url}/studio/webhooks`);
    const heard = [];
    let status = 500;
    const receiver = http.createServer((request, answer) => {
      request.on('data', () => {}).on('end', () => { heard.push(request.headers['webhook-id']); answer.writeHead(status).end(); });
    });
    await new Promise((done) => { receiver.listen(0, '127.0.0.1', done); });
    await studio.getByLabel('Address').fill(`http://127.0.0.1:${receiver.address().port}/a/rather/long/address/of/a/receiver/of/what/happens/in/the/shop`);
    await studio.getByLabel('link.created').check();
    await studio.getByRole('button', { name: 'Add it' }).click();
    await studio.getByRole('button', { name: /^Send a test/ }).click();
    await becomes(async () => heard.length > 0, true, 'the receiver heard of it');
    expect(heard[0].startsWith('test.'), heard[0]);
    const state = async () => { await studio.reload(); return studio.locator('[data-test=delivery] .state').first().innerText(); };
    await becomes(state, 'waits to be tried again', 'the delivery that failed');
    equal(await studio.locator('[data-test=delivery] .answer').first().innerText(), 'The receiver answered 500.', 'its answer');
    await at_both_widths(studio, 'studio webhooks failed');
    status = 204;
    await studio.getByRole('button', { name: /^Send again/ }).click();
    await becomes(state, 'arrived', 'the delivery that was sent again');
    equal(await studio.locator('[data-test=delivery] .answer').first().innerText(), '204', 'its answer');
    equal(new Set(heard).size, 1, 'ids: a repetition is known by its own');
    await studio.getByLabel('What failed in').selectOption('the last day');
    await studio.getByRole('button', { name: /^Send all of it again/ }).click();
    await studio.getByText('Nothing failed in the last day.').waitFor();
    await studio.reload();
    await at_both_widths(studio, 'studio webhooks');
    await studio.getByRole('button', { name: /^Remove/ }).click();
    equal(await studio.getByRole('button', { name: /^Remove/ }).count(), 0, 'webhooks');
    receiver.close();
  });
}

const instagram = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22B83 Instagram 359.0.0.0.1 (iPhone15,2; iOS 18_1; de_DE; de; scale=3.00; 1179x2556; 1)';
const desktop = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';

// Where a link leads this browser, as the server says it; each asks from a language of its own, so that none repeats another.
async function leads(shop, slug, agent, language = 'en') {
  return new Promise((done, failed_to) => {
    http.get(`${shop.url}/s/${slug}`, { headers: { 'user-agent': agent, 'accept-language': language } }, (answer) => {
      answer.resume();
      done(answer.headers.location || String(answer.statusCode));
    }).on('error', failed_to);
  });
}

async function tests_of_links(browser, shop, studio) {
  const edit = () => go(studio, `${shop.url}/studio/links/ruled`);
  const save = async () => { await studio.getByRole('button', { name: 'Save', exact: true }).last().click(); await studio.locator('[data-toast]').waitFor(); };
  const open = async (name) => {
    const fold = studio.locator('details', { has: studio.locator('> summary', { hasText: name }) }).first();
    if (await fold.getAttribute('open') === null) await fold.locator('> summary').click();
  };
  const rules = async () => (await studio.locator('.rules > li > details > summary strong').allInnerTexts()).map((words) => words.replace(/^\d+\. /, ''));
  await test('link: made by two fields, and it works at once', async () => {
    await studio.setViewportSize({ width: 1440, height: 900 });
    await go(studio, `${shop.url}/studio/links`);
    const form = studio.locator('form', { has: studio.locator('[name=slug]') }).first();
    await form.locator('[name=target]').fill('example.com/lamp');
    await form.locator('[name=slug]').fill('ruled');
    await form.getByRole('button').first().click();
    await studio.locator('[data-toast]').waitFor();
    equal(await leads(shop, 'ruled', desktop), 'https://example.com/lamp', 'a link typed without https://');
  });
  await test('link: rules are added, put in order and taken out', async () => {
    await edit();
    await open('For some, elsewhere');
    await studio.getByText('Add a rule').click();
    await studio.locator('input[name=rule_0_app][value=instagram]').check();
    await studio.locator('[name=rule_0_to]').fill('https://example.com/instagram');
    await save();
    equal(await leads(shop, 'ruled', instagram), 'https://example.com/instagram', 'inside Instagram');
    equal(await leads(shop, 'ruled', desktop, 'fr'), 'https://example.com/lamp', 'elsewhere');
    await studio.getByText('Add a rule').click();
    await studio.locator('[name=rule_1_language]').fill('de');
    await studio.locator('[name=rule_1_to]').fill('https://example.com/de');
    await save();
    equal(await leads(shop, 'ruled', instagram, 'de'), 'https://example.com/instagram', 'the first rule that fits');
    equal(await leads(shop, 'ruled', desktop, 'de'), 'https://example.com/de', 'the second rule');
    const before = await rules();
    equal(before.length, 2, 'rows of rules');
    await studio.locator('.rules > li > details > summary').nth(1).click();
    await studio.locator('button[name=move][value=up-1]').click();
    equal((await rules())[0], before[1], 'the first rule, before it is saved');
    await save();
    equal(await leads(shop, 'ruled', instagram, 'de-AT'), 'https://example.com/de', 'after the rule moved up');
    await studio.locator('.rules > li > details > summary').nth(0).click();
    await studio.locator('input[name=rule_0_drop]').check();
    await save();
    equal((await rules()).length, 1, 'rows of rules after one was taken out');
    equal(await leads(shop, 'ruled', instagram, 'de-CH'), 'https://example.com/instagram', 'after the rule was taken out');
    await studio.getByRole('button', { name: 'Undo' }).click();
    await becomes(() => leads(shop, 'ruled', desktop, 'de-LU'), 'https://example.com/de', 'after the undo');
  });
  await test('link: many rules and shares in one go, in the order that they were put', async () => {
    await go(studio, `${shop.url}/studio/links`);
    await studio.locator('#target').fill('https://example.com/many');
    await studio.locator('#slug').fill('many');
    await studio.getByRole('button', { name: 'Make the link' }).click();
    await studio.locator('[data-toast]').waitFor();
    await go(studio, `${shop.url}/studio/links/many`);
    await open('For some, elsewhere');
    for (const [n, language] of ['de', 'fr', 'it'].entries()) {
      await studio.getByRole('button', { name: 'Add a rule' }).click();
      await studio.locator(`[name=rule_${n}_language]`).fill(language);
      await studio.locator(`[name=rule_${n}_to]`).fill(`https://example.com/${language}`);
    }
    // The last one goes to the front: by the arrow keys, then back by the mouse, then by the button.
    const grips = studio.locator('.rules [data-grip]');
    await grips.nth(2).focus();
    await studio.keyboard.press('ArrowUp');
    await studio.keyboard.press('ArrowUp');
    equal(await studio.locator('[name=rule_0_to]').inputValue(), 'https://example.com/it', 'the first rule after two steps by keys');
    equal(await grips.nth(0).evaluate((grip) => grip === document.activeElement), true, 'the handle has the focus still');
    for (const rule of await studio.locator('.rules .rule').all()) await rule.evaluate((details) => { details.open = false; });
    const [from, to] = [await grips.nth(0).boundingBox(), await grips.nth(2).boundingBox()];
    await studio.mouse.move(from.x + 20, from.y + 20);
    await studio.mouse.down();
    await studio.mouse.move(to.x + 20, to.y - 10, { steps: 8 });
    await studio.mouse.move(to.x + 20, to.y + 40, { steps: 8 });
    await studio.mouse.up();
    equal(await studio.locator('[name=rule_2_to]').inputValue(), 'https://example.com/it', 'the last rule after dragging');
    await studio.locator('.rules .rule > summary').nth(2).click();
    await studio.locator('button[name=move][value=up-2]').click();
    await open('Share among targets');
    await studio.locator('[name=split_0_target]').fill('https://example.com/a');
    await studio.locator('[name=split_0_percent]').fill('20');
    for (const n of [1, 2]) {
      await studio.getByRole('button', { name: 'Add a target' }).click();
      await studio.locator(`[name=split_${n}_target]`).fill(`https://example.com/${n}`);
      await studio.locator(`[name=split_${n}_percent]`).fill('20');
    }
    await picture(studio, 'link many rules');
    await accessible(studio, 'the rules editor');
    await save();
    equal((await studio.locator('.rules > li [name$=_to]').evaluateAll((fields) => fields.map((field) => field.value.slice(-2)))).join(' '), 'de it fr', 'the rules that were saved, in their order');
    equal((await studio.locator('[name$=_percent]').evaluateAll((fields) => fields.map((field) => field.value))).join(' '), '20 20 20 ', 'the shares that were saved, and the next one');
    equal(await leads(shop, 'many', desktop, 'it'), 'https://example.com/it', 'a rule of three');
    for (let n = 3; n < 50; n += 1) await studio.getByRole('button', { name: 'Add a rule' }).click();
    equal(await studio.getByRole('button', { name: 'Add a rule' }).count(), 0, 'the button when the form is full');
    await studio.getByText('A link takes 50 rules.').waitFor();
  });
  await test('link: without scripts one rule a save', async () => {
    const context = await plain(browser, { javaScriptEnabled: false, storageState: await studio.context().storageState() });
    const page = await context.newPage();
    await go(page, `${shop.url}/studio/links/many`);
    equal(await page.locator('.rules > li').count(), 4, 'the rules and an empty one');
    equal(await page.locator('[data-more]:not([hidden])').count(), 0, 'buttons that need scripts');
    await context.close();
  });
  await test('link: removed by its box in the list, and back by the undo', async () => {
    await go(studio, `${shop.url}/studio/links`);
    await studio.getByLabel('Choose /s/many').check();
    await studio.getByRole('button', { name: 'Remove the chosen links' }).click();
    await studio.getByText('One link is gone.').waitFor();
    equal(await leads(shop, 'many', desktop, 'it-CH'), '410', 'the address of a removed link');
    await at_both_widths(studio, 'links');
    await go(studio, `${shop.url}/studio/links?removed=1`);
    await studio.getByRole('button', { name: 'Put back /s/many' }).click();
    await studio.getByText('The link many is back.').waitFor();
    equal(await leads(shop, 'many', desktop, 'it-CH'), 'https://example.com/it', 'the link that was put back');
    await studio.getByLabel('Choose /s/many').check();
    await studio.getByRole('button', { name: 'Remove the chosen links' }).click();
    await studio.getByRole('button', { name: 'Undo' }).click();
    await becomes(() => leads(shop, 'many', desktop, 'it-IT'), 'https://example.com/it', 'after the undo');
  });
  await test('link: what is wrong stands where it was typed, and nothing is lost', async () => {
    await edit();
    await open('For some, elsewhere');
    await studio.getByText('Add a rule').click();
    await studio.locator('[name=rule_2_country]').fill('Germany');
    await studio.locator('[name=rule_2_to]').fill('https://example.com/x');
    await studio.locator('#title').fill('A lamp with rules');
    await studio.getByRole('button', { name: 'Save', exact: true }).last().click();
    await studio.getByRole('alert').waitFor();
    expect((await studio.getByRole('alert').innerText()).includes('Rule 3, countries: Country "Germany" must be two letters'), 'the alert names the rule and the field');
    await studio.getByRole('link', { name: 'Rule 3, countries' }).click();
    equal(await studio.locator('[name=rule_2_country]').getAttribute('aria-invalid'), 'true', 'the field is marked');
    expect((await studio.locator('#rule_2_country-wrong').innerText()).includes('like DE'), 'the field says what to do');
    equal(await studio.locator('#title').inputValue(), 'A lamp with rules', 'the title that was typed');
    equal(await studio.locator('[name=rule_2_country]').inputValue(), 'Germany', 'the country that was typed');
  });
  await test('link: its page fits and reads well', async () => {
    await edit();
    for (const one of await studio.locator('#edit details').all()) await one.evaluate((details) => { details.open = true; });
    await at_both_widths(studio, 'link');
  });
  await test('link: ended, and the undo brings back its planned end', async () => {
    await edit();
    await open('When, and for how many');
    await studio.locator('#ends').fill('2099-12-24T18:00');
    await save();
    await studio.getByRole('button', { name: 'End it now' }).click();
    await studio.locator('[data-toast]').waitFor();
    equal(await leads(shop, 'ruled', desktop, 'it'), '410', 'the ended link');
    await studio.getByRole('button', { name: 'Undo' }).click();
    await becomes(() => leads(shop, 'ruled', desktop, 'es'), 'https://example.com/lamp', 'after the undo');
    await edit();
    equal(await studio.locator('#ends').inputValue(), '2099-12-24T18:00', 'the planned end');
  });
}

// What the API makes in the studio's own session.
async function make_link(studio, shop, link) {
  await go(studio, `${shop.url}/studio`);
  const csrf = await studio.locator('input[name=csrf]').first().inputValue();
  const status = await studio.evaluate(async ([sent, token]) => (await fetch('/api/v1/links', {
    method: 'POST', body: JSON.stringify(sent), headers: { 'content-type': 'application/json', 'x-csrf': token },
  })).status, [link, csrf]);
  expect(status === 201 || status === 409, `status of the link ${link.slug}: ${status}`);
}

async function tests_of_many_links(browser, shop, studio) {
  const quiet_studio = async () => {
    const context = await plain(browser, { javaScriptEnabled: false, viewport: { width: 360, height: 740 }, storageState: await studio.context().storageState() });
    return { context, page: await context.newPage() };
  };
  await test('many links: archived, moved and tagged at once, and one undo brings them back', async () => {
    for (const slug of ['bulk-a', 'bulk-b']) await make_link(studio, shop, { slug, target: 'https://example.com/' });
    await studio.setViewportSize({ width: 1440, height: 900 });
    const choose = async () => { for (const slug of ['bulk-a', 'bulk-b']) await studio.getByLabel(`Choose /s/${slug}`).check(); };
    await go(studio, `${shop.url}/studio/links?words=bulk-`);
    await choose();
    await studio.getByRole('heading', { name: '2 links chosen' }).waitFor();
    await at_both_widths(studio, 'links chosen');
    await studio.setViewportSize({ width: 1440, height: 900 });
    await studio.getByLabel('What to do with the chosen links').selectOption('tag');
    await studio.getByLabel('Name of the folder or tag').fill('summer');
    await studio.getByLabel('Name of the folder or tag').press('Enter');
    await studio.getByText('2 links have the tag summer now.').waitFor();
    equal(new URL(studio.url()).searchParams.get('words'), 'bulk-', 'the list that was looked at');
    equal(await studio.locator('td.target', { hasText: '#summer' }).count(), 2, 'links with the tag');
    await studio.getByRole('button', { name: 'Undo' }).click();
    await studio.getByText('2 links are again as before.').waitFor();
    await go(studio, `${shop.url}/studio/links?words=bulk-`);
    equal(await studio.locator('td.target', { hasText: '#summer' }).count(), 0, 'links with the tag after the undo');
    await studio.getByLabel('All on this page').check();
    await studio.getByRole('button', { name: 'To the archive' }).click();
    await studio.getByText('2 links are in the archive, and work.').waitFor();
    equal(await leads(shop, 'bulk-a', desktop, 'nl'), 'https://example.com/', 'an archived link');
    await go(studio, `${shop.url}/studio/links?words=bulk-&archived=1`);
    await studio.getByLabel('All on this page').check();
    await studio.getByRole('button', { name: 'Out of the archive' }).click();
    await studio.getByText('2 links are out of the archive.').waitFor();
  });
  await test('many links: without scripts the same form does it, and says what is refused of each', async () => {
    for (const slug of ['plain-a', 'plain-b']) await make_link(studio, shop, { slug, target: 'https://example.com/' });
    await make_link(studio, shop, { slug: 'plain-full', target: 'https://example.com/', tags: Array.from({ length: 20 }, (_, n) => `t${n}`) });
    const { context, page } = await quiet_studio();
    await go(page, `${shop.url}/studio/links?words=plain-`);
    for (const slug of ['plain-a', 'plain-full']) await page.getByLabel(`Choose /s/${slug}`).check();
    await picture(page, 'links chosen without scripts');
    await page.getByLabel('What to do with the chosen links').selectOption('tag');
    await page.getByLabel('Name of the folder or tag').fill('winter');
    await page.getByRole('button', { name: 'Do it' }).click();
    expect((await page.getByRole('alert').innerText()).includes('"plain-full": a link has at most 20 tags'), 'which link is refused, and why');
    equal(await page.getByLabel('Choose /s/plain-a').isChecked(), true, 'the box of what was chosen');
    await fits(page, 'links refused');
    await picture(page, 'links refused');
    await page.getByLabel('Choose /s/plain-full').uncheck();
    await page.getByLabel('Choose /s/plain-b').check();
    await page.getByRole('button', { name: 'Do it' }).click();
    await page.getByText('2 links have the tag winter now.').waitFor();
    await context.close();
  });
  await test('many links: pasted, looked at line by line, and made together', async () => {
    await go(studio, `${shop.url}/studio/links`);
    await studio.getByRole('link', { name: 'Many at once' }).click();
    await at_both_widths(studio, 'many links');
    await studio.getByLabel('A link a line').fill('https://example.com/pasted\npaste-a,example.com/a\npaste-b,javascript:x\npaste-a,https://example.com/c,Again');
    await studio.getByRole('button', { name: 'Show what would be made' }).click();
    equal((await studio.locator('[data-test=line] .state').allInnerTexts()).join(), 'refused,refused,new,new', 'what is refused comes first');
    await studio.getByText('2 of 4 links cannot be made so.').waitFor();
    equal(await studio.getByRole('button', { name: /^Make/ }).count(), 0, 'buttons that make them');
    await at_both_widths(studio, 'many links refused');
    await studio.getByLabel('A link a line').fill('https://example.com/pasted\npaste-a,example.com/a\npaste-b,https://example.com/b,"B, the second"');
    await studio.getByRole('button', { name: 'Look again' }).click();
    await studio.getByRole('button', { name: 'Make 3 links' }).waitFor();
    await at_both_widths(studio, 'many links looked at');
    await studio.getByRole('button', { name: 'Make 3 links' }).click();
    await studio.getByText('3 links are made.').waitFor();
    equal(await leads(shop, 'paste-b', desktop, 'nl'), 'https://example.com/b', 'a link that was pasted');
  });
  await test('link form: all that is wrong stands at its field, and the summary leads there', async () => {
    await make_link(studio, shop, { slug: 'wrongs', target: 'https://example.com/' });
    for (const { context, page } of [{ page: studio }, await quiet_studio()]) {
      await go(page, `${shop.url}/studio/links/wrongs`);
      // The browser's own hints are good, but not all browsers give them.
      if (!context) await page.locator('#edit').evaluate((form) => { form.noValidate = true; });
      await page.locator('#target').fill('ftp://old.example/');
      await page.locator('#title').fill('What I typed');
      for (const name of ['When, and for how many', 'Your order']) await page.locator('summary', { hasText: name }).click();
      await page.locator('#clicks_max').fill('many');
      await page.locator('#tags').fill('a|b');
      await page.getByRole('button', { name: 'Save', exact: true }).last().click();
      await page.getByText('Not saved yet.').waitFor();
      equal((await page.getByRole('alert').getByRole('link').allInnerTexts()).join(', '), 'Goes to, Places, Tags', 'the summary');
      for (const [id, words] of [['target', 'must begin with https://'], ['clicks_max', 'no whole number'], ['tags', 'no comma and no bar']]) {
        equal(await page.locator(`#${id}`).getAttribute('aria-invalid'), 'true', `${id} is marked`);
        expect((await page.locator(`#${id}`).getAttribute('aria-describedby')).split(' ').includes(`${id}-wrong`), `${id} is described by its line`);
        expect((await page.locator(`#${id}-wrong`).innerText()).includes(words), `${id} says "${await page.locator(`#${id}-wrong`).innerText()}"`);
      }
      equal(await page.locator('[aria-invalid=true]').count(), 3, 'fields that are marked');
      equal(await page.locator('#title').inputValue(), 'What I typed', 'what was right');
      equal(await page.locator('#clicks_max').inputValue(), 'many', 'what was wrong');
      await page.getByRole('alert').getByRole('link', { name: 'Tags' }).click();
      equal(await page.locator('#tags').isVisible(), true, 'the field that the summary leads to');
      if (!context) await at_both_widths(page, 'link with errors');
      await picture(page, `link with errors ${context ? 'without scripts' : 'with scripts'}`);
      if (context) await context.close();
    }
  });
  await test('today\'s link: home says what keeps visitors from its target', async () => {
    await make_link(studio, shop, { slug: 'today', target: '/p/tide-lamp' });
    const csrf = await studio.locator('input[name=csrf]').first().inputValue();
    const change = (sent) => studio.evaluate(async ([body, token]) => (await fetch('/api/v1/links/today', {
      method: 'PATCH', body: JSON.stringify(body), headers: { 'content-type': 'application/json', 'x-csrf': token },
    })).status, [sent, csrf]);
    equal(await change({ ends: '2024-01-01T00:00:00Z', archived: '2024-01-01T00:00:00Z', rules: [{ if: { device: 'phone' }, to: '/p/tea-bowl' }] }), 200, 'status');
    await go(studio, `${shop.url}/studio`);
    const said = await studio.locator('[data-test=today-notes]').innerText();
    for (const words of ['It ended on 2024-01-01', 'A rule leads some visitors elsewhere', 'It is in the archive']) expect(said.includes(words), `the card says "${said}"`);
    await at_both_widths(studio, 'home with notes');
    await studio.locator('#today-target').fill('/p/tea-bowl');
    await studio.getByRole('button', { name: 'Done' }).click();
    expect((await studio.locator('[data-toast]').innerText()).includes('It ended on 2024-01-01'), 'the word of thanks says so, too');
    await picture(studio, 'home with notes and toast');
    equal(await change({ ends: null, archived: null, rules: [], target: '/live/tuesday' }), 200, 'status');
    await go(studio, `${shop.url}/studio`);
    equal(await studio.locator('[data-test=today-notes]').count(), 0, 'notes of a link that works');
  });
  const file_of = (name, count) => ({ name: 'links.csv', mimeType: 'text/csv', buffer: Buffer.from(`slug,target\n${Array.from({ length: count }, (_, n) => `${name}${n},/p/tide-lamp\n`).join('')}`) });
  await test('import: a file is looked at, kept by the server and imported', async () => {
    await go(studio, `${shop.url}/studio/link-import`);
    await at_both_widths(studio, 'import');
    await studio.locator('#file').setInputFiles(file_of('few', 3));
    await studio.getByRole('button', { name: 'Show what would happen' }).click();
    await studio.getByText('Would add 3, already there 0.').waitFor();
    equal((await studio.content()).includes('ZmV3'), false, 'the file stands in the page');
    await at_both_widths(studio, 'import looked at');
    await studio.getByRole('button', { name: 'Import them' }).click();
    await studio.getByText('Added 3, already there 0.').waitFor();
    equal(await leads(shop, 'few2', desktop, 'nl') === '404', false, 'an imported link');
  });
  await test('import: a large one shows how far it is, with scripts and without', async () => {
    const { context, page } = await quiet_studio();
    for (const [one, name] of [[studio, 'scripted'], [page, 'quiet']]) {
      await go(one, `${shop.url}/studio/link-import`);
      await one.locator('#file').setInputFiles(file_of(name, 12000));
      await one.getByRole('button', { name: 'Show what would happen' }).click();
      await one.getByText('Would add 12,000, already there 0.').waitFor({ timeout: 30000 });
      await one.getByRole('button', { name: 'Import them' }).click();
      await one.waitForURL(/\/studio\/link-import\/\w+$/);
      await one.locator('progress').waitFor();
      expect(/^[\d,]+ of 12,000 links$/.test((await one.locator('[data-test=progress]').innerText()).trim()), 'the words of the bar');
      if (one === studio) await accessible(studio, 'import under way');
      await picture(one, `import under way ${name}`);
      await one.locator('[data-test=outcome]').waitFor({ timeout: 60000 });
      equal((await one.locator('[data-test=outcome]').innerText()).trim(), 'Added 12,000, already there 0.', 'the outcome');
    }
    await at_both_widths(studio, 'import done');
    await context.close();
  });
}

async function tests_of_times(browser, shop, studio) {
  const settings = async () => {
    await go(studio, `${shop.url}/studio/page`);
    await studio.locator('#stall').evaluate((details) => { details.open = true; });
  };
  await test('times: the browser proposes its own zone, a wrong name is refused with the nearest, the right one is kept', async () => {
    const own = await plain(browser, { timezoneId: 'Asia/Kolkata', storageState: await studio.context().storageState() });
    const there = await own.newPage();
    await go(there, `${shop.url}/studio/page`);
    await there.locator('#stall').evaluate((details) => { details.open = true; });
    expect(/Asia\/(Kolkata|Calcutta)/.test(await there.locator('[data-zone-note]').innerText()), 'the note names the zone');
    await there.getByRole('button', { name: 'Take it' }).click();
    expect(/Asia\/(Kolkata|Calcutta)/.test(await there.locator('#time_zone').inputValue()), 'the field has it');
    expect(await there.locator('[data-zone-note]').isHidden(), 'the note is gone');
    await own.close();
    await settings();
    await studio.locator('#time_zone').fill('Europe/Berln');
    await studio.locator('#page-form').getByRole('button', { name: 'Save' }).click();
    await studio.locator('#time_zone-wrong .wrong').waitFor();
    expect((await studio.locator('#time_zone-wrong').innerText()).includes('the nearest name is Europe/Berlin'), 'the nearest name');
    await at_both_widths(studio, 'settings with a wrong zone');
    await studio.locator('#time_zone').fill('Europe/Berlin');
    await studio.locator('#page-form').getByRole('button', { name: 'Save' }).click();
    await studio.locator('[data-toast]').waitFor();
    await settings();
    equal(await studio.locator('#time_zone').inputValue(), 'Europe/Berlin', 'the zone');
  });
  await test('times: what is typed for a link is read in the shop\'s time, and by scripts in the reader\'s own', async () => {
    await go(studio, `${shop.url}/studio/links`);
    const form = studio.locator('form', { has: studio.locator('[name=slug]') }).first();
    await form.locator('[name=target]').fill('https://example.com/');
    await form.locator('[name=slug]').fill('evening');
    await form.getByRole('button').first().click();
    await studio.locator('[data-toast]').waitFor();
    await go(studio, `${shop.url}/studio/links/evening`);
    await studio.locator('details', { has: studio.locator('#starts') }).first().evaluate((details) => { details.open = true; });
    await studio.getByLabel('Opens (Europe/Berlin)').fill('2098-12-24T20:00');
    await studio.getByRole('button', { name: 'Save', exact: true }).last().click();
    await studio.locator('[data-toast]').waitFor();
    const told = async (options) => {
      const context = await plain(browser, options);
      const page = await context.newPage();
      await go(page, `${shop.url}/s/evening`, 404);
      await page.waitForLoadState('networkidle');
      const words = [await page.locator('time').innerText(), await page.locator('time').getAttribute('title') || ''];
      await context.close();
      return words;
    };
    equal((await told({ timezoneId: 'America/New_York', javaScriptEnabled: false }))[0], '24 December 2098, 20:00 CET', 'without scripts');
    equal((await told({ timezoneId: 'Europe/Rome' })).join('|'), '24 December 2098, 20:00 CET|', 'the same clock under another name');
    const [there, shops] = await told({ timezoneId: 'America/New_York', locale: 'en-US' });
    expect(/December 24, 2098.*02:00.PM.EST/.test(there), `in New York: ${there}`);
    equal(shops, '24 December 2098, 20:00 CET', 'and the shop\'s own beside it');
    const [kolkata] = await told({ timezoneId: 'Asia/Kolkata' });
    expect(/December 25, 2098.*12:30.AM/.test(kolkata), `in Kolkata it is the next day: ${kolkata}`);
  });
  await test('times: a countdown ends at its moment in any zone', async () => {
    const left = async (timezoneId) => {
      const context = await plain(browser, { timezoneId });
      const page = await context.newPage();
      await go(page, `${shop.url}/`);
      const span = await page.locator('[data-until]').first().evaluate((box) => box.dataset.until - box.dataset.now);
      const words = await page.locator('[data-left]').first().innerText();
      await context.close();
      const [, d, h, m] = /^(?:(\d+) d )?(\d\d):(\d\d):\d\d$/.exec(words);
      expect(Math.abs(((+(d || 0) * 24 + +h) * 60 + +m) * 60e3 - span) < 90e3, `${timezoneId}: ${words} for ${span} ms`);
      return span;
    };
    await go(studio, `${shop.url}/studio/page?add=countdown#new-block`);
    await studio.locator('#new-label').fill('The drop');
    const at = new Date(Date.now() + 5 * 864e5).toISOString().slice(0, 11) + '20:00';
    await studio.getByLabel('When (Europe/Berlin)').fill(at);
    await studio.locator('#new-after').fill('Open.');
    await studio.getByRole('button', { name: 'Add it' }).click();
    await studio.getByRole('button', { name: 'Publish' }).first().click();
    await studio.locator('[data-toast]').waitFor();
    const spans = [await left('Europe/Berlin'), await left('America/New_York'), await left('Asia/Kolkata')];
    expect(Math.max(...spans) - Math.min(...spans) < 60e3, `the same moment for all: ${spans}`);
  });
  await shop.command('shop', 'zone', 'mira', 'UTC');
}

async function tests_of_the_operator(browser, shop) {
  await test('operator: a reported link is warned about, switched off and let on again, and a host is denied', async () => {
    const context = await plain(browser, { javaScriptEnabled: false, viewport: { width: 1440, height: 900 } });
    // Programs are asked nothing, and the browser of these tests says that it is one.
    const outside = await plain(browser, { javaScriptEnabled: false, userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36' });
    const visitor = await outside.newPage();
    const page = await context.newPage();
    await go(visitor, `${shop.url}/report/lamp`);
    await visitor.getByLabel('It is a scam').check();
    await visitor.getByLabel('In your words').fill('They never sent it, and nobody answers: a_very_long_word_that_has_no_place_to_break_'.repeat(3));
    await visitor.getByRole('button', { name: 'Report it' }).click();
    await visitor.getByRole('heading', { name: 'Thank you' }).waitFor();
    await go(page, await shop.command('operator'));
    await page.getByRole('button', { name: 'Open the list' }).click();
    await page.getByRole('link', { name: /^Reports/ }).click();
    const card = page.locator('[data-test=reported]', { has: page.getByRole('heading', { name: /\/s\/lamp$/ }) });
    await card.getByText('1 report').click();
    await card.getByText('They never sent it').waitFor();
    await card.getByLabel('Why: ').fill('People say that nothing comes.');
    await card.getByRole('button', { name: /^Warn first/ }).click();
    await page.getByText('asks people first').waitFor();
    await go(visitor, `${shop.url}/s/lamp`);
    await visitor.getByText('People say that nothing comes.').waitFor();
    await card.getByLabel('Why: ').fill('It is a scam.');
    await card.getByRole('button', { name: /^Switch it off/ }).click();
    await page.getByText(/lamp is off\./).waitFor();
    await go(visitor, `${shop.url}/s/lamp`, 403);
    await card.getByRole('button', { name: /^Dismiss the reports/ }).click();
    await page.getByText(/lamp: its reports are settled\./).waitFor();
    equal(await card.count(), 0, 'a link without open reports');
    await page.getByRole('link', { name: 'Off, or warned about' }).click();
    await card.getByRole('button', { name: /^Let it lead on again/ }).click();
    await visitor.goto(`${shop.url}/s/lamp`);
    expect(/\/p\/tide-lamp/.test(visitor.url()), `the link leads on: ${visitor.url()}`);
    await page.getByLabel('Find a link by its address').fill(`${shop.url}/s/lamp`);
    await page.getByRole('button', { name: 'Find' }).click();
    await card.getByText('No open reports.').waitFor();
    await page.getByRole('link', { name: 'Denied hosts' }).click();
    await page.getByLabel('Host, or an address there').fill('nothing');
    await page.getByRole('button', { name: 'Deny it' }).click();
    await page.getByText('"nothing" is no host; write it like evil.example').waitFor();
    await page.getByLabel('Host, or an address there').fill('https://evil.example/x');
    await page.getByLabel('Why (only you read it)').fill('copies of banks');
    await page.getByRole('button', { name: 'Deny it' }).click();
    await page.getByRole('row', { name: /evil\.example copies of banks/ }).waitFor();
    await page.getByRole('button', { name: /^Take it off/ }).click();
    await page.getByText('Links may lead to evil.example again.').waitFor();
    await outside.close();
    await context.close();
  });
  await test('operator: the pages of links fit and read well', async () => {
    await shop.command('link', 'deny', 'evil.example', '--why', 'copies of banks');
    await shop.command('link', 'deny', `${'a-very-long-name-'.repeat(3)}x.example`);
    await shop.command('link', 'warn', 'lamp', '--why', 'People say that nothing comes.');
    const context = await plain(browser);
    const page = await context.newPage();
    for (const slug of ['today', 'tuesday']) {
      await go(page, `${shop.url}/report/${slug}`);
      await page.getByLabel('It is a scam').check();
      await page.getByLabel('In your words').fill('Nothing came, and nobody answers. '.repeat(6));
      await page.getByRole('button', { name: 'Report it' }).click();
    }
    await go(page, await shop.command('operator'));
    await page.getByRole('button', { name: 'Open the list' }).click();
    await page.waitForURL(/\/operator$/);
    for (const [address, name] of [['/operator/links', 'links'], ['/operator/links?show=off', 'links off'], ['/operator/links?address=nothing', 'no link'], ['/operator/denied', 'denied']]) {
      await go(page, new URL(address, page.url()).href, /nothing/.test(address) ? 422 : 200);
      for (const summary of await page.locator('summary').all()) await summary.click();
      await at_both_widths(page, `operator ${name}`);
    }
    await context.close();
    await shop.command('link', 'unblock', 'lamp');
  });
  await test('operator: shops are opened, closed and opened again, and the page reads well', async () => {
    const context = await plain(browser, { javaScriptEnabled: false, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await go(page, await shop.command('operator'));
    await page.getByRole('button', { name: 'Open the list' }).click();
    await page.locator('#name').fill('Second stall');
    await page.locator('#slug').fill('second');
    await page.getByRole('button', { name: 'Open it', exact: true }).click();
    const card = page.getByRole('region', { name: 'Second stall' });
    await card.getByText('Close it to viewers').click();
    await card.getByLabel('Why (its owner reads it)').fill('a complaint');
    await card.getByRole('button', { name: /^Close it/ }).click();
    equal((await fetch(`${shop.url}/@second/`)).status, 503, 'the closed shop');
    equal((await fetch(`${shop.url}/`)).status, 200, 'the other one');
    await page.getByRole('region', { name: 'Second stall' }).getByRole('button', { name: /^Open it again/ }).click();
    equal((await fetch(`${shop.url}/@second/`)).status, 200, 'the shop, open again');
    await shop.command('shop', 'suspend', 'second', '--why', 'once more');
    equal((await fetch(`${shop.url}/@second/`)).status, 503, 'the shop that a command closed');
    await shop.command('shop', 'resume', 'second');
    equal((await fetch(`${shop.url}/@second/`)).status, 200, 'the shop that a command opened');
    expect(/links +7/.test(await shop.command('shop', 'quota', 'second', 'links', '7')), 'the quota is said');
    await context.close();
    const scripted = await plain(browser);
    const look = await scripted.newPage();
    await go(look, await shop.command('operator'));
    await look.getByRole('button', { name: 'Open the list' }).click();
    await look.waitForURL(/\/operator$/);
    await at_both_widths(look, 'operator');
    await scripted.close();
  });
}

// The page before the target inside an app: tapped, counted, and complete when nothing of it is tapped.
async function tests_of_the_way_out(browser, shop, studio) {
  const inside = (name) => lanes.find((lane) => lane.name === `webview ${name}`);
  const outside = { viewport: { width: 390, height: 844 }, isMobile: true, userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1' };
  const figures_of = async (name) => {
    await go(studio, `${shop.url}/studio/escapes`);
    const row = studio.getByRole('row', { name: new RegExp(`^${name}`) });
    return (await row.locator('td.number').allInnerTexts()).slice(0, 2).map((words) => words.trim()).join('/');
  };
  const link = `${shop.url}/s/way-out?d=clip7`;
  await test('way out: a link offers it in the studio', async () => {
    await go(studio, `${shop.url}/studio/links`);
    const form = studio.locator('#new');
    await form.getByLabel('Goes to').fill('/p/tide-lamp');
    await form.getByLabel('Short address').fill('way-out');
    await form.getByRole('button', { name: 'Make the link' }).click();
    await studio.locator('[data-toast]').waitFor();
    await go(studio, `${shop.url}/studio/links/way-out`);
    await studio.getByRole('heading', { name: 'Apps' }).click();
    await studio.getByLabel(/offer to open it/).selectOption('offer');
    await studio.getByRole('button', { name: 'Save' }).last().click();
    await studio.locator('[data-toast]').waitFor();
    equal(await studio.getByLabel(/offer to open it/).inputValue(), 'offer', 'the choice');
  });
  for (const [name, script] of [['Instagram', true], ['TikTok', false]]) {
    await test(`way out: ${name} ${script ? 'with' : 'without'} scripts, tapped and arrived`, async () => {
      const trouble = [];
      const context = await plain(browser, { ...inside(name).options, javaScriptEnabled: script });
      const page = await context.newPage();
      watch(page, trouble);
      const recipe = name === 'Instagram' ? 'Instagram on iPhone' : 'TikTok on Android';
      await go(page, link);
      await page.getByRole('heading', { level: 1 }).waitFor();
      if (script) { await fits(page, 'way out'); await accessible(page, 'way out'); }
      await picture(page, `way out ${name}`);
      const href = await page.locator('[data-test=out]').getAttribute('href');
      expect(href.startsWith(name === 'Instagram' ? 'instagram://' : 'intent://'), href);
      const address = await page.locator('[data-test=address]').inputValue();
      expect(address.endsWith('/s/way-out?d=clip7'), `the address to copy is ${address}`);
      await page.locator('[data-test=out]').click({ noWaitAfter: true });
      await becomes(() => figures_of(recipe), '1/0', 'tried and arrived after the tap');
      const own = name === 'Instagram' ? decodeURIComponent(href.split('url=')[1]) : `http://${href.slice(9).split('#')[0]}`;
      const real = await plain(browser, outside);
      const tab = await real.newPage();
      await go(tab, shop.url + new URL(own).pathname + new URL(own).search);
      equal(at(tab), '/p/tide-lamp', 'where it leads outside');
      await real.close();
      equal(await figures_of(recipe), '1/1', 'tried and arrived');
      const stays = await context.newPage(); // a headless browser follows no link in a tab that met a scheme it does not know, on any page
      await go(stays, link);
      await stays.locator('[data-test=here]').click();
      await stays.waitForURL(/\/p\/tide-lamp/);
      equal(trouble.filter((line) => !/intent:|instagram:|scheme/.test(line)).join('; '), '', 'trouble');
      await context.close();
    });
  }
  await test('way out: the page comes in 14 kB, fits and reads well', async () => {
    const light = await plain(browser, inside('Instagram').options);
    const { page: bytes } = await weigh(light, link);
    console.log(`      the way out: ${bytes} bytes`);
    expect(bytes > 500 && bytes <= 14 * 1024, `${bytes} bytes`);
    await light.close();
    for (const [width, colorScheme] of [[320, 'light'], [360, 'dark'], [1440, 'light']]) {
      const context = await plain(browser, { viewport: { width, height: 800 }, colorScheme, userAgent: inside('Instagram').options.userAgent });
      const page = await context.newPage();
      await go(page, link);
      await page.getByText('For another device').click();
      await fits(page, 'way out');
      await accessible(page, `way out at ${width} px`);
      await picture(page, `way out ${width}`);
      await context.close();
    }
  });
  await test('way out: its studio pages fit and read well', async () => {
    for (const address of ['/studio/escapes', '/studio/apps', '/studio/links/way-out']) {
      await go(studio, `${shop.url}${address}`);
      await at_both_widths(studio, address);
    }
  });
  await test('a link is reported, and its page fits and reads well', async () => {
    const context = await plain(browser, {});
    const page = await context.newPage();
    await go(page, `${shop.url}/report/way-out`);
    await at_both_widths(page, 'report');
    await page.getByLabel('It is a scam').check();
    await page.getByLabel('In your words').fill('They never sent it.');
    await page.getByRole('button', { name: 'Report it' }).click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await at_both_widths(page, 'reported');
    await go(studio, `${shop.url}/studio/links/way-out`);
    await studio.getByRole('heading', { name: 'Reports' }).click();
    await studio.getByText('They never sent it.').waitFor();
    await context.close();
  });
  await test('a link that the operator warns about asks first', async () => {
    await shop.command('link', 'warn', 'way-out', '--why', 'It passes for a bank.');
    const context = await plain(browser, { ...outside, javaScriptEnabled: false });
    const page = await context.newPage();
    await go(page, link);
    await page.getByText('It passes for a bank.').waitFor();
    await picture(page, 'asked first');
    await page.getByRole('button', { name: 'Go on to it' }).click();
    await page.waitForURL(/\/p\/tide-lamp/);
    await context.close();
    const scripted = await plain(browser, outside);
    const tab = await scripted.newPage();
    await go(tab, link);
    await at_both_widths(tab, 'asked first');
    await scripted.close();
    await shop.command('link', 'unblock', 'way-out');
  });
}

// The studio, opened by the address that the program prints, and the figures of the report as they were then.
async function open_studio(browser, shop) {
  const context = await plain(browser, { viewport: { width: 1280, height: 800 } });
  const studio = await context.newPage();
  await studio.goto(await shop.login());
  await studio.getByRole('button', { name: 'Open the studio' }).click();
  await studio.waitForURL(/\/studio\/?$/);
  return { studio, numbers: await figures(studio, shop) };
}

async function main() {
  const data = temporary();
  const home = temporary();
  const mail = await start_mail();
  let browser;
  try {
    shop = await start_shop(barrow, data, `smtp = "smtp://127.0.0.1:${mail.port}"\nmail_from = "stall@mira.example"\n`);
    browser = await start_browser(chromium, home, sandbox);
    const found = await explore(browser, shop);
    expect(found.live && found.overlay, 'the demo shop has no live session on its bio page');
    const { studio, numbers } = await open_studio(browser, shop);
    for (const lane of lanes) await group(true, () => walk(browser, shop, found, lane, studio));
    await group(false, () => test('studio: the report shows the sales', async () => {
      const after = await figures(studio, shop);
      expect(after.length > 0, 'the report has no figures');
      if (!only) expect(JSON.stringify(after) !== JSON.stringify(numbers), `the figures did not move: ${after.join(', ')}`);
      await picture(studio, 'studio report');
    }));
    await group(false, () => tests_of_one_page(browser, shop, found));
    await group(false, () => tests_of_the_studio(studio, shop));
    await group(true, () => tests_of_the_editor(browser, shop, studio));
    await group(true, () => tests_of_links(browser, shop, studio));
    await group(true, () => tests_of_times(browser, shop, studio));
    await group(true, () => tests_of_uploads(browser, shop, studio));
    await group(false, () => test_of_the_control_room(browser, shop, found, studio));
    await group(false, () => tests_of_letters(browser, shop, mail, studio));
    await group(true, () => tests_of_the_way_out(browser, shop, studio));
    await group(false, () => tests_of_many_links(browser, shop, studio));
    await group(false, () => tests_of_the_operator(browser, shop));  // last: from then on there are two shops
  } catch (error) {
    console.log(`cannot go on: ${error.message}`);
    if (shop) console.log(shop.log().split('\n').slice(-15).join('\n'));
    process.exitCode = 2;
  } finally {
    if (browser) await browser.close();
    if (shop) await shop.stop();
    await mail.stop();
    for (const directory of [data, home]) fs.rmSync(directory, { recursive: true, force: true });
  }
  done();
}

main();
