// What Lighthouse says of the pages that people meet first: its four categories, as a phone, the median of some runs. `./bench pages` runs it.
//   node benches/pages/lighthouse.mjs --barrow build/release/barrow [--runs 3] [--json] [--least 0.99] [--chromium PATH] [--no-sandbox]
// Leaves with 1 when a median lies below --least, and names what took the points. The pages are opened as http://localhost, which browsers
// trust like https; nothing else is asked for. "machine" is Lighthouse's own measure of the machine during the runs: other work beside it
// counts as the page's (a task that waits for a core is a long task, four times over), so quote performance from a machine at rest.
import fs from 'node:fs';
import lighthouse from 'lighthouse';
import { barrow, chromium, option, sandbox, weigh, words } from '../../tests/browser/harness.mjs';
import { start_bare_browser, start_browser, start_shop, temporary } from '../../tests/browser/start.mjs';

const runs = Number(option('runs', 3)), least = Number(option('least', 0.99)), as_json = words.includes('--json');
const pages = { bio: '/', product: '/p/tide-lamp', live: '/live/tuesday' };
const categories = ['performance', 'accessibility', 'best-practices', 'seo'];
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

async function judged(url, port, tries = 3) {
  const { lhr } = await lighthouse(url, { port, output: 'json', logLevel: 'error', onlyCategories: categories });
  if (lhr.runtimeError && tries > 1) return judged(url, port, tries - 1);  // a trace that was lost on a busy machine: "run Lighthouse again"
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  const score = Object.fromEntries(categories.map((name) => [name, lhr.categories[name].score]));
  const short = categories.flatMap((name) => lhr.categories[name].auditRefs.filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 0.99)
    .map(({ id }) => `${name}: ${id} ${lhr.audits[id].score} ${lhr.audits[id].displayValue ?? lhr.audits[id].title}`));
  const { 'first-contentful-paint': fcp, 'largest-contentful-paint': lcp, 'total-blocking-time': tbt, 'cumulative-layout-shift': cls } = lhr.audits;
  return { score, short, fcp_ms: fcp.numericValue, lcp_ms: lcp.numericValue, tbt_ms: tbt.numericValue, cls: cls.numericValue, version: lhr.lighthouseVersion, machine: lhr.environment.benchmarkIndex };
}

const data = temporary(), homes = [temporary(), temporary()];
let shop, browser;
try {
  shop = await start_shop(barrow, data);
  const table = [];
  const weighing = await start_browser(chromium, homes[0], sandbox), version = weighing.version();
  for (const [name, path] of Object.entries(pages)) {
    const { page: bytes, pictures } = await weigh(await weighing.newContext({ viewport: { width: 412, height: 823 } }), shop.url + path);
    table.push({ page: name, path, bytes, pictures });
  }
  await weighing.close();
  browser = await start_bare_browser(chromium, homes[1], sandbox);
  for (const one of table) {
    const all = [];
    for (let run = 0; run < runs; run += 1) all.push(await judged(shop.url.replace('127.0.0.1', 'localhost') + one.path, browser.port));
    const of = (get) => median(all.map(get));
    for (const name of categories) one[name] = of(({ score }) => score[name]);
    Object.assign(one, {
      runs: all.map(({ score }) => score.performance), fcp_ms: Math.round(of(({ fcp_ms }) => fcp_ms)), lcp_ms: Math.round(of(({ lcp_ms }) => lcp_ms)), tbt_ms: Math.round(of(({ tbt_ms }) => tbt_ms)), cls: of(({ cls }) => cls), machine: Math.round(of(({ machine }) => machine)),
      short: [...new Set(all.flatMap(({ short }) => short))], lighthouse: all[0].version,
    });
  }
  if (as_json) console.log(JSON.stringify({ chromium: version, runs, pages: table }, null, 2));
  else {
    console.log(`Lighthouse ${table[0].lighthouse}, Chromium ${version}, as a phone, median of ${runs}`);
    console.log('| page | performance | accessibility | best practices | SEO | first paint | largest paint | blocked | shift | bytes | pictures | machine |');
    console.log('|---|---|---|---|---|---|---|---|---|---|---|---|');
    for (const one of table) console.log(`| ${one.page} | ${categories.map((name) => one[name]).join(' | ')} | ${one.fcp_ms} ms | ${one.lcp_ms} ms | ${one.tbt_ms} ms | ${one.cls.toFixed(3)} | ${one.bytes} | ${one.pictures} | ${one.machine} |`);
  }
  for (const one of table) for (const name of categories) {
    if (one[name] >= least) continue;
    process.exitCode = 1;
    console.error(`${one.page}: ${name} is ${one[name]}, below ${least}: ${one.short.filter((what) => what.startsWith(name)).join('; ')}`);
  }
} finally {
  if (browser) await browser.stop();
  if (shop) await shop.stop();
  for (const directory of [data, ...homes]) fs.rmSync(directory, { recursive: true, force: true });
}
