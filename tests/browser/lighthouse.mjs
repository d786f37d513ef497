// What Lighthouse says of the pages that people meet first: its four categories, as a phone, the median of some runs. `./bench pages` runs it.
//   node tests/browser/lighthouse.mjs --barrow build/release/barrow [--runs 3] [--json] [--least 0.99] [--chromium PATH] [--no-sandbox]
// Leaves with 1 when a median lies below --least, and names what took the points. The pages are opened as http://localhost, which browsers
// trust like https; nothing else is asked for.
import fs from 'node:fs';
import lighthouse from 'lighthouse';
import { barrow, chromium, option, sandbox, weigh, words } from './harness.mjs';
import { free_port, start_browser, start_shop, temporary } from './start.mjs';

const runs = Number(option('runs', 3)), least = Number(option('least', 0.99)), as_json = words.includes('--json');
const pages = { bio: '/', product: '/p/tide-lamp', live: '/live/tuesday' };
const categories = ['performance', 'accessibility', 'best-practices', 'seo'];
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

async function judged(url, port) {
  const { lhr } = await lighthouse(url, { port, output: 'json', logLevel: 'error', onlyCategories: categories });
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  const score = Object.fromEntries(categories.map((name) => [name, lhr.categories[name].score]));
  const short = categories.flatMap((name) => lhr.categories[name].auditRefs.filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 0.99)
    .map(({ id }) => `${name}: ${id} ${lhr.audits[id].score} ${lhr.audits[id].displayValue ?? lhr.audits[id].title}`));
  const { 'first-contentful-paint': fcp, 'largest-contentful-paint': lcp, 'total-blocking-time': tbt, 'cumulative-layout-shift': cls } = lhr.audits;
  return { score, short, fcp_ms: fcp.numericValue, lcp_ms: lcp.numericValue, tbt_ms: tbt.numericValue, cls: cls.numericValue, version: lhr.lighthouseVersion };
}

const data = temporary(), home = temporary();
let shop, browser;
try {
  shop = await start_shop(barrow, data);
  const port = await free_port();
  browser = await start_browser(chromium, home, sandbox, [`--remote-debugging-port=${port}`]);
  const table = [];
  for (const [name, path] of Object.entries(pages)) {
    const url = shop.url.replace('127.0.0.1', 'localhost') + path, all = [];
    const context = await browser.newContext({ viewport: { width: 412, height: 823 } });
    const { page: bytes, pictures } = await weigh(context, shop.url + path);
    await context.close();
    for (let run = 0; run < runs; run += 1) all.push(await judged(url, port));
    const of = (get) => median(all.map(get));
    table.push({ page: name, ...Object.fromEntries(categories.map((one) => [one, of(({ score }) => score[one])])), runs: all.map(({ score }) => score.performance),
      fcp_ms: Math.round(of((one) => one.fcp_ms)), lcp_ms: Math.round(of((one) => one.lcp_ms)), tbt_ms: Math.round(of((one) => one.tbt_ms)), cls: of((one) => one.cls), bytes, pictures,
      short: [...new Set(all.flatMap(({ short }) => short))], lighthouse: all[0].version });
  }
  if (as_json) console.log(JSON.stringify({ chromium: browser.version(), runs, pages: table }, null, 2));
  else {
    console.log(`Lighthouse ${table[0].lighthouse}, Chromium ${browser.version()}, as a phone, median of ${runs}`);
    console.log('| page | performance | accessibility | best practices | SEO | first paint | largest paint | blocked | shift | bytes | pictures |');
    console.log('|---|---|---|---|---|---|---|---|---|---|---|');
    for (const one of table) console.log(`| ${one.page} | ${categories.map((name) => one[name]).join(' | ')} | ${one.fcp_ms} ms | ${one.lcp_ms} ms | ${one.tbt_ms} ms | ${one.cls.toFixed(3)} | ${one.bytes} | ${one.pictures} |`);
  }
  for (const one of table) for (const name of categories) {
    if (one[name] >= least) continue;
    process.exitCode = 1;
    console.error(`${one.page}: ${name} is ${one[name]}, below ${least}: ${one.short.filter((what) => what.startsWith(name)).join('; ')}`);
  }
} finally {
  if (browser) await browser.close();
  if (shop) await shop.stop();
  for (const directory of [data, home]) fs.rmSync(directory, { recursive: true, force: true });
}
