// One test at a time: a line each, and what they share. The options of every runner stand on its command line.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

export const words = process.argv.slice(2);
export const option = (name, otherwise) => { const at = words.indexOf(`--${name}`); return at < 0 ? otherwise : words[at + 1]; };
export const barrow = path.resolve(option('barrow', 'build/dev/barrow'));
export const screenshots = option('screenshots', '');
export const sandbox = !words.includes('--no-sandbox');
export const chromium = option('chromium', ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => fs.existsSync(file)));
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// A regular expression for the names of the tests to run, or "".
export const only = option('only', '') && new RegExp(option('only', ''));

const axe_source = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const counts = { passed: 0, failed: 0 };
let collecting = null; // names of a group's tests, while they are only told
let asked = null; // those of them that run

// `in_order`: each test builds on those before it. Otherwise each makes what it needs.
export async function group(in_order, tests) {
  if (only) {
    collecting = [];
    await tests();
    const names = collecting;
    collecting = null;
    const fit = names.map((name) => only.test(name));
    const last = fit.lastIndexOf(true);
    if (last < 0) return;
    asked = new Set(names.filter((_, n) => (in_order ? n <= last : fit[n])));
  }
  await tests();
}

// Always within a group.
export async function test(name, body) {
  if (collecting) { collecting.push(name); return true; }
  if (only && !asked.has(name)) return true;
  const began = Date.now();
  try {
    await body();
    counts.passed += 1;
    console.log(`ok    ${name} (${Date.now() - began} ms)`);
    return true;
  } catch (error) {
    counts.failed += 1;
    console.log(`FAIL  ${name}: ${String(error.message).split('\n').slice(0, 6).join(' | ')}`);
    return false;
  }
}

// The last line; leaves with 1 when one failed.
export function done() {
  if (counts.failed) process.exitCode = process.exitCode || 1;
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
}

export function expect(truth, why) { if (!truth) throw new Error(why); }

export function equal(found, wanted, what) { expect(found === wanted, `${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`); }

// Asks until the answer is the wanted one, five seconds at most.
export async function becomes(ask, wanted, what, limit_ms = 5000) {
  let found;
  for (const end = Date.now() + limit_ms; Date.now() < end; await sleep(100)) {
    found = await ask().catch((error) => `(${error.message.split('\n')[0]})`);
    if (found === wanted) return;
  }
  equal(found, wanted, what);
}

export async function picture(page, name) {
  if (!screenshots) return;
  fs.mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: path.join(screenshots, `${name.replace(/[^a-z0-9]+/gi, '-').toLowerCase()}.png`), fullPage: true });
}

export async function accessible(page, what) {
  await page.evaluate(axe_source);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  const lines = found.violations.map((rule) => `${rule.id} at ${rule.nodes[0].target.join(' ')}`);
  equal(lines.join('; '), '', `axe on ${what}`);
}

export async function fits(page, what) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over <= 0, `${what} is ${over} px wider than the screen`);
}

// What comes over the wire when a page is opened for the first time, as { page, pictures, parts: by kind }: bytes as they are sent, compressed
// and with their headers, of documents, styles and scripts in `page`. What the service worker keeps afterwards is not part of the view.
export async function weigh(context, address) {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  const kinds = new Map(), parts = {}, waiting = new Set();
  let last = Date.now();
  session.on('Network.requestWillBeSent', ({ requestId, type }) => { if (type !== 'EventSource') waiting.add(requestId); last = Date.now(); });
  session.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type));
  session.on('Network.loadingFailed', ({ requestId }) => waiting.delete(requestId));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId);
    parts[kind] = (parts[kind] ?? 0) + encodedDataLength;
    waiting.delete(requestId);
    last = Date.now();
  });
  await page.goto(address, { waitUntil: 'load' });
  for (const end = Date.now() + 15000; Date.now() < end && (waiting.size || Date.now() - last < 700);) await sleep(100);
  await page.close();
  return { page: ['Document', 'Stylesheet', 'Script'].reduce((sum, kind) => sum + (parts[kind] ?? 0), 0), pictures: parts.Image ?? 0, parts };
}
