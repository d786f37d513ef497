// Money that goes back, by a thumb: a refund in three taps with its undo, what the buyer sees of it, and a bank that is answered.
//   node tests/browser/money.mjs --barrow build/dev/barrow [--screenshots DIR] [--only REGEX] [--chromium PATH] [--no-sandbox]
import { accessible, becomes, equal, expect, fits, picture, test } from './harness.mjs';
import { stage } from './stage.mjs';

const phone = { viewport: { width: 360, height: 740 }, hasTouch: true };

// Somebody buys a bowl without scripts; the test provider ends it by `button`. The order's page.
async function bought(browser, shop, button) {
  const context = await browser.newContext({ ...phone, javaScriptEnabled: false }), page = await context.newPage();
  await page.goto(`${shop.url}/p/tea-bowl`);
  await page.locator('[data-test=hold]').first().click();
  for (const [label, value] of [['Your name', 'Ada Walker'], ['E-mail', 'ada@example.org'], ['Street and number', 'Kai 3'], ['Postal code', '18055'], ['Town', 'Rostock']]) {
    await page.getByLabel(label).first().fill(value);
  }
  await page.locator('[data-test=pay]').click();
  await page.waitForURL(/\/pay\/sandbox\//);
  if (button !== 'approve') await page.locator('summary').click();
  await page.locator(`button[value=${button}]`).click();
  await page.waitForURL(/\/orders\//);
  return { page, context };
}

async function tests(browser, shop) {
  const owner = await (await browser.newContext(phone)).newPage();
  await owner.goto(await shop.login());
  await owner.getByRole('button', { name: 'Open the studio' }).click();
  await owner.waitForURL(/\/studio\/?$/);
  const back = () => owner.locator('[data-test=back]').textContent().catch(() => '');

  await test('a refund is three taps on a phone, names the fee that is lost, and is undone', async () => {
    const buyer = await bought(browser, shop, 'approve');
    await owner.goto(`${shop.url}/studio/orders`);
    await owner.locator('[data-test=order] th a').first().tap();
    await owner.locator('[data-test=refund]').tap();
    expect((await owner.locator('[data-test=fee]').innerText()).includes('the provider keeps its fee'), 'the fee is not told first');
    await fits(owner, 'order page with its refund');
    await accessible(owner, 'order page with its refund');
    await picture(owner, 'refund');
    await owner.locator('[data-test=send-refund]').tap();
    await owner.getByText('in ten seconds').waitFor();
    equal((await owner.locator('[data-test=state]').innerText()).trim(), 'money goes back', 'state');
    await picture(owner, 'refund asked');
    await owner.locator('[data-test=refunded]').getByRole('button', { name: 'Undo' }).tap();
    await owner.getByText('the refund is taken back').waitFor();
    equal((await owner.locator('[data-test=state]').innerText()).trim(), 'paid', 'state after the undo');
    await buyer.page.reload();
    await buyer.page.getByRole('heading', { name: /^Paid/ }).waitFor();
    await buyer.context.close();
  });

  await test('part of it goes back, and the buyer reads so', async () => {
    await owner.locator('[data-test=refund]').tap();
    await owner.locator('#amount_0').fill('5.00');
    await owner.locator('#back_0').fill('0');
    await owner.locator('#reason').selectOption('damaged');
    await owner.locator('[data-test=send-refund]').tap();
    await owner.getByText('in ten seconds').waitFor();
    await becomes(async () => { await owner.reload(); return (await owner.locator('[data-test=back]').count()) ? back() : ''; }, '€5.00', 'went back', 20000);
    await owner.getByRole('link', { name: /^Their page/ }).evaluate((link) => { link.target = ''; });
    await owner.getByRole('link', { name: /^Their page/ }).tap();
    await owner.getByText('€5.00 goes back to where it came from').waitFor();
    await picture(owner, 'receipt with a refund');
    await owner.goBack();
  });

  await test('more than is left is refused where it was typed', async () => {
    await owner.locator('[data-test=refund]').tap();
    await owner.locator('#amount_0').fill('500');
    await owner.locator('[data-test=send-refund]').tap();
    await owner.getByRole('alert').waitFor();
    expect(/is left to give back/.test(await owner.getByRole('alert').innerText()), 'why');
    equal(await owner.locator('#amount_0').inputValue(), '500', 'what was typed');
  });

  await test('a bank that takes it back is answered with what the shop knows', async () => {
    const buyer = await bought(browser, shop, 'approve_disputed');
    await buyer.context.close();
    await owner.goto(`${shop.url}/studio/orders`);
    await owner.locator('[data-test=order] th a').first().tap();
    await owner.waitForURL(/\/studio\/orders\/./);
    // The bank waits a minute.
    await becomes(async () => { await owner.reload(); return owner.locator('[data-test=dispute]').count(); }, 1, 'disputes', 90000);
    equal((await owner.locator('[data-test=state]').innerText()).trim(), 'disputed', 'state');
    await owner.goto(`${shop.url}/studio`);
    await owner.getByText("A buyer's bank took").first().waitFor();
    await picture(owner, 'home with a dispute');
    await owner.getByRole('link', { name: 'See the order' }).first().tap();
    await owner.waitForURL(/\/studio\/orders\/./);
    const evidence = await owner.locator('#evidence').inputValue();
    for (const part of ['Ada Walker', 'Kai 3', 'Tea bowl', '/promise.json']) expect(evidence.includes(part), `the evidence does not say ${part}`);
    await fits(owner, 'order page with a dispute');
    await accessible(owner, 'order page with a dispute');
    await picture(owner, 'dispute');
    await owner.setViewportSize({ width: 1440, height: 900 });
    await picture(owner, 'dispute wide');
    await owner.getByRole('button', { name: 'Send the evidence' }).tap();
    await owner.getByText('The evidence is with the bank').waitFor();
    await becomes(async () => { await owner.reload(); return (await owner.locator('[data-test=dispute] .state').innerText()).trim(); }, 'won', 'the verdict', 90000);
  });
}

await stage(({ browser, shop }) => tests(browser, shop), { in_order: true });
