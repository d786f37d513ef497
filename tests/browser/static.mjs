// The public pages as plain files: behind nginx, behind Caddy and behind a bare file server, with Barrow there and with Barrow gone.
//   node tests/browser/static.mjs --barrow build/dev/barrow [--screenshots DIR] [--only REGEX] [--chromium PATH] [--no-sandbox]
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { accessible, barrow, becomes, equal, expect, fits, picture, sleep, test } from './harness.mjs';
import { stage } from './stage.mjs';
import { free_port, temporary } from './start.mjs';

const front = await free_port();
const origin = `http://localhost:${front}`;
const files = temporary(), room = temporary();

// status and headers of an address, as they come: fetch follows.
const ask = (target, method = 'GET', headers = {}) => new Promise((answered, failed) => {
  const request = http.request(`${origin}${target}`, { method, headers }, (answer) => {
    let body = '';
    answer.setEncoding('utf8');
    answer.on('data', (text) => { body += text; });
    answer.on('end', () => answered({ status: answer.statusCode, body, ...answer.headers }));
  });
  request.on('error', failed);
  request.end();
});

const servers = {
  nginx() {
    const conf = path.join(room, 'nginx.conf');
    fs.writeFileSync(conf, `daemon off; worker_processes 1; pid ${room}/nginx.pid; error_log ${room}/nginx.log warn; ${process.getuid() === 0 ? 'user root;' : ''}
events {}
http {
  include /etc/nginx/mime.types;
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${room}/${name};`).join(' ')}
  include ${files}/site/nginx.conf;
}
`);
    return spawn('/usr/sbin/nginx', ['-p', room, '-c', conf], { stdio: 'inherit' });
  },
  Caddy() {
    const conf = path.join(room, 'Caddyfile');
    fs.writeFileSync(conf, `{\n\tadmin off\n\tauto_https off\n\tlog {\n\t\toutput file ${room}/caddy.log\n\t}\n}\nimport ${files}/site/Caddyfile\n`);
    return spawn('/usr/bin/caddy', ['run', '--config', conf, '--adapter', 'caddyfile'], { stdio: 'ignore', env: { ...process.env, HOME: room, XDG_DATA_HOME: room, XDG_CONFIG_HOME: room } });
  },
  'a bare file server': () => spawn('/usr/bin/python3', ['-m', 'http.server', '--bind', '127.0.0.1', '--directory', `${files}/site/public`, String(front)], { stdio: 'ignore' }),
};
async function behind(name, body) {
  const server = servers[name]();
  const ended = new Promise((over) => server.on('exit', over));
  try {
    for (let tries = 0; ; tries++) {
      if (await ask('/').then(() => true, () => false)) break;
      if (tries > 100) throw new Error(`${name} does not answer`);
      await sleep(50);
    }
    await body();
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
}

const cue = (page) => page.locator('[data-test=trust] summary').first().innerText().then((text) => text.replace(/\s+/g, ' ').trim());
const checked = `Signed by localhost:${front} checked on your device`;

async function tests(browser, shop, data) {
  const publish = async (...more) => JSON.parse(await shop.command('publish', '--static', `${files}/site`, '--public-address', origin, '--barrow-at', shop.url, '--json', ...more));
  const open = async (options = {}) => {
    const context = await browser.newContext({ viewport: { width: 360, height: 640 }, ...options });
    const page = await context.newPage(), refused = [];
    page.on('console', (line) => { if (/Content Security|Trusted|Refused/.test(line.text())) refused.push(line.text()); });
    page.on('pageerror', (error) => refused.push(error.message));
    return { context, page, refused };
  };
  let key;
  const link = (body) => fetch(`${shop.url}/api/v1/links`, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: JSON.stringify(body) }).then(({ status }) => equal(status, 201, `the link ${body.slug}`));

  await test('static: all public pages are written, and what is left to Barrow is said with its reason', async () => {
    key = /bk_\S+/.exec(await shop.command('key', 'create'))[0];
    await link({ slug: 'plain', target: 'https://elsewhere.example/a?b=1#c', aliases: ['also-plain'] });
    await link({ slug: 'secret', target: 'https://elsewhere.example/secret', password: 'sea-glass' });
    await link({ slug: 'fifty', target: 'https://elsewhere.example/fifty', clicks_max: 50 });
    await link({ slug: 'a'.repeat(90), target: 'https://elsewhere.example/long' });
    await link({ slug: 'money', target: 'https://elsewhere.example/$price' });
    const told = await publish();
    equal(told.address, origin, 'the address');
    expect(told.pages >= 5 && told.documents >= 8 && told.redirects >= 1, JSON.stringify(told));
    const why = Object.fromEntries(told.left_to_barrow.map(({ path: where, why: words }) => [where, words]));
    equal(why['/s/secret'], 'it has a password', 'a password');
    equal(why['/s/fifty'], 'its clicks are limited', 'a limit');
    expect(/mean something else/.test(why['/s/money']), `a sign of nginx: ${why['/s/money']}`);
    const page = fs.readFileSync(`${files}/site/public/p/tide-lamp/index.html`, 'utf8');
    expect(!page.includes('nonce'), 'a nonce stands in a file');
    expect(!/\d+ left|in stock/.test(page), 'what is left stands in a file');
    expect(!page.includes('name="quote"'), 'a quote stands in a file');
  });

  await test('static: a second time writes what changed, and takes away what is gone', async () => {
    equal((await publish()).files_written, 0, 'files written when nothing changed');
    await link({ slug: 'for-a-while', target: 'https://elsewhere.example/while' });
    const more = await publish();
    equal(more.files_written, 2, 'the two lists of redirects');
    await fetch(`${shop.url}/api/v1/links/for-a-while`, { method: 'DELETE', headers: { authorization: `Bearer ${key}` } });
    await publish();
    expect(!fs.readFileSync(`${files}/site/redirects.nginx`, 'utf8').includes('for-a-while'), 'a removed link still leads');
    fs.mkdirSync(`${files}/other`);
    fs.writeFileSync(`${files}/other/mine.txt`, 'mine');
    const refused = await shop.command('publish', '--static', `${files}/other`).then(() => '', (error) => error.message);
    expect(/holds other files; choose an empty folder/.test(refused), `a folder with other files: ${refused}`);
    equal(fs.readFileSync(`${files}/other/mine.txt`, 'utf8'), 'mine', 'what was there');
  });

  await test('static: with --watch what is published is in the files within a second, and so is what begins by itself', async () => {
    const lines = [], watcher = spawn(barrow, ['publish', '--static', `${files}/site`, '--watch', '--json', '--public-address', origin, '--barrow-at', shop.url, '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((over) => watcher.on('exit', over));
    watcher.stdout.on('data', (text) => lines.push(...String(text).split('\n').filter(Boolean)));
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, file = (name) => fs.readFileSync(`${files}/site/public/${name}`, 'utf8');
    const within = async (what, is_there, most = 1500) => {
      const began = Date.now();
      await becomes(async () => is_there(), true, what, most);
      console.log(`      ${what}: in the files after ${Date.now() - began} ms`);
    };
    try {
      await becomes(async () => lines.length > 0, true, 'the first writing', 20_000);
      const one = await (await fetch(`${shop.url}/api/v1/snippets/tea-bowl`, { headers })).json();
      const send = (words) => fetch(`${shop.url}/api/v1/snippets/tea-bowl/versions`, { method: 'POST', headers, body: JSON.stringify({ title: one.title, how: one.how, action: one.action, ...words }) });
      equal((await send({ title: 'Keep your tea warm' })).status, 201, 'other words');
      await within('other words', () => file('p/tea-bowl/index.html').includes('Keep your tea warm'));
      expect(file('snippets/tea-bowl.json').includes('Keep your tea warm'), 'the signed document');
      await shop.command('shop', 'language', 'mira', 'de');
      await within('another language', () => file('p/tea-bowl/index.html').includes('Wer verkauft'));
      await shop.command('shop', 'language', 'mira', 'en');
      await within('and back', () => file('p/tea-bowl/index.html').includes('Who sells'));
      equal((await send({ title: one.title, starts: new Date(Date.now() + 2500).toISOString() })).status, 201, 'words that begin');
      expect(!file('p/tea-bowl/index.html').includes(one.title), 'words that have not begun');
      await within('words that begin in two and a half seconds', () => file('p/tea-bowl/index.html').includes(one.title), 4500);
    } finally {
      watcher.kill('SIGTERM');
      await ended;
    }
    equal((await publish()).files_written, 0, 'what was left to write');
  });

  for (const name of ['nginx', 'Caddy']) {
    await test(`static: behind ${name} files answer first, and Barrow the rest`, () => behind(name, async () => {
      for (const slug of ['plain', 'also-plain', 'Plain'].slice(0, name === 'nginx' ? 3 : 2)) {
        const short = await ask(`/s/${slug}`);
        equal(`${short.status} ${short.location}`, '302 https://elsewhere.example/a?b=1#c', `/s/${slug}`);
        equal(short['referrer-policy'], undefined, 'Barrow answers, where the web server should');
        equal(short['x-robots-tag'], 'noindex', 'what search engines are told');
      }
      const tagged = await ask('/s/plain?d=clip7');
      expect(tagged.status === 302 && tagged['referrer-policy'], 'with a source tag Barrow answers, which counts it');
      expect((await ask('/s/secret', 'GET', { accept: 'text/html' })).body.includes('type="password"'), 'a password is asked for by Barrow');
      const did = await ask('/.well-known/did.json');
      equal(did['access-control-allow-origin'], '*', 'the keys are for every site to read');
      equal((await ask('/'))['content-security-policy'], "frame-ancestors 'none'", 'who may frame the page');
      equal((await ask('/embed/tide-lamp'))['content-security-policy'], 'frame-ancestors *', 'who may frame the embed');
      const asset = /\/assets\/[^"]+/.exec((await ask('/')).body)[0];
      expect((await ask(asset))['cache-control'].includes('immutable'), 'assets are kept for good');
      equal((await ask('/nowhere-at-all')).status, 404, 'a page that is not there');
      equal((await ask('/snippets/tide-lamp.quote.json'))['access-control-allow-origin'], '*', 'what Barrow answers has one such header');
      expect((await ask('/p/tide-lamp?why=quicker')).body.includes('name="quote"'), 'who is told why comes to Barrow');
      const large = await fetch(`${origin}/studio/media`, { method: 'POST', body: 'x'.repeat(2 << 20), headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' } }).catch((error) => error);
      expect(large.headers?.get('x-content-type-options') === 'nosniff' || large instanceof Error, 'how large a body may be is for Barrow to say');

      const { context, page, refused } = await open();
      await page.goto(`${origin}/p/tide-lamp`);
      await becomes(() => cue(page).then((text) => text.startsWith(checked)), true, 'the cue on a page out of a file');
      await fits(page, 'a product page out of a file');
      await accessible(page, 'a product page out of a file');
      await picture(page, `static product ${name} 360`);
      await page.locator('[data-test=now]').click();
      await page.waitForURL(/\/p\/tide-lamp\/now/);
      await page.locator('[data-test=hold]').click();
      await page.waitForURL(/\/holds\//);
      equal(refused.join(' '), '', 'what the policy refused');
      await context.close();
    }));
  }

  await test('static: a receipt that is kept as a page checks itself from a disk, and a changed one says so', async () => {
    const { context, page, refused } = await open();
    await page.goto(`${shop.url}/p/tide-lamp`);
    await page.locator('[data-test=hold]').click();
    await page.waitForURL(/\/holds\//);
    for (const [name, value] of Object.entries({ name: 'Ada', email: 'ada@example.com', street: 'Quay 1', postal_code: '18119', city: 'Rostock' })) await page.fill(`[name=${name}]`, value);
    await page.locator('[data-test=pay]').click();
    await page.locator('button[value=approve]').click();
    await page.locator('[data-test=promise]').waitFor({ timeout: 15_000 });
    const saved = await page.request.get(new URL(await page.locator('[data-test=promise] a').first().getAttribute('href'), page.url()).href);
    const file_name = /filename="(.*)"/.exec(saved.headers()['content-disposition'])[1];
    equal(/^receipt-mira-\d+\.html$/.test(file_name), true, file_name);
    const kept = path.join(files, file_name), changed = path.join(files, 'changed.html'), text = await saved.text();
    fs.writeFileSync(kept, text);
    fs.writeFileSync(changed, text.replace(/"total_minor":\d+/, '"total_minor":1'));
    expect(fs.readFileSync(changed, 'utf8') !== text, 'nothing was changed');
    for (const file of [kept, changed]) fs.chmodSync(file, 0o644);
    fs.chmodSync(files, 0o755);
    const verdict = async (file) => {
      await page.goto(`file://${file}`);
      await becomes(() => page.locator('[data-words]').innerText().then((words) => /fit/.test(words)), true, 'a verdict');
      return page.locator('[data-words]').innerText();
    };
    equal(await verdict(kept), 'The signature fits', 'the receipt');
    await fits(page, 'a receipt from a disk');
    await accessible(page, 'a receipt from a disk');
    await picture(page, 'static receipt 360');
    equal(await verdict(changed), 'The signature does not fit', 'a changed receipt');
    equal(refused.join(' '), '', 'what the policy refused');
    await context.close();
    // Nobody can be asked at the address that the proof names: nothing listens there.
    const said = JSON.parse(await shop.command('snippet', 'verify', kept, '--json').then(() => '{}', (error) => error.printed));
    equal(`${said.signature_fits} ${said.verified} ${said.key_from_the_document}`, 'true false true', 'the command, on the page');
    const why = await shop.command('snippet', 'verify', changed).then(() => '', (error) => error.message);
    expect(/was changed|does not fit/.test(why), `the command, on a changed page: ${why}`);
  });

  for (const name of Object.keys(servers)) {
    await test(`static: with Barrow gone, ${name} shows the pages, and the browser checks what is signed`, () => behind(name, async () => {
      await shop.kill();
      const { context, page, refused } = await open({ serviceWorkers: 'block' });
      await page.goto(`${origin}/`);
      await becomes(() => cue(page).then((text) => text.startsWith(checked)), true, 'the cue on the bio page');
      await picture(page, `static bio ${name} 360`);
      await page.goto(`${origin}/p/tide-lamp`);
      await becomes(() => cue(page).then((text) => text.startsWith(checked)), true, 'the cue on the product page');
      equal(refused.join(' '), '', 'what the policy refused');
      await context.close();
      if (name === 'a bare file server') return;
      equal((await ask('/s/plain')).status, 302, 'a short link');
      const secret = await ask('/s/secret');
      expect(secret.status === 503 && secret.body.includes('<!doctype html>'), `what only Barrow can answer: ${secret.status}`);
    }));
  }
}

execFileSync('/usr/sbin/nginx', ['-v'], { stdio: 'ignore' });
await stage(({ browser, shop, data }) => tests(browser, shop, data), { in_order: true, settings: `public_address = "${origin}"\n` });
for (const directory of [files, room]) fs.rmSync(directory, { recursive: true, force: true });
