// The same pages in Firefox ESR, the other browser of the platform: the officer's way through a day, and every page at both sizes.
import assert from 'node:assert/strict';
import { logIn, newPerson, openFirefox, overflows, screens, shoot } from './browser.mjs';

export function addFirefox(test, { heading, chooseFirstCandidate, pages }) {
  const entering = 'dak-lak', staff = 'toan-quoc';
  async function inFirefox(work) {
    const browser = await openFirefox();
    try {
      await work(browser);
    } finally {
      await browser.close();
    }
  }

  test('Firefox: the log-in, the list and its columns, a new record, its page, figures, the keys', (world) => inFirefox(async (browser) => {
    const { page, context, trouble } = await newPerson(browser, world.node.url);
    await logIn(page, entering, world.node.accounts[entering]);
    await page.waitForURL(/\/$/);
    assert.equal(await heading(page), 'Việc phải làm');
    await page.goto('/activities?kind=talks&from=2013');
    assert.ok((await page.locator('table.list tbody tr').count()) > 0);
    await page.click('details.columns summary');
    await page.check('[name="column"][value="talks.persons"]');
    await page.click('details.columns button.primary');
    await page.waitForURL(/column=talks\.persons/);
    assert.match((await page.locator('table.list thead th').allInnerTexts()).join(), /Số người tham gia/);
    await page.goto('/records/new?type=talks');
    await page.fill('[name="v.when.from"]', '23/06/2026');
    await page.selectOption('[name="v.sub_kind"]', 'periodic');
    await page.selectOption('[name="v.level"]', 'province');
    await chooseFirstCandidate(page, 'v.counterpart_units.0.ref');
    await page.fill('[name="v.place.text"]', 'Nơi gõ trong Firefox');
    await page.locator('#draft-state', { hasText: 'Đã giữ nháp' }).waitFor();
    await page.click('form.entry .submit button.primary');
    await page.waitForURL(/records\/[0-9a-f]{32}/);
    assert.match(await page.locator('main').innerText(), /Nơi gõ trong Firefox/);
    assert.ok((await page.locator('ol.timeline li').count()) > 0);
    await shoot(page, 'record-firefox');
    await page.goto('/figures?rows=kind&columns=year&from=2013&to=2022');
    assert.ok((await page.locator('main table a[href^="/figures/"]').count()) > 0);
    await page.keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'search-box');
    await page.fill('#search-box', 'noi go trong firefox');
    await page.press('#search-box', 'Enter');
    await page.waitForURL(/search\?q=/);
    await page.locator('.hits li').first().waitFor();
    await page.click('.top button:has-text("Khóa màn hình")');
    await page.waitForURL(/locked/);
    assert.doesNotMatch(await page.content(), /class="rail"/);
    assert.deepEqual(trouble, []);
    await context.close();
  }));

  for (const screen of Object.keys(screens))
    test(`Firefox: every page, ${screen}: the policy blocks nothing, nothing is wider than the screen`, (world) => inFirefox(async (browser) => {
      const { page, context, trouble } = await newPerson(browser, world.node.url, { screen });
      await logIn(page, staff, world.node.accounts[staff]);
      await page.waitForURL(/\/$/);
      world.pages ??= await pages(world);
      const findings = [];
      for (const [name, path] of world.pages) {
        await page.goto(path);
        if (await overflows(page)) findings.push(`${name}: wider than the screen`);
        findings.push(...trouble.splice(0).map((one) => `${name}: ${one}`));
      }
      assert.deepEqual(findings, []);
      await context.close();
    }));
}
