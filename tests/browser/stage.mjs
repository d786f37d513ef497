// How most runners begin and end: a demo shop that serves, a browser, a mail server where letters are sent; all is stopped and its folders are
// gone afterwards, whatever happened.
import fs from 'node:fs';
import { barrow, chromium, done, group, sandbox } from './harness.mjs';
import { start_browser, start_mail, start_shop, temporary } from './start.mjs';

// `body` is given { browser, shop, mail, data, room }: the shop's folder, and one for files of its own. in_order: each test builds on those before it.
// settings: lines of barrow.toml. data_in: where the shop's folder lies.
export async function stage(body, { in_order = false, with_mail = false, settings = '', data_in } = {}) {
  const data = temporary(data_in), home = temporary(), room = temporary();
  fs.chmodSync(room, 0o755);
  const mail = with_mail ? await start_mail() : null;
  let shop, browser;
  try {
    shop = await start_shop(barrow, data, settings + (mail ? `smtp = "smtp://127.0.0.1:${mail.port}"\nmail_from = "stall@mira.example"\n` : ''));
    browser = await start_browser(chromium, home, sandbox);
    await group(in_order, () => body({ browser, shop, mail, data, room }));
  } catch (error) {
    console.log(`cannot go on: ${error.stack}`);
    if (shop) console.log(shop.log().split('\n').slice(-15).join('\n'));
    process.exitCode = 2;
  } finally {
    if (browser) await browser.close();
    if (shop) await shop.stop();
    if (mail) await mail.stop();
    for (const directory of [data, home, room]) fs.rmSync(directory, { recursive: true, force: true });
  }
  done();
}
