// Two nodes of one tree: the node of a province is let in on the page, by card, request and words; both write another thing into one
// record; a stick brings the two together; the page of the record shows both values, and one is chosen by keyboard.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { axeFindings, overflows, shoot } from './browser.mjs';
import { programPath } from './node.mjs';

const administrator = 'quan-tri', deputy = 'dak-lak', staff = 'toan-quoc', unit = 'vn-bc-daklak';

export function addNodes(test, { signedIn }) {
  const run = (args, input) => {
    const done = spawnSync(programPath(), args, { encoding: 'utf8', input });
    assert.equal(done.status, 0, `${args.join(' ')}: ${done.stdout}${done.stderr}`);
    return done.stdout;
  };
  const saved = async (page, press, file) => {
    const [download] = await Promise.all([page.waitForEvent('download'), press()]);
    await download.saveAs(file);
  };
  // A download takes the place of the page that was asked for.
  const troubles = (all) => all.filter((one) => !one.includes('ERR_ABORTED'));
  const look = async (page, name) => {
    for (const [screen, size] of [['phone', { width: 390, height: 844 }], ['desk', { width: 1366, height: 768 }]]) {
      await page.setViewportSize(size);
      await shoot(page, `${name}-vi-${screen}`);
      assert.equal(await overflows(page), false, `${name} ${screen} is wider than the screen`);
      assert.deepEqual(await axeFindings(page), [], `${name} ${screen}`);
    }
  };
  // Long work is done when its page says so; without scripts it is looked at again.
  const worked = async (page) => {
    await page.waitForURL(/\/work\/[0-9a-f]{32}/);
    await page.waitForSelector('#work .badge.good, #work .badge.bad', { timeout: 60000 });
    assert.equal(await page.locator('#work .badge.good').count(), 1, await page.locator('main').innerText());
  };

  test('a node is let in on the page, and what two nodes wrote differently is decided by keyboard', async (world) => {
    const dir = join(world.node.dir, 'province'), file = (name) => join(world.node.dir, name);
    const { page, context, trouble } = await signedIn(world, { login: administrator });
    await page.goto('/sync/cards');
    await page.fill('[name="unit"]', unit);
    await saved(page, () => page.click('form.entry .submit button[value="file"]'), file('card'));
    const said = run(['--lang', 'vi', 'init', dir, '--card', file('card'), '--request', file('request')]);
    await page.goto('/sync/cards');
    await page.setInputFiles('[name="request"]', file('request'));
    await page.click('form.entry:has(input[type=file]) .submit button');
    const words = (await page.locator('.six-words li').allInnerTexts()).join(' ');
    assert.equal(words.split(' ').length >= 6, true, words);
    assert.ok(said.normalize().replace(/\s+/g, ' ').includes(words.normalize()), `${said}\n${words}`);
    await look(page, 'sync-words');
    await page.fill('#f-password', world.node.accounts[administrator]);
    await page.click('.submit button.primary');
    assert.match(await page.locator('#f-same-error').innerText(), /./, 'not before the words are compared');
    await page.check('[name="same"]');
    await page.fill('#f-password', world.node.accounts[administrator]);
    await page.click('.submit button.primary');
    await page.waitForURL(/\/sync\?done=let-in/);
    await look(page, 'sync-node');
    assert.deepEqual(troubles(trouble), []);
    await context.close();

    const admin = await signedIn(world, { login: administrator });
    await admin.page.goto('/sync');
    await admin.page.click('.two-forms form.entry:not(:has(input[type=file])) .submit button');
    await worked(admin.page);
    await look(admin.page, 'work-done');
    await saved(admin.page, () => admin.page.click('#work a[href$="/file"]'), file('down.nhipcau'));
    run(['bundle', dir, 'in', file('down.nhipcau')]);

    // Both write before they hear of each other.
    const { page: writer, context: writers } = await signedIn(world, { login: deputy });
    await writer.goto('/activities?kind=talks&own=vn-bc-daklak&from=2018&to=2018');
    const href = await writer.locator('table.list tbody td:first-child a').first().getAttribute('href');
    const place = (text) => JSON.stringify({ place: { text } });
    writeFileSync(file('there.json'), place('Nơi do tỉnh ghi'));
    run(['record', dir, 'amend', href.split('/').at(-1), '--file', file('there.json')]);
    await writer.goto(`${href}/edit`);
    await writer.fill('[name="v.place.text"]', 'Nơi do cấp trên ghi');
    await writer.click('.submit button.primary');
    run(['bundle', dir, 'out', file('up.nhipcau')]);
    await admin.page.goto('/sync');
    await admin.page.setInputFiles('[name="bundle"]', file('up.nhipcau'));
    await admin.page.click('form.entry:has(input[type=file]) .submit button');
    await worked(admin.page);
    await admin.page.goto('/sync');
    await look(admin.page, 'sync-after');

    // Whoever wrote one of the two does not decide.
    await writer.goto(href);
    assert.match(await writer.locator('main').innerText(), /cần một người khác quyết định/);
    await writers.close();
    const { page: officer, context: officers } = await signedIn(world, { login: staff });
    await officer.goto(href);
    const shown = await officer.locator('main').innerText();
    assert.match(shown, /Nơi do tỉnh ghi/);
    assert.match(shown, /Nơi do cấp trên ghi/);
    await look(officer, 'record-conflict');
    await officer.goto('/?below=1');
    assert.match(await officer.locator('main').innerText(), /ghi khác nhau/i, 'it stands in what is to be done');
    await look(officer, 'to-do-conflict');
    await officer.goto(href);
    for (let i = 0; i < 200; ++i) {
      await officer.keyboard.press('Tab');
      if (await officer.evaluate(() => document.activeElement.matches('main form[action$="/resolve"] button'))) break;
    }
    await Promise.all([officer.waitForNavigation(), officer.keyboard.press('Enter')]);
    assert.match(officer.url(), /done=decided/);
    assert.doesNotMatch(await officer.locator('main').innerText(), /ghi khác nhau/i);
    assert.deepEqual(troubles(admin.trouble), []);
    await admin.context.close();
    await officers.close();
  });
}
