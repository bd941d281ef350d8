// Without JavaScript: reading and entering, from the log-in to the long work.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { logIn, newPerson } from './browser.mjs';
import { projectDir } from './node.mjs';

export function addPlain(test, { heading, chooseFirstCandidate }) {
  const entering = 'dak-lak', staff = 'toan-quoc', administrator = 'quan-tri';
  async function plain(world, login) {
    const person = await newPerson(world.browser, world.node.url, { script: false });
    await logIn(person.page, login, world.node.accounts[login]);
    assert.equal(await heading(person.page), login === administrator ? 'Tổng quan' : 'Việc phải làm');
    return person;
  }
  const total = async (page) => Number((await page.locator('.list-total').innerText()).replace(/\D/g, ''));

  test('without JavaScript: the list is read, filtered, paged on, a record opened, all of it saved as a file', async (world) => {
    const { page, context } = await plain(world, staff);
    await page.click('.rail a:has-text("Hoạt động đối ngoại")');
    const all = await total(page);
    const first = await page.locator('table.list tbody td:first-child a').first().getAttribute('href');
    await page.click('.pager a >> text=›');
    assert.notEqual(await page.locator('table.list tbody td:first-child a').first().getAttribute('href'), first);
    await page.click('details.filters summary');
    await page.selectOption('#f-kind', 'talks');
    await page.fill('#f-from', '2013');
    await page.click('details.filters button.primary');
    const some = await total(page);
    assert.ok(some > 0 && some < all, `${some} of ${all}`);
    const [saved] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("Xuất CSV")')]);
    const rows = fs.readFileSync(await saved.path(), 'utf8').trim().split('\r\n');
    assert.ok(rows.length > some, `${rows.length} lines for ${some} records`);
    await page.click('table.list tbody td:first-child a >> nth=0');
    assert.ok((await page.locator('dl.facts').count()) > 0);
    assert.ok((await page.locator('ol.timeline li').count()) > 0);
    await context.close();
  });

  test('without JavaScript: the columns of a kind are chosen; the file has exactly these', async (world) => {
    const { page, context } = await plain(world, staff);
    await page.goto('/activities?kind=patrol&from=2013');
    const heads = () => page.locator('table.list thead th').allInnerTexts();
    const usual = (await heads()).map((head) => head.replace(/ [▲▼]$/, ''));
    assert.deepEqual(usual, ['Thời gian', 'Hình thức', 'Đơn vị chủ trì phía ta', 'Đơn vị phía bạn', 'Địa điểm', 'Tình trạng']);
    await page.click('details.columns summary');
    await page.uncheck('[name="column"][value="patrol.status"]');
    await page.check('[name="column"][value="patrol.km"]');
    await page.check('[name="column"][value="patrol.record-number"]');
    await page.click('details.columns button.primary');
    const chosen = (await heads()).map((head) => head.replace(/ [▲▼]$/, ''));
    assert.deepEqual(chosen, [...usual.slice(0, 5), 'Chiều dài tuần tra (km)', 'Mã bản ghi']);
    assert.match(page.url(), /from=2013/);
    const [saved] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("Xuất CSV")')]);
    const rows = fs.readFileSync(await saved.path(), 'utf8').replace(/^\uFEFF/, '').trim().split('\r\n');
    const at = rows.indexOf(chosen.map((head) => `"${head}"`).join(','));
    assert.ok(at >= 0, rows.slice(0, 12).join('\n'));
    assert.equal(rows.length - at - 1, await total(page));
    await page.click('details.filters:not(.columns) summary');
    await page.selectOption('#f-kind', 'talks');
    await page.click('details.filters:not(.columns) button.primary');
    assert.match((await heads()).join(), /Tình trạng/);  // its own columns; those of patrols wait in the address
    assert.match(page.url(), /patrol\.km/);
    await context.close();
  });

  test('without JavaScript: a record is made, amended, its draft kept, declared void', async (world) => {
    const { page, context } = await plain(world, entering);
    await page.goto('/records/new?type=talks');
    await page.fill('[name="v.when.from"]', '18/06/2026');
    await page.selectOption('[name="v.sub_kind"]', 'periodic');
    await page.selectOption('[name="v.level"]', 'province');
    await page.fill('[name="v.place.text"]', 'Nơi không có kịch bản');
    await page.click('form.entry button:has-text("Giữ nháp")');
    await page.goto('/');
    await page.click('text=Lập mới: Hội đàm');
    assert.equal(await page.inputValue('[name="v.place.text"]'), 'Nơi không có kịch bản');
    await chooseFirstCandidate(page, 'v.counterpart_units.0.ref');
    await page.click('.submit button.primary');
    assert.match(page.url(), /records\/[0-9a-f]{32}/, (await page.locator('main').innerText()).slice(0, 500));
    await page.click('.actions a.primary');
    await page.fill('[name="v.place.text"]', 'Nơi đã sửa');
    await page.click('.submit button.primary');
    assert.match(await page.locator('ol.timeline li >> nth=0').innerText(), /Nơi đã sửa/);
    await page.click('.steps summary:has-text("Hủy bản ghi")');
    await page.fill('.steps [name="reason"]', 'nhập để thử');
    await page.press('.steps [name="reason"]', 'Enter');
    assert.match(await page.locator('ol.timeline li >> nth=0').innerText(), /nhập để thử/);
    await context.close();
  });

  test('without JavaScript: a table of figures, a number and what lies behind it, a search', async (world) => {
    const { page, context } = await plain(world, staff);
    await page.click('.rail a:has-text("Số liệu")');
    await page.fill('[name="from"]', '2013');
    await page.fill('[name="to"]', '2022');
    await page.click('summary:has-text("bảng")');
    await page.selectOption('[name="rows"]', 'kind');
    await page.selectOption('[name="columns"]', 'year');
    await page.click('form button.primary:has-text("Lập số liệu")');
    assert.ok((await page.locator('main table a[href^="/figures/"]').count()) > 20);
    await page.click('main table a[href^="/figures/"] >> nth=0');
    assert.ok((await page.locator('main a[href^="/records/"]').count()) > 0);
    await page.fill('#search-box', '6 thang dau nam 2019');
    await page.press('#search-box', 'Enter');
    await page.click('.jumps a');
    await page.waitForURL(/from=2019-01-01&to=2019-06-30/);
    await context.close();
  });

  test('without JavaScript: several records at once, with the look beforehand', async (world) => {
    const { page, context } = await plain(world, entering);
    await page.goto('/activities?kind=talks');
    await page.locator('input.choose').first().check();
    await page.click('.choosing button[value="chosen"]');
    const act = await page.locator('select[name="act"] option:not([value=""])').first().getAttribute('value');
    await page.selectOption('select[name="act"]', act);
    await page.click('main button.primary');
    assert.match(await page.locator('main').innerText(), /(Sẽ thay đổi|giữ nguyên)/);
    await context.close();
  });

  test('without JavaScript: files of rows become long work whose page is looked at again', async (world) => {
    const { page, context } = await plain(world, staff);
    await page.goto('/import');
    await page.setInputFiles('[name="files"]', join(projectDir, 'data/public-record/events.csv'));
    await page.click('main button.primary');
    await page.waitForURL(/\/work\/[0-9a-f]{32}/);
    for (let i = 0; i < 40 && (await page.locator('#work .badge.good, #work .badge.bad').count()) === 0; ++i) {
      await page.waitForTimeout(500);
      await page.reload();
    }
    assert.match(await page.locator('#work').innerText(), /events: [\d.]+ dòng nhập mới/);  // in his name, with his rights
    await page.goto('/work');
    assert.ok((await page.locator('main a[href^="/work/"]').count()) > 0);
    await context.close();
  });

  test('without JavaScript: the pages of the other nodes and their forms', async (world) => {
    const { page, context } = await plain(world, administrator);
    await page.click('.rail a:has-text("Đồng bộ")');
    await page.click('main a:has-text("Kết nạp máy") >> nth=0');
    await page.click('form.entry button[value="code"]');
    assert.match(await page.locator('#f-unit-error').innerText(), /./);
    await page.fill('[name="unit"]', 'vn-bc-daklak');
    await page.click('form.entry button[value="code"]');
    assert.equal(await page.locator('main svg, main img[src*="qr"]').count() > 0, true);
    await page.goto('/sync/cards');
    assert.ok((await page.locator('table.list tbody tr').count()) > 0);
    await page.setInputFiles('[name="request"]', join(projectDir, 'README.md'));
    await page.click('.submit button:has-text("Xem phiếu đề nghị")');
    assert.match(await page.locator('#f-request-error').innerText(), /./, 'what is no request is refused beside its field');
    await page.click('tr:has-text("Đắk Lắk") button:has-text("Thu hồi")');
    assert.match(await page.locator('main').innerText(), /đã thu hồi/i);
    await context.close();
  });

  test('without JavaScript: a form that is older than the log-in is offered again and saved once', async (world) => {
    const { page, context } = await plain(world, entering);
    const other = await context.newPage();
    await page.goto('/records/new?type=talks');
    await page.fill('[name="v.when.from"]', '19/06/2026');
    await page.selectOption('[name="v.sub_kind"]', 'periodic');
    await page.selectOption('[name="v.level"]', 'province');
    await page.fill('[name="v.place.text"]', 'Gõ trước lần đăng nhập mới');
    await chooseFirstCandidate(page, 'v.counterpart_units.0.ref');
    await other.goto('/');
    await other.click('.top button:has-text("Đăng xuất")');
    await logIn(other, entering, world.node.accounts[entering]);
    await page.click('.submit button.primary');
    assert.equal(await heading(page), 'Không mất gì');
    assert.match(await page.locator('main').innerText(), /không thuộc lần đăng nhập hiện tại/);
    const kept = await page.locator('.kept-form dl.facts').innerText();  // all of it, by its labels
    for (const wanted of [/từ\s+19\/06\/2026/, /Cấp hoạt động\s+cấp tỉnh/, /Gõ trước lần đăng nhập mới/, /Mondulkiri|Campuchia|\[kh-/])
      assert.match(kept, wanted);
    await page.click('main button.primary');
    assert.match(page.url(), /records\/[0-9a-f]{32}/, (await page.locator('main').innerText()).slice(0, 500));
    assert.match(await page.locator('main').innerText(), /Gõ trước lần đăng nhập mới/);
    await other.goto('/activities?kind=talks&from=19%2F06%2F2026&to=19%2F06%2F2026');
    assert.equal(await total(other), 1);
    await context.close();
  });
}
