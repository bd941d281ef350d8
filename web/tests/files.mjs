// Files attached to records, as an officer sends, sees and saves them: without scripts, several at once, a wrong one among them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { axeFindings, overflows, shoot } from './browser.mjs';

const sample = (name) => `src/ledger/blobs/testdata/${name}`;

async function saved(page, name) {
  const link = page.locator(`li.file:has-text("${name}") .file-name a`);
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  assert.equal(download.suggestedFilename(), name);
  return { bytes: fs.readFileSync(await download.path()), hash: (await link.getAttribute('href')).split('/').at(-1) };
}

export function addFiles(test, { signedIn, fillTalks, chooseFirstCandidate }) {
  test('files are sent with a record without scripts, shown with previews, and saved as they are', async (world) => {
    const { page, context } = await signedIn(world, { script: false });
    await fillTalks(page, '11/05/2026');
    await page.click('form.entry button[name=whole]');
    await page.locator('details:has(input[type=file]) > summary').click();
    await page.setInputFiles('[name="v.attachments"]', [sample('photo.jpg'), sample('macro.docx')]);
    await page.click('form.entry .submit button[name=save]');
    // The wrong one is named, the good one and all that was typed are kept.
    assert.match(await page.locator('.notice.bad').innerText(), /macro\.docx/);
    assert.equal(await page.inputValue('[name="v.place.text"]'), 'Cửa khẩu Đắk Ruê <thử>');
    assert.match(await page.locator('.file').innerText(), /photo\.jpg/);
    assert.match(await page.locator('.file').innerText(), /đã bỏ nơi chụp/);
    await shoot(page, 'form-files-vi-desk');
    await chooseFirstCandidate(page, 'v.counterpart_units.0.ref');
    await page.click('form.entry .submit button[name=save]');
    await page.waitForURL(/records\/[0-9a-f]{32}/);
    await page.setInputFiles('[name="v.attachments"]', [sample('paper.pdf'), sample('table.csv')]);
    await page.click('form.entry:has(input[type=file]) .submit button');
    await page.waitForURL(/done=attached/);
    assert.equal(await page.locator('li.file').count(), 3);
    for (const name of ['paper.pdf', 'table.csv']) assert.deepEqual((await saved(page, name)).bytes, fs.readFileSync(sample(name)), name);
    const photo = await saved(page, 'photo.jpg');
    assert.equal(createHash('sha256').update(photo.bytes).digest('hex'), photo.hash);
    assert.equal(photo.bytes.subarray(0, 3).toString('hex'), 'ffd8ff');
    assert.equal(photo.bytes.includes('SecretCamera'), false);
    const address = page.url();
    await context.close();
    await seen(world, address);
  });

  // Previews are made in a process of their own, soon after they are asked for.
  async function seen(world, address) {
    const { page, context, trouble } = await signedIn(world);
    await page.goto(address);
    const drawn = () => page.locator('li.file img[src$="/preview"]').evaluateAll((all) => Promise.all(all.map((img) => fetch(img.src).then((answer) => answer.headers.get('Content-Type')))));
    for (let i = 0; i < 60 && (await drawn()).some((type) => type !== 'image/jpeg'); ++i) await page.waitForTimeout(250);
    assert.deepEqual(await drawn(), ['image/jpeg', 'image/jpeg']);
    await page.reload();
    await page.locator('li.file').first().scrollIntoViewIfNeeded();
    const broken = await page.locator('li.file img').evaluateAll((all) => Promise.all(all.map((img) => img.decode().then(() => '', () => img.src))));
    assert.deepEqual(broken.filter(Boolean), []);
    const widths = await page.locator('li.file img[src$="/preview"]').evaluateAll((all) => Promise.all(all.map(async (img) => {
      await img.decode();
      return img.naturalWidth;
    })));
    assert.ok(widths.every((width) => width > 0 && width <= 480), String(widths));
    for (const [screen, size] of [['phone', { width: 390, height: 844 }], ['desk', { width: 1366, height: 768 }]]) {
      await page.setViewportSize(size);
      await shoot(page, `record-files-vi-${screen}`);
      assert.equal(await overflows(page), false, `${screen} is wider than the screen`);
      assert.deepEqual(await axeFindings(page), [], screen);
    }
    assert.deepEqual(trouble, []);
    await context.close();
  }
}
