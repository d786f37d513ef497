// What somebody types never becomes part of a page: a set of payloads is put through every text field that a creator or a visitor can fill,
// and every surface that shows them is opened.
//   node tests/browser/xss.mjs --barrow build/dev/barrow [--payloads REGEX] [--every] [--verbose] [--only REGEX] [--chromium PATH] [--no-sandbox]
// Payloads go round: a round makes one thing of each kind, with another payload in each of its fields, so that each payload stands in every
// door with enough fields. --every makes as many rounds as there are payloads: then each has stood in each field (minutes). Fields are found in the forms of the pages themselves, so that a new field is tried without being named here; those of the API are named
// below. What a door refuses counts as refused, and its words are kept (--verbose prints them). On every page nothing may run (a function
// that payloads call, a dialog, a request, another address), nothing may stand in it that only a payload could have made (handlers, scripts
// without the nonce, frames, marked elements), and the content policy may have had nothing to do.
import fs from 'node:fs';
import { equal, expect, option, test, words } from './harness.mjs';
import { stage } from './stage.mjs';
import { start_stranger } from './start.mjs';

const every = [
  ['script', '<script>xss()</script>'],
  ['script, another host', '<script src=//xss.example/a.js></script>'],
  ['script, unclosed and in capitals', '<ScRiPt/x>xss()//'],
  ['script within script', '<scr<script>ipt>xss()</scr</script>ipt>'],
  ['end of script', '</script><script>xss()</script>'],
  ['end of script, with space', '</script ><svg onload=xss()>'],
  ['image', '<img src=x onerror=xss()>'],
  ['image, no quotes to close', '"><img src=x onerror=xss()>'],
  ['image, single quotes', '\'><img src=x onerror=xss()>'],
  ['image, asks elsewhere', '<img id=xss src=//xss.example/a.png>'],
  ['image, grave quotes', '<img src=`x`onerror=xss()>'],
  ['svg', '<svg onload=xss()>'],
  ['svg, slashes', '<svg/onload=xss()//'],
  ['svg, animated', '<svg><animate onbegin=xss() attributeName=x>'],
  ['svg, a link', '<svg><a xlink:href=javascript:xss()><text y=9>x'],
  ['svg, another object', '<svg><foreignObject><body onload=xss()>'],
  ['math', '<math><mi xlink:href="javascript:xss()" id=xss>x'],
  ['details', '<details open ontoggle=xss()>'],
  ['video', '<video><source onerror=xss()></video>'],
  ['marquee', '<marquee onstart=xss()>x'],
  ['attribute, double quotes', '" onfocus=xss() autofocus x="'],
  ['attribute, single quotes', '\' onfocus=xss() autofocus x=\''],
  ['attribute, none', 'x onmouseover=xss() style=font-size:99em'],
  ['attribute, short', '"onfocus=xss() a="'],
  ['frame', '<iframe srcdoc="<script>parent.xss()</script>">'],
  ['frame, an address', '<iframe src=javascript:parent.xss()>'],
  ['object', '<object data="javascript:xss()"><embed src=//xss.example>'],
  ['address', 'javascript:xss()'],
  ['address, hidden', 'jAvA\tscript:xss()//https://x.example'],
  ['address, escaped', 'javascript&colon;xss&lpar;&rpar;'],
  ['address, data', 'data:text/html,<script>opener.xss()</script>'],
  ['address, vbscript', ' \u0001javascript:xss()'],
  ['address that breaks out', 'https://127.0.0.1:9/"onclick="xss()'],
  ['refresh', '<meta http-equiv=refresh content="0;url=/xss-went">'],
  ['base', '<base href=//xss.example/>'],
  ['form', '</form><form id=xss action=//xss.example><button>'],
  ['style', '</style><style>:root{--xss:1}</style>'],
  ['style, from within', '}:root{--xss:1;background:url(/xss-probe)}'],
  ['style, an attribute', '<p style="background:url(/xss-probe)" id=xss>'],
  ['style, a link', '<link rel=stylesheet href=//xss.example/a.css>'],
  ['title', '</title><script>xss()</script>'],
  ['text field', '</textarea><svg onload=xss()>'],
  ['choice', '</option></select><svg onload=xss()>'],
  ['comment', '--><svg onload=xss()><!--'],
  ['comment, odd', '<!--><img src=x onerror=xss()>-->'],
  ['template', '<template><b id=xss></template><b id=xss>'],
  ['no script', '<noscript><p title="</noscript><svg onload=xss()>">'],
  ['end of all', '</pre></code></a></main><b id=xss>'],
  ['JSON-LD', '"}</script><svg onload=xss()>{"a":"'],
  ['JSON, escapes', '\\u003csvg onload=xss()\\u003e\\"'],
  ['JSON, end of text', '","__proto__":{"xss":1},"a":"\\'],
  ['line separators', 'a\u2028xss()\u2029//\u0085x'],
  ['turned', '\u202e<svg onload=xss()>\u202c\u2066x'],
  ['zero and other controls', '<svg\u0000 onload=xss()>\u0008\u001b[31m'],
  ['half a pair', '<svg onload=xss()>\ud800'],
  ['other brackets', '\uff1cscript\uff1exss()\uff1c/script\uff1e \u02bc'],
  ['entities', '&lt;svg onload=xss()&gt;&#60;b id=xss&#62;&amp;'],
  ['braces, two', '{{nonce}}{{csrf}}{{>shared/head.html}}'],
  ['braces, three', '{{{nonce}}}{{{csrf}}}{{&nonce}}'],
  ['braces, a section', '{{#base}}x{{/base}}{{^no}}<b id=xss>{{/no}}{{!'],
  ['braces, other marks', '{{=<% %>=}}<%nonce%><%={{ }}=%>${xss()}'],
  ['our markup', '*<svg onload=xss()>* **<b id=xss>**'],
  ['our markup, across', '**a *<b** id=xss>* *"onclick=xss()*'],
  ['markup of others', '[x](javascript:xss()) ![x](x"onerror="xss())'],
  ['XML', ']]><x:script xmlns:x="http://www.w3.org/1999/xhtml">xss()'],
  ['XML, a type', '<!DOCTYPE x [<!ENTITY a SYSTEM "/xss-probe">]>&a;'],
  ['lines of a header', 'x\r\nSet-Cookie: xss=1\r\n\r\n<script>xss()</script>'],
  ['cell of a table', '=HYPERLINK("//xss.example","x")'],
  ['policy', '; script-src * \'unsafe-inline\' //xss.example'],
  ['polyglot', 'jaVasCript:/*\'/*"/*`/**/(oNcliCk=xss() )//</sTyle/</scRipt/--!><sVg/oNload=xss()//>'],
];
const chosen = new RegExp(option('payloads', ''));
const payloads = every.filter(([name]) => chosen.test(name)).map(([name, text]) => ({ name, text }));
const verbose = words.includes('--verbose');
const round_count = words.includes('--every') ? payloads.length : Math.min(payloads.length, 8), stride = Math.floor(payloads.length / round_count);
// What the field `f` of a round's thing gets.
const rounds = Array.from({ length: round_count }, (_, n) => ({ n, slug: `x-${n}`, of: (f) => payloads[(n * stride + f) % payloads.length].text }));

// ---- what happened --------------------------------------------------------------------------------------------------------------------

const fields = new Map();    // "door: field" → { taken, refused, said: Set }
const surfaces = new Map();  // pattern → { opened, shown }
const wrongs = [];
function note(door, field, taken, said = '') {
  const name = `${door}: ${field}`;
  const one = fields.get(name) ?? fields.set(name, { taken: 0, refused: 0, said: new Set() }).get(name);
  one[taken ? 'taken' : 'refused'] += 1;
  if (!taken && !said) wrongs.push(`${name} refuses without a word`);
  if (!taken && one.said.size < 3) one.said.add(said.replace(/\s+/g, ' ').slice(0, 140));
}

// ---- requests without a page ------------------------------------------------------------------------------------------------------------

class Client {
  constructor(url, cookies = '') { this.url = url; this.jar = new Map(cookies.split('; ').filter(Boolean).map((one) => [one.split('=')[0], one])); }
  async ask(path, { method = 'GET', body, type, accept = 'text/html', agent = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/150' } = {}) {
    const headers = { accept, 'user-agent': agent, cookie: [...this.jar.values()].join('; '), origin: this.url };
    if (type) headers['content-type'] = type;
    if (this.key) headers.authorization = `Bearer ${this.key}`;
    const answer = await fetch(new URL(path, this.url), { method, headers, body, redirect: 'manual' });
    for (const set of answer.headers.getSetCookie?.() ?? []) this.jar.set(set.split('=')[0], set.split(';')[0]);
    if (answer.status >= 500) wrongs.push(`${method} ${path} answers ${answer.status}`);
    for (const [name, value] of answer.headers) if (name === 'set-cookie' && /xss=/.test(value)) wrongs.push(`${path} sets a payload's cookie`);
    return { status: answer.status, location: answer.headers.get('location') ?? '', type: answer.headers.get('content-type') ?? '', headers: answer.headers, text: await answer.text() };
  }
  send(path, values, multipart = false) {
    if (!multipart) return this.ask(path, { method: 'POST', type: 'application/x-www-form-urlencoded', body: new URLSearchParams(values).toString() });
    const form = new FormData();
    for (const [name, value] of values) form.append(name, value);
    return this.ask(path, { method: 'POST', body: form });
  }
  json(method, path, value) { return this.ask(path, { method, type: 'application/json', accept: 'application/json', body: value === undefined ? undefined : JSON.stringify(value) }); }
}

const words_of = (html) => html.replace(/<(style|script|title)[\s\S]*?<\/\1>|<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim();

// Forms of a page, read as a browser reads it, without running anything of it.
const forms_of = (reader, html) => reader.evaluate((html) => {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const label_of = (field) => (field.closest('label') ?? page.querySelector(`label[for="${CSS.escape(field.id)}"]`))?.textContent.trim() ?? '';
  return [...page.forms].map((form) => ({
    action: form.getAttribute('action') ?? '', method: (form.getAttribute('method') ?? 'get').toLowerCase(), multipart: form.enctype === 'multipart/form-data',
    words: [...form.querySelectorAll('.wrong, [role=alert]')].map((one) => one.textContent).join(' '),
    outside: [...page.querySelectorAll('[role=alert], .note.danger, [data-toast]')].map((one) => one.textContent).join(' '),
    fields: [...form.elements].filter(({ name }) => name).map((field) => ({
      name: field.name, label: label_of(field), type: field.tagName === 'INPUT' ? (field.getAttribute('type') ?? 'text') : field.tagName.toLowerCase(),
      value: field.tagName === 'SELECT' ? field.value : field.tagName === 'TEXTAREA' ? field.value : field.getAttribute('value') ?? '',
      checked: field.checked, wrong: field.getAttribute('aria-invalid') === 'true',
    })),
  }));
}, html);

const is_text = ({ type }) => ['text', 'search', 'email', 'url', 'tel', 'password', 'textarea', 'datetime-local'].includes(type);
const values_of = (form, put) => form.fields.flatMap(({ name, type, value, checked }) => {
  if (type === 'file' || type === 'submit' || type === 'button' || ((type === 'checkbox' || type === 'radio') && !checked)) return [];
  return [[name, put.has(name) ? put.get(name) : value]];
});

let attempts = 0;
// Where each try makes a thing, its short name is another one.
const renamed = (slug) => `${slug}-${attempts += 1}`;

// Puts a payload into every text field of a form, and takes it out again where the door refuses it. `sound` has what the other fields need.
async function offer(reader, client, door, html, pick, round, sound = {}, more = []) {
  const form = (await forms_of(reader, html)).find((one) => one.method === 'post' && pick(one));
  if (!form) { wrongs.push(`${door}: there is no such form`); return null; }
  const own = new Map(Object.entries(sound));
  const bad = new Map(), names = [...new Set(form.fields.filter(is_text).map(({ name }) => name))];
  const trying = new Set(names);
  const attempt = (which) => client.send(form.action, [...values_of(form, new Map([...own, ...[...which].map((name) => [name, round.of(names.indexOf(name))])])), ...more], form.multipart);
  for (let tries = 0; tries < 12; tries += 1) {
    const answer = await attempt(trying);
    if (answer.status < 400 || !trying.size) {
      if (answer.status >= 400) wrongs.push(`${door} refuses sound values: ${answer.status} ${words_of(answer.text).slice(-300)}`);
      for (const name of names) note(door, name.replace(/\d+/g, 'N'), trying.has(name), bad.get(name));
      return answer;
    }
    const again = (await forms_of(reader, answer.text)).filter((one) => one.fields.some(({ name }) => trying.has(name)));
    let found = 0;
    for (const one of again) for (const field of one.fields) if (field.wrong && trying.delete(field.name)) { bad.set(field.name, one.words || one.outside || answer.text.slice(0, 200)); found += 1; }
    if (found) continue;
    // No field is marked: each on its own, then those together that were taken.
    for (const name of [...trying]) {
      if (sound.slug && name !== 'slug') own.set('slug', renamed(sound.slug));
      const alone = await attempt([name]);
      if (alone.status >= 400) { trying.delete(name); bad.set(name, (await forms_of(reader, alone.text)).map(({ words, outside }) => words || outside).find(Boolean) || /<p>([^<]*)<\/p>/.exec(alone.text)?.[1] || alone.text.slice(0, 200)); found += 1; }
    }
    if (sound.slug) own.set('slug', renamed(sound.slug));
    if (!found) trying.clear();
  }
  wrongs.push(`${door}: no end`);
  return null;
}

// The same for a JSON door: { name: how to put a text into the body }. What the problem names is taken out.
async function offer_json(client, method, path, door, sound, put, round) {
  const names = Object.keys(put), trying = new Set(names), bad = new Map();
  const attempt = (which, alone = false) => {
    const body = structuredClone(sound);
    if (alone && body.slug) body.slug = renamed(body.slug);
    for (const name of which) put[name](body, round.of(names.indexOf(name)));
    return client.json(method, path, body);
  };
  const refused = (answer) => answer.status >= 400;
  const words_in = (answer) => { try { return JSON.parse(answer.text).error?.message ?? answer.text; } catch { return answer.text; } };
  let answer = await attempt(trying);
  for (let tries = 0; refused(answer) && tries <= names.length; tries += 1) {
    const said = words_in(answer);
    const one = [...trying].find((name) => said.startsWith(`${name}: `));
    if (one) { trying.delete(one); bad.set(one, said); } else {
      let found = 0;
      for (const name of [...trying]) { const alone = await attempt([name], true); if (refused(alone)) { trying.delete(name); bad.set(name, words_in(alone)); found += 1; } }
      if (!found) break;
    }
    answer = await attempt(trying);
  }
  if (refused(answer)) wrongs.push(`${door} refuses sound values: ${words_in(answer).slice(0, 200)}`);
  for (const name of names) note(door, name, trying.has(name), bad.get(name));
  return answer;
}

// ---- pages ------------------------------------------------------------------------------------------------------------------------------

// Runs before anything of the page. `xss` and what it might be called through; breaches of the policy as the page itself hears of them.
function listen() {
  const seen = [];
  Object.defineProperty(window, '__seen', { value: seen });
  Object.defineProperty(window, 'xss', { value: () => { seen.push('a payload ran'); } });
  addEventListener('securitypolicyviolation', (event) => seen.push(`the policy refused ${event.violatedDirective} ${event.blockedURI} ${event.sample}`), true);
}

function look(needles) {
  const found = [...window.__seen];
  const say = (what, node) => found.push(`${what}: ${node.outerHTML.slice(0, 120)}`);
  let all = '';
  const page = document.contentType === 'text/html';  // what else is shown is the browser's own view of it
  if (page) for (const node of document.querySelectorAll('*')) {
    for (const { name, value } of node.attributes) {
      if (/^on/i.test(name)) say('a handler', node);
      if (/^(xlink:)?href$|^src$|^action$|^formaction$|^data$|^poster$/i.test(name) && /^[\s\u0000-\u0020]*(j\s*a\s*v\s*a\s*s\s*c\s*r\s*i\s*p\s*t|vbscript|data:text)/i.test(value)) say('an address that runs', node);
      all += `\n${value}`;
    }
    const tag = node.localName;
    if (tag === 'iframe' && node.hasAttribute('data-preview') && new URL(node.src).pathname.startsWith('/studio/pages/')) continue;  // the editor's own
    if (/^(iframe|frame|object|embed|base|marquee|applet|foreignobject|animate|math|xss)$/i.test(tag)) say('an element of no template', node);
    if ((tag === 'script' || tag === 'style') && !node.nonce) say('without the nonce', node);
    if (tag === 'link' && /stylesheet|import|preload/.test(node.rel)) say('a link of no template', node);
    if (tag === 'meta' && /refresh/i.test(node.httpEquiv) && /xss/.test(node.content)) say('a refresh', node);
    if (/^xss/.test(node.id)) say('a marked element', node);
    if (tag === 'script' && node.type === 'application/ld+json') { try { JSON.parse(node.text); } catch { say('JSON-LD that is none', node); } }
    if (/^(input|textarea)$/.test(tag)) all += `\n${node.value}`;
  }
  if (getComputedStyle(document.documentElement).getPropertyValue('--xss')) found.push('a style came in');
  if ({}.xss !== undefined) found.push('a prototype was changed');
  if (/(^|; )xss=/.test(document.cookie)) found.push('a cookie was set');
  all = (all + document.documentElement.textContent).replace(/\s+/g, ' ');
  return { found, shown: needles.filter((needle) => all.includes(needle)).length };
}

class Watch {
  constructor(context, url) { this.context = context; this.url = url; this.pages = []; }
  async open_one() {
    const page = await this.context.newPage();
    page.trouble = [];
    page.on('dialog', (dialog) => { page.trouble.push(`a dialog: ${dialog.message()}`); dialog.dismiss().catch(() => {}); });
    page.on('popup', () => page.trouble.push('a window opened'));
        page.on('console', (line) => { if (/Content.Security|Trusted|Refused to|violates the following/i.test(line.text())) page.trouble.push(`console: ${line.text().slice(0, 160)}`); });
    page.on('pageerror', (error) => page.trouble.push(`an error in a script: ${error.message}`));
    page.on('request', (request) => {
      const to = request.url();
      if (/^(data|about|blob):/.test(to)) return;
      if (!to.startsWith(this.url) && !page.also?.some((also) => to.startsWith(also))) page.trouble.push(`a request to ${to.slice(0, 100)}`);
      else if (/xss-probe|xss-went/.test(to) && !request.isNavigationRequest()) page.trouble.push(`a request to ${to.slice(0, 100)}`);
    });
    return page;
  }
  // Opens addresses: [pattern, path].
  async all(list, tabs = 3) {
    while (this.pages.length < tabs) this.pages.push(await this.open_one());
    const waiting = [...list];
    await Promise.all(this.pages.slice(0, tabs).map(async (page) => { for (let one = waiting.shift(); one; one = waiting.shift()) await this.one(page, ...one); }));
  }
  async one(page, pattern, path) {
    const address = new URL(path, this.url).href;
    page.trouble.length = 0;
    try {
      const answer = await page.goto(address, { waitUntil: 'load', timeout: 15000 });
      if (answer.status() >= 500) page.trouble.push(`answers ${answer.status()}`);
      await page.evaluate(() => new Promise((done) => setTimeout(done, 0)));
      this.judge(page, pattern, address, await page.evaluate(look, needles));
    } catch (error) {
      if (/Download is starting/.test(error.message)) surfaces.set(`${pattern}, kept as a file`, { opened: 1, shown: 0 });
      else wrongs.push(`${pattern}: ${error.message.split('\n')[0]} (${path.slice(0, 80)})`);
    }
  }
  judge(page, pattern, address, { found, shown }) {
    const one = surfaces.get(pattern) ?? surfaces.set(pattern, { opened: 0, shown: 0 }).get(pattern);
    one.opened += 1;
    one.shown += shown;
    if (/xss-went/.test(new URL(page.url()).pathname) && !/xss-went/.test(new URL(address).pathname)) page.trouble.push(`went to ${page.url()}`);
    for (const what of [...page.trouble, ...found]) wrongs.push(`${pattern} (${new URL(address).pathname.slice(0, 60)}): ${what}`);
  }
}

// As it is told after a door that cleans: one line, nothing that cannot be seen.
const seen_as = (text) => text.replace(/[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udfff]/g, '').replace(/[\s\u0085]+/g, ' ').trim();
const mail_payload = '\'onfocus=xss()//{{{nonce}}}&ltb@mail.example';
// In an address; half a pair has no bytes there.
const encoded = (text) => encodeURIComponent(text.replace(/[\ud800-\udfff]/g, ''));
const needles = payloads.map(({ text }) => seen_as(text)).concat(mail_payload);

async function main_tests(world) {
  const { browser, shop, owner, visitor, reader, watch, anybody, stranger, mail } = world;
  const api = new Client(shop.url);
  api.key = /\S{20,}/.exec(await shop.command('key', 'create'))[0];
  const text_of = async (path) => (await owner.ask(path)).text;
  const action_is = (pattern) => ({ action }) => pattern.test(action);
  const picture = '/demo/tide-lamp.svg';

  await test(`what is typed comes in, or is refused with a word: ${payloads.length} payloads in ${rounds.length} rounds, in the API`, async () => {
    for (const one of rounds) {
      const { slug } = one;
      await offer_json(api, 'POST', '/api/v1/products', 'API product', { slug, name: `Thing ${one.n}`, price: { minor: 1000, currency: 'EUR' }, units: 50, image: picture, image_alt: 'A lamp', published: true, page: {} }, {
        name: (body, text) => { body.name = text; }, image_alt: (body, text) => { body.image_alt = text; }, gets: (body, text) => { body.page.gets = [text, text]; },
        delivery: (body, text) => { body.page.delivery = text; }, refund: (body, text) => { body.page.refund = text; }, steps: (body, text) => { body.page.steps = [text]; },
        limits: (body, text) => { body.page.limits = [text]; }, question: (body, text) => { (body.page.questions ??= [{ question: 'a', answer: 'b' }])[0].question = text; },
        answer: (body, text) => { (body.page.questions ??= [{ question: 'a', answer: 'b' }])[0].answer = text; },
      }, one);
      for (const [field, value] of [['image', one.of(0)], ['slug', one.of(1)]]) {
        const answer = field === 'slug' ? await api.json('POST', '/api/v1/products', { slug: value, name: 'x', price: { minor: 1, currency: 'EUR' } }) : await api.json('PATCH', `/api/v1/products/${slug}`, { image: value });
        note('API product', field, answer.status < 400, answer.text);
      }
      const variant = (surface, field) => (body, text) => { ((body.variants ??= {})[surface] ??= {})[field] = text; };
      const variants = Object.fromEntries(['bio', 'product', 'live', 'embed', 'card', 'feed'].flatMap((surface) => ['title', 'how', 'action'].map((field) => [`${surface}.${field}`, variant(surface, field)])));
      await offer_json(api, 'POST', '/api/v1/snippets', 'API snippet', { product: slug, slug, title: `Know thing ${one.n}`, how: 'It works.', action: 'See it', surfaces: ['bio', 'product', 'live', 'embed', 'card', 'feed'] }, {
        title: (body, text) => { body.title = text; }, how: (body, text) => { body.how = text; }, action: (body, text) => { body.action = text; },
        proof: (body, text) => { body.proof = text; body.proof_source ??= 'A source'; }, proof_source: (body, text) => { body.proof_source = text; body.proof ??= 'Measured'; },
        proof_url: (body, text) => { body.proof_url = text; body.proof ??= 'Measured'; body.proof_source ??= 'A source'; }, ...(one.n % 3 === 0 ? variants : {}),
      }, one);
      await offer_json(api, 'POST', '/api/v1/links', 'API link', { slug: `l-${one.n}`, target: `/p/${slug}`, on_bio: one.n < 12 }, Object.fromEntries(['title', 'utm', 'folder', 'note', 'ended_target', 'fallback', 'live', 'target', 'password'].map((name) => [name, (body, text) => { body[name] = text; }]).concat([
        ['tags', (body, text) => { body.tags = [text]; }], ['preview.title', (body, text) => { (body.preview ??= {}).title = text; }], ['preview.text', (body, text) => { (body.preview ??= {}).text = text; }], ['preview.image', (body, text) => { (body.preview ??= {}).image = text; }],
        ['ios', (body, text) => { body.apps = { ios: text }; }], ['query', (body, text) => { body.rules = [{ if: { query: { ref: text } }, to: '/p/tide-lamp' }]; }],
      ])), one);
      await api.json('PATCH', `/api/v1/links/l-${one.n}`, { password: null });
      const block = (kind, name, rest = {}) => (body, text) => { const had = body.blocks.find((has) => has.kind === kind && !('only' in has)); if (had) had[name] = text; else body.blocks.push({ kind, ...rest, [name]: text }); };
      await offer_json(api, 'PUT', `/api/v1/pages/y-${one.n}`, 'API page', { title: `Page ${one.n}`, publish: true, blocks: [{ kind: 'snippet', snippet: slug }, { kind: 'product', product: slug }] }, {
        title: (body, text) => { body.title = text; }, text: (body, text) => { body.text = text; },
        'heading.text': block('heading', 'text'), 'text.text': block('text', 'text'), 'link.label': block('link', 'label', { link: 'lamp' }), 'link.note': block('link', 'note', { link: 'lamp' }),
        'countdown.label': block('countdown', 'label', { at: '2030-01-01T00:00:00Z', after: 'Open' }), 'countdown.after': block('countdown', 'after', { at: '2030-01-01T00:00:00Z', label: 'Soon' }),
        'image.alt': block('image', 'alt', { picture }), 'image.note': block('image', 'note', { picture, alt: 'A lamp' }), 'image.picture': block('image', 'picture', { alt: 'A lamp' }),
        'letters.label': block('letters', 'label', { purpose: 'Drops' }), 'letters.purpose': block('letters', 'purpose', { label: 'Letters' }), 'product.label': (body, text) => { body.blocks[1].label = text; },
        'clips.label': (body, text) => { body.blocks.push({ kind: 'clips', label: text, items: [{ label: 'Clip', picture, link: 'lamp' }] }); }, 'clip.label': (body, text) => { body.blocks.push({ kind: 'clips', items: [{ label: text, picture, link: 'lamp' }] }); },
        'clip.link': (body, text) => { body.blocks.push({ kind: 'clips', items: [{ label: 'Clip', picture, link: text }] }); }, 'social.address': (body, text) => { body.blocks.push({ kind: 'social', items: [{ network: 'website', address: text }] }); },
        'link.link': (body, text) => { body.blocks.push({ kind: 'link', link: text, label: 'There' }); },
      }, one);
      await offer_json(api, 'POST', '/api/v1/touchpoints/outside', 'API touchpoint', { name: `Place ${one.n}` }, Object.fromEntries(['name', 'address', 'source', 'owner'].map((name) => [name, (body, text) => { body[name] = text; }])), one);
      if (one.n % 4 === 0) await offer_json(api, 'POST', '/api/v1/sessions', 'API session', { title: `Session ${one.n}`, slug: `z-${one.n}`, starts: '2027-01-01T18:00:00Z', products: [slug] }, { title: (body, text) => { body.title = text; }, watch_url: (body, text) => { body.watch_url = text; } }, one);
    }
  });

  await test('and in the forms of the studio', async () => {
    const starts = '2027-05-01T18:00';
    for (const one of rounds) {
      const at = (path) => text_of(path);
      await offer(reader, owner, 'studio product', await at(`/studio/products/${one.slug}`), ({ fields: all }) => all.some(({ name }) => name === 'price'), one, { price: '10.00', name: 'Thing' });
      await offer(reader, owner, 'studio link', await at(`/studio/links/l-${one.n}`), ({ fields: all }) => all.some(({ name }) => name === 'preview_title'), one, { target: `/p/${one.slug}`, password: '', slug: `l-${one.n}` });
      await owner.send(`/studio/links/l-${one.n}`, []);
      await offer(reader, owner, 'studio page, about', await at(`/studio/pages/y-${one.n}`), action_is(/\/about$/), one, { title: `Page ${one.n}`, slug: `y-${one.n}` });
      await offer(reader, owner, 'studio touchpoint', await at('/studio/touchpoints'), action_is(/\/touchpoints$/), one, { name: 'Place', link: '' });
      if (one.n % 2) continue;
      await offer(reader, owner, 'studio link, new', await at('/studio/links'), action_is(/\/studio\/links$/), one, { target: '/p/tide-lamp', slug: '' });
      await offer(reader, owner, 'studio link, templates', await at('/studio/links'), ({ action, fields: all }) => /link-templates$/.test(action) && all.some(({ type }) => type === 'text'), one, { name: `t${one.n}`, utm: 'utm_source=a' });
      await offer(reader, owner, 'studio today', await at('/studio'), action_is(/\/today$/), one, { target: '/p/tide-lamp' });
      await offer(reader, owner, 'studio apps', await at('/studio/apps'), action_is(/\/apps$/), one);
      await offer(reader, owner, 'studio domains', await at('/studio/domains'), action_is(/\/domains$/), one, { name: `d${one.n}.example` });
      const webhooks = (await forms_of(reader, await at('/studio/webhooks'))).find(action_is(/\/webhooks$/));
      const told = await owner.send(webhooks.action, [...values_of(webhooks, new Map([['url', one.of(0)]])), ['event', 'order.paid']]);
      note('studio webhooks', 'url', told.status < 400, (await forms_of(reader, told.text)).map(({ words, outside }) => words || outside).find(Boolean));
      await offer(reader, owner, 'studio session', await at('/studio/live'), action_is(/\/studio\/live$/), one, { name: `Evening ${one.n}`, starts });
      await offer(reader, owner, 'studio letters, new list', await at('/studio/letters'), ({ action, fields: all }) => /\/letters$/.test(action) && all.some(({ name, type }) => name === 'slug' && type === 'text'), one, { name: `List ${one.n}`, slug: `list-${one.n}`, words: 'Letters' });
    }
  });

  const snippet_ids = new Map();
  await test('in the snippets of the studio, with words of each surface', async () => {
    for (const { slug } of rounds) snippet_ids.set(slug, JSON.parse((await api.json('GET', `/api/v1/snippets/${slug}`)).text).id);
    const hrefs = [...new Set((await text_of('/studio/snippets')).match(/\/studio\/snippets\/[\w-]+/g))].filter((href) => !href.endsWith('/new'));
    expect(hrefs.length > 0, 'no snippet in the studio\'s list');
    for (const one of rounds.filter(({ n }) => n % 5 === 1)) {
      const page = await text_of(`/studio/snippets/${snippet_ids.get(one.slug)}`);
      await offer(reader, owner, 'studio snippet', page, ({ fields: all }) => all.some(({ name }) => name === 'how'), one, { title: `Know thing ${one.n}`, how: 'It works.', action: 'See it', proof: '', proof_source: '', proof_url: '' });
    }
  });

  // One @, no space, no quotes and no angles: an address to every door.
  const mail_of = ({ n }) => `b${n}${mail_payload}`;
  const receipts = new Map(), holds = new Map();
  await test('and in what buyers and visitors fill in', async () => {
    for (const one of rounds) {
      const buyer = new Client(shop.url);
      const page = (await buyer.ask(`/p/${one.slug}`)).text;
      const form = (await forms_of(reader, page)).find(({ action }) => /\/holds$/.test(action));
      if (!form) { wrongs.push(`/p/${one.slug} has no form to hold with`); continue; }
      if (one.n % 4 === 0) {
        for (const [at, field] of form.fields.filter(({ name }) => name !== 'csrf').entries()) {
          const answer = await buyer.send(form.action, values_of(form, new Map([[field.name, one.of(at)]])));
          note('hold', field.name, answer.status === 303 && /\/holds\//.test(answer.location), words_of(answer.text) || answer.location);
        }
      }
      const held = await buyer.send(form.action, values_of(form, new Map()));
      if (!/\/holds\//.test(held.location)) { wrongs.push(`${one.slug}: no hold: ${held.status} ${held.location}`); continue; }
      holds.set(one, held.location);
      const answer = await offer(reader, buyer, 'order', (await buyer.ask(held.location)).text, action_is(/\/orders$/), one, { name: 'Ada', email: mail_of(one), street: 'Kai 3', postal_code: '18055', city: 'Rostock', country: 'DE' });
      if (!answer || !/\/pay\//.test(answer.location)) { wrongs.push(`${one.slug}: no payment: ${answer?.status} ${answer?.location}`); continue; }
      const pay = (await forms_of(reader, (await buyer.ask(answer.location)).text)).find(({ method }) => method === 'post');
      const paid = await buyer.send(pay.action || answer.location, [...values_of(pay, new Map()), ['decision', 'approve']]);
      one.pay = answer.location;
      receipts.set(one, paid.location);
      if (one.n % 3 === 0) {
        await offer(reader, buyer, 'report', (await buyer.ask(`/report/l-${one.n}`)).text, action_is(/\/report\//), one, {}, [['kind', 'scam']]);
        const letter = (await forms_of(reader, (await buyer.ask('/letters')).text)).find(({ action }) => /letters/.test(action));
        for (const [at, field] of letter.fields.filter(({ name }) => name !== 'csrf').entries()) {
          const sent = await buyer.send(letter.action, values_of(letter, new Map([['email', mail_of(one)], [field.name, one.of(at)]])));
          note('letters', field.name, sent.status < 400, words_of(sent.text));
        }
      }
    }
  });

  // The shop's own name stands on every page: it goes round while the pages are opened.
  const live = /\/live\/[\w-]+/.exec((await visitor.ask('/')).text)[0];
  const session = /\/overlay\/([\w-]+)\//.exec((await visitor.ask(live)).text)[1];
  const overlay = await watch.open_one(), control = await watch.open_one();
  await test('the surfaces that viewers see', async () => {
    await api.json('POST', `/api/v1/sessions/${session}/start`, {});
    await overlay.goto(`${shop.url}/overlay/${session}`);
    for (const one of rounds) {
      if (one.n % 2 === 0) {
        const page = await text_of('/studio/page');
        await offer(reader, owner, 'studio stall', page, ({ fields: all }) => all.some(({ name }) => name === 'legal_name'), one, { name: `Stall ${one.n}`, time_zone: 'UTC', accent: '#0b6b4b', paper: '#fbfaf6', swatch: '' });
        await offer(reader, owner, 'control room, product', await text_of(`/studio/live/${session}`), action_is(/\/products$/), one, { name: `Late ${one.n}`, price: '3.00', units: '2' });
        await offer(reader, owner, 'studio bio, about', page, action_is(/\/about$/), one, {});
        await owner.send('/studio/pages/bio/publish', (await forms_of(reader, page))[0].fields.filter(({ name }) => name === 'csrf').map(({ name, value }) => [name, value]));
      }
      await api.json('POST', `/api/v1/sessions/${session}/pin`, { product: one.slug });
      const seldom = one.n % 2 === 0 ? [['/', '/'], ['/letters', '/letters'], ['/live/:slug', live], ['/snippets, as JSON', `/snippets/${one.slug}.json`], ['/offline', '/offline']] : [];
      await watch.all([
        ['/p/:slug', `/p/${one.slug}`], ['/:page', `/y-${one.n}`], ['/embed/:slug', `/embed/${one.slug}`], ['/verify', `/verify?doc=/snippets/${one.slug}.json`],
        ...(holds.has(one) ? [['/holds/:token', holds.get(one)]] : []), ...(receipts.has(one) ? [['/orders/:token', receipts.get(one)], ['/pay/sandbox', one.pay]] : []),
        ...(one.n % 4 === 0 ? [['/overlay', `/overlay/${session}${one.n % 8 ? '' : '?size=large'}`], ['/live/:slug, to come', `/live/z-${one.n}`], ['/report/:slug', `/report/l-${one.n}`]] : []),
        ...seldom,
      ]);
    }
    await overlay.waitForTimeout(300);
    watch.judge(overlay, '/overlay, told of each by its stream', overlay.url(), await overlay.evaluate(look, needles));
  });

  await test('what is asked for by an address, and is not there', async () => {
    const names = ['q', 'd', 'c', 'doc', 'why', 'url', 'utm_source', 'state', 'before', 'week', 'as', 'words', 'folder', 'tag', 'kind', 'open', 'add', 'size', 'v', 'product', 'list', 'format', 'show', 'address'];
    const befores = ['', 'p/', 's/', 'live/', 'embed/', 'snippets/', 'orders/', 'holds/', 'letters/', 'report/', 'qr/', 'overlay/', '@', 'pay/sandbox/', 'media/', 'demo/', 'api/v1/products/', 'outside/', 'studio/products/', 'studio/snippets/', 'studio/links/', 'studio/pages/', 'studio/live/'];
    const asked = ['/', '/verify', '/letters', '/p/tide-lamp', live, '/s/lamp', '/oembed', '/studio/links', '/studio/touchpoints', '/studio/orders', '/studio/numbers', '/studio/page', '/studio/linkcheck', '/studio/snippets/new', '/studio/products', '/studio/media', '/studio/health', '/studio/login'];
    // All of them as answers, which a browser parses without running them; and some of each round opened, so that each address is opened.
    const list = [];
    for (const one of rounds) {
      const path_of = (at) => `/${befores[at]}${encoded(one.of(at))}`, query_of = (at) => `${asked[at]}?${names.map((name, n) => `${name}=${encoded(one.of(at + n))}`).join('&')}`;
      one.asked = [...befores.keys()].map(path_of).concat([...asked.keys()].map(query_of));
      for (let i = 0; i < 4; i += 1) list.push([`/${befores[(one.n * 4 + i) % befores.length]}…`, path_of((one.n * 4 + i) % befores.length)]);
      for (let i = 0; i < 3; i += 1) list.push([`${asked[(one.n * 3 + i) % asked.length]}?…`, query_of((one.n * 3 + i) % asked.length)]);
    }
    let parsed = 0;
    for (const one of rounds) {
      const answers = [];
      for (const path of one.asked) {
        const answer = await owner.ask(path);
        if (/html|svg|xml/.test(answer.type)) answers.push([path, answer.text]);
        else if (!/nosniff/.test(answer.headers.get('x-content-type-options') ?? '') && answer.text && answer.status !== 302) wrongs.push(`${path} may be sniffed: ${answer.type}`);
        if (/html/.test(answer.type) && !/script-src 'nonce-|default-src 'none'/.test(answer.headers.get('content-security-policy') ?? '')) wrongs.push(`${path.slice(0, 60)} has no policy`);
        if (/^\s*(javascript|data|vbscript):/i.test(answer.location)) wrongs.push(`${path} leads to ${answer.location}`);
      }
      parsed += answers.length;
      const found = await reader.evaluate((answers) => answers.flatMap(([path, html]) => {
        const page = new DOMParser().parseFromString(html, 'text/html');
        return [...page.querySelectorAll('*')].filter((node) => [...node.attributes].some(({ name }) => /^on|^style$/i.test(name)) || (/^(iframe|object|embed|base|math|marquee|animate)$/i.test(node.localName) && !node.hasAttribute('data-preview')) || /^xss/.test(node.id)
          || (/^(script|style)$/.test(node.localName) && !node.getAttribute('nonce')) || /^\s*javascript:/i.test(node.getAttribute('href') ?? '')).map((node) => `${path}: ${node.outerHTML.slice(0, 100)}`);
      }), answers);
      wrongs.push(...found);
    }
    console.log(`      ${parsed} answers parsed`);
    await watch.all(list);
  });

  await test('the studio, which shows them all', async () => {
    const addresses = ['/studio', '/studio/products', '/studio/snippets', '/studio/links', '/studio/orders', '/studio/page', '/studio/letters', '/studio/live', `/studio/live/${session}`, '/studio/numbers', '/studio/touchpoints', '/studio/health', '/studio/webhooks', '/studio/domains', '/studio/apps', '/studio/escapes', '/studio/media', '/studio/linkcheck', '/studio/link-bulk', '/studio/link-import'];
    await watch.all(addresses.map((path) => [path, path]));
    const some = rounds.filter(({ n }) => n % 2 === 0);
    await watch.all(some.flatMap((one) => [['/studio/products/:slug', `/studio/products/${one.slug}`], ['/studio/snippets/:id', `/studio/snippets/${snippet_ids.get(one.slug)}`], ['/studio/links/:slug', `/studio/links/l-${one.n}`], ['/studio/pages/:slug', `/studio/pages/y-${one.n}`], ['/studio/pages/:slug/preview', `/studio/pages/y-${one.n}/preview`]]));
    await control.goto(`${shop.url}/studio/live/${session}`);
    for (const one of rounds) await api.json('POST', `/api/v1/sessions/${session}/pin`, { product: one.slug });
    await control.waitForTimeout(300);
    watch.judge(control, '/studio/live/:id, told of each by its stream', control.url(), await control.evaluate(look, needles));
  });

  await test('feeds and what programs read: of their type, well-formed, and nothing in them runs where it is put', async () => {
    for (const [path, type] of [['/feed.json', /json/], ['/feed/google.xml', /xml/], ['/feed/products.jsonl', /json/], ['/bundle.json', /json/], ['/sitemap.xml', /xml/], ['/robots.txt', /plain/], ['/.well-known/did.json', /json/], ['/studio/export/letters.csv', /csv/], ['/studio/touchpoints.csv', /csv/], ['/studio/link-export.csv', /csv/], ['/studio/link-export.json', /json/], ['/studio/touchpoints.json', /json/]]) {
      const answer = await owner.ask(path, { accept: '*/*' });
      equal(answer.status, 200, path);
      expect(type.test(answer.type), `${path} is ${answer.type}`);
      expect(/nosniff/.test(answer.headers.get('x-content-type-options') ?? ''), `${path} may be sniffed`);
      if (/jsonl/.test(path)) answer.text.trim().split('\n').forEach((line) => JSON.parse(line));
      else if (/json/.test(answer.type)) JSON.parse(answer.text);
      if (/xml/.test(answer.type)) {
        const [wrong, html] = await reader.evaluate((xml) => { const page = new DOMParser().parseFromString(xml, 'application/xml'); return [page.querySelector('parsererror')?.textContent ?? '', page.getElementsByTagNameNS('http://www.w3.org/1999/xhtml', '*').length]; }, answer.text);
        equal(wrong, '', path);
        equal(html, 0, `${path} has elements of HTML`);
      }
      if (!/csv|export/.test(path)) await watch.all([[path, path]], 1);
    }
    // Cells that a table program would calculate.
    const csv = (await owner.ask('/studio/touchpoints.csv')).text;
    const cells = csv.split(/\r?\n/).flatMap((line) => line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? []).map((cell) => cell.replace(/^"/, ''));
    console.log(`      cells of touchpoints.csv that begin like a formula: ${cells.filter((cell) => /^[=+@]/.test(cell)).length}`);
    // An oEmbed consumer puts `html` into its own page; the embed runs on a page of somebody else.
    const elsewhere = new Watch(await browser.newContext(), stranger.url);
    await elsewhere.context.addInitScript(listen);
    const page = await elsewhere.open_one();
    page.also = [shop.url, shop.url.replace('127.0.0.1', 'localhost')];
    for (const one of rounds.filter(({ n }) => n % 2 === 1)) {
      const told = await visitor.ask(`/oembed?url=${encodeURIComponent(`${shop.url.replace('127.0.0.1', 'localhost')}/p/${one.slug}`)}`, { accept: 'application/json' });
      if (told.status !== 200) { wrongs.push(`/oembed of ${one.slug} answers ${told.status}`); continue; }
      const { html } = JSON.parse(told.text);
      const allowed = /^(?:<iframe src="[^"<>]*"[^<>]*><\/iframe>|<barrow-snippet[^<>]*>.*<\/barrow-snippet>.*)$/s.test(html.trim());
      if (!allowed) wrongs.push(`/oembed's html of ${one.slug}: ${html.slice(0, 200)}`);
      stranger.set('/', 'text/html; charset=utf-8', `<!doctype html><title>A blog</title><style nonce=x></style>${html}<barrow-snippet src="${shop.url}/snippets/${one.slug}.json"><a href="/">plain</a></barrow-snippet><script src="${shop.url}/embed.js" async></script>`);
      page.trouble.length = 0;
      await page.goto(`${stranger.url}/`, { waitUntil: 'load' });
      await page.waitForFunction(() => !document.querySelector('barrow-snippet') || document.querySelector('barrow-snippet').shadowRoot?.querySelector('article, small') || document.querySelector('barrow-snippet').textContent !== 'plain', null, { timeout: 3000 }).catch(() => {});
      const found = await page.evaluate(() => {
        const wrong = [...window.__seen];
        for (const root of [document, ...[...document.querySelectorAll('barrow-snippet')].map(({ shadowRoot }) => shadowRoot).filter(Boolean)]) {
          for (const node of root.querySelectorAll('*')) if ([...node.attributes].some(({ name }) => /^on/i.test(name)) || /^xss/.test(node.id) || /^\s*javascript:/i.test(node.getAttribute('href') ?? '')) wrong.push(node.outerHTML.slice(0, 100));
        }
        return { found: wrong, shown: [...document.querySelectorAll('barrow-snippet')].some(({ shadowRoot }) => shadowRoot?.textContent.length > 10) };
      });
      watch.judge(page, 'embed.js and oEmbed on another site', `${stranger.url}/`, found);
    }
    await elsewhere.context.close();
  });

  await test('what crawlers are shown of a link, and the operator\'s pages', async () => {
    for (const one of rounds) {
      const answer = await visitor.ask(`/s/l-${one.n}`, { agent: 'Twitterbot/1.0' });
      if (answer.status === 200) one.preview = true;
    }
    const crawler = new Watch(await browser.newContext({ userAgent: 'Twitterbot/1.0', serviceWorkers: 'block' }), shop.url);
    await crawler.context.addInitScript(listen);
    await crawler.all(rounds.filter(({ preview, n }) => preview && n % 2 === 0).map((one) => ['/s/:slug, to a crawler', `/s/l-${one.n}`]));
    await crawler.context.close();
    const context = await browser.newContext({ serviceWorkers: 'block' });
    await context.addInitScript(listen);
    const door = (await shop.command('operator')).match(/http\S+/)[0];
    const operator = new Watch(context, new URL(door).origin), first = await operator.open_one();
    await first.goto(door);
    await first.getByRole('button', { name: 'Open the list' }).click();
    await first.waitForURL(/\/operator$/);
    const client = new Client(shop.url, (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; '));
    for (const one of rounds.filter(({ n }) => n % 3 === 0)) {
      await offer(reader, client, 'operator, new shop', (await client.ask('/operator')).text, action_is(/\/operator\/shops$/), one, { name: `Shop ${one.n}`, slug: `shop-${one.n}` });
      await offer(reader, client, 'operator, denied hosts', (await client.ask('/operator/denied')).text, ({ fields: all }) => all.some(({ name, type }) => name === 'why' && type !== 'hidden'), one, { host: `h${one.n}.example`, why: '' });
      const links = (await client.ask('/operator/links')).text;
      if (/name="why"/.test(links)) await offer(reader, client, 'operator, a link', links, ({ fields: all }) => all.some(({ name }) => name === 'why'), one, { why: 'a reason' }, [['act', 'warn'], ['do', 'warn']]);
    }
    const some = rounds.filter(({ n }) => n % 6 === 0);
    await operator.all([['/operator', '/operator'], ['/operator/links', '/operator/links'], ['/operator/links?show=off', '/operator/links?show=off'], ['/operator/denied', '/operator/denied'],
      ...some.map((one) => ['/operator?words=…', `/operator?words=${encoded(one.of(0))}`]), ...some.map((one) => ['/operator/links?address=…', `/operator/links?address=${encoded(one.of(0))}`]),
      ...rounds.filter(({ n }) => n % 3 === 0).map((one) => ['/@shop/', `/@shop-${one.n}/`])]);
    await context.close();
  });

  await test('nothing ran, nothing came in, the policy had nothing to do', async () => {
    const kinds = [...new Set(wrongs)];
    if (verbose) kinds.forEach((one) => console.log(`      wrong: ${one}`));
    equal(kinds.slice(0, 6).join(' | '), '', `${kinds.length} of ${wrongs.length}`);
    for (const [pattern, least] of [['/p/:slug', 0.9], ['/:page', 0.5], ['/orders/:token', 0.5], ['/studio/products/:slug', 0.5], ['/embed/:slug', 0.3]]) {
      const one = surfaces.get(pattern);
      expect(one && one.shown >= one.opened * least, `${pattern} shows ${one?.shown} of ${one?.opened} payloads: the test sees nothing there`);
    }
    expect([...surfaces.values()].every(({ opened }) => opened > 0), 'a surface was not opened');
  });

  const sum = (list, name) => [...list].reduce((total, one) => total + one[name], 0);
  const taken = sum(fields.values(), 'taken'), refused = sum(fields.values(), 'refused');
  if (verbose) for (const [name, one] of [...fields].sort()) console.log(`      ${name}: ${one.taken} taken, ${one.refused} refused${one.refused ? ` ("${[...one.said].join('", "')}")` : ''}`);
  if (verbose) for (const [name, one] of [...surfaces].sort()) console.log(`      ${name}: ${one.opened} opened, ${one.shown} payloads seen on it`);
  console.log(`${payloads.length} payloads × ${fields.size} fields: ${taken} taken, ${refused} refused with a word; ${surfaces.size} surfaces, ${sum(surfaces.values(), 'opened')} pages opened, ${sum(surfaces.values(), 'shown')} times a payload seen on them; ${[...new Set(wrongs)].length} wrong`);
}

const stranger = await start_stranger();
// Thousands of writes, each durable: in memory where there is such a place.
await stage(async ({ browser, shop, mail }) => {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  await context.addInitScript(listen);
  const studio = await context.newPage();
  await studio.goto(await shop.login());
  await studio.getByRole('button', { name: 'Open the studio' }).click();
  await studio.waitForURL(/\/studio\/?$/);
  const owner = new Client(shop.url, (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; '));
  await studio.close();
  const reader = await (await browser.newContext()).newPage();
  await reader.goto('about:blank');
  await main_tests({ browser, shop, owner, visitor: new Client(shop.url), reader, watch: new Watch(context, shop.url), stranger, mail });
}, { in_order: true, with_mail: true, data_in: fs.existsSync('/dev/shm') ? '/dev/shm' : undefined });
await stranger.stop();
