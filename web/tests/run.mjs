// Browser tests: `node web/tests/run.mjs [part of a name|another ...]`. Last line: "N passed, N failed".
import assert from 'node:assert/strict';
import { axeFindings, logIn, newPerson, openBrowser, overflows, screens, shoot } from './browser.mjs';
import { passphrase, startNode } from './node.mjs';
import { addFiles } from './files.mjs';
import { addImages } from './images.mjs';
import { addFirefox } from './firefox.mjs';
import { addKeyboard } from './keyboard.mjs';
import { addNodes } from './nodes.mjs';
import { addPeople } from './people.mjs';
import { addPlain } from './plain.mjs';

const tests = [];
const test = (name, body) => tests.push({ name, body });

const heading = (page) => page.locator('h1').innerText();
const officer = 'dak-lak';   // enters for his province
const staff = 'toan-quoc';   // sees the whole force
const commander = 'chi-huy'; // approves for the officer's province

async function signedIn(world, { login = officer, ...options } = {}) {
  const person = await newPerson(world.browser, world.node.url, options);
  await logIn(person.page, login, world.node.accounts[login]);
  return person;
}

// What only the administrator has.
async function adminPages(page) {
  await page.goto('/admin');
  const account = await page.locator('table.list a:text-is("dak-lak")').getAttribute('href');
  await page.goto(account);
  const end = await page.locator('table.list a[href*="end-grant"]').first().getAttribute('href');
  return [['admin', '/admin'], ['admin-health', '/admin/health'], ['admin-types', '/admin/types'], ['admin-type', '/admin/types/talks'], ['admin-new', '/admin/accounts/new'], ['admin-account', account], ['admin-grant', `${account}/grant`], ['admin-end-grant', end]];
}

// Fills the form of talks; returns nothing, saves nothing.
async function fillTalks(page, when = '06/05/2026') {
  await page.goto('/records/new?type=talks');
  await page.fill('[name="v.when.from"]', when);
  await page.selectOption('[name="v.level"]', 'province');
  await page.selectOption('[name="v.sub_kind"]', 'periodic');
  await page.fill('[name="v.counterpart_units.0.ref"]', 'mondulkiri');
  await page.fill('[name="v.place.text"]', 'Cửa khẩu Đắk Ruê <thử>');
}

async function chooseFirstCandidate(page, name) {
  const option = await page.locator(`datalist#list-counterpart option[value*="Mondulkiri"]`).first().getAttribute('value');
  await page.fill(`[name="${name}"]`, option);
}

test('a wrong password says so, keeps the login and locks nobody out', async (world) => {
  const { page, context } = await newPerson(world.browser, world.node.url);
  await logIn(page, officer, 'khong phai');
  assert.match(await page.locator('[role=alert]').innerText(), /không đúng/);
  assert.equal(await page.inputValue('#f-login'), officer);
  await page.fill('#f-password', world.node.accounts[officer]);
  await page.click('main button.primary');
  assert.equal(await heading(page), 'Việc phải làm');
  await context.close();
});

test('the session cookie is strict, secure and of this host only', async (world) => {
  const { context } = await signedIn(world);
  const cookie = (await context.cookies()).find(({ name }) => name === '__Host-nhipcau');
  assert.ok(cookie, 'no __Host-nhipcau cookie: does this Chromium take Secure cookies from 127.0.0.1?');
  assert.deepEqual([cookie.secure, cookie.httpOnly, cookie.sameSite, cookie.path], [true, true, 'Strict', '/']);
  await context.close();
});

test('a page asked for before the log-in is shown after it', async (world) => {
  const { page, context } = await newPerson(world.browser, world.node.url);
  await page.goto('/activities?status=held');
  assert.equal(await heading(page), 'Đăng nhập');
  await page.fill('#f-login', officer);
  await page.fill('#f-password', world.node.accounts[officer]);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/activities?status=held');
  await context.close();
});

test('the language changes with one click and stays', async (world) => {
  const { page, context } = await signedIn(world);
  await page.goto('/activities');
  await page.click('a.language');
  assert.equal(await heading(page), 'External activities');
  await page.goto('/sources');
  assert.equal(await heading(page), 'Sources');
  await page.click('a.language');
  assert.equal(await heading(page), 'Nguồn');
  await context.close();
});

test('filters stay in the address, narrow the list and can be taken away', async (world) => {
  const { page, context } = await signedIn(world, { login: staff });
  await page.goto('/activities');
  const total = async () => Number((await page.locator('.list-total').innerText()).replace(/\D/g, ''));
  const all = await total();
  assert.ok(all > 50, `${all} activities`);
  await page.click('details.filters summary');
  await page.selectOption('#f-kind', 'talks');
  await page.fill('#f-from', '2019');
  await page.fill('#f-to', '12/2019');
  await page.click('details.filters button.primary');
  const some = await total();
  assert.ok(some > 0 && some < all, `${some} of ${all}`);
  assert.match(page.url(), /kind=talks/);
  await page.click('.chip >> nth=0');
  assert.doesNotMatch(page.url(), /kind=talks/);
  assert.ok((await total()) >= some);
  await context.close();
});

test('search forgives missing marks; nothing found says how to go on', async (world) => {
  const { page, context } = await signedIn(world, { login: staff });
  await page.goto('/activities?q=hoi%20dam%20mondulkiri');
  assert.ok((await page.locator('table.list tbody tr').count()) > 0);
  await page.goto('/activities?q=khong%20the%20co%20xyz');
  assert.match(await page.locator('.empty').innerText(), /Hãy bỏ bớt điều kiện/);
  await context.close();
});

test('the key / leads to the search box anywhere; what is found stands by type with its words marked', async (world) => {
  const { page, context } = await signedIn(world, { login: staff });
  await page.goto('/figures');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'search-box');
  await page.keyboard.type('tuan tra bo heng');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/search\?q=/);
  assert.ok((await page.locator('.hits > li').count()) > 0);
  const marked = (await page.locator('.hits mark').allInnerTexts()).map((text) => text.toLowerCase());
  assert.ok(marked.includes('heng'), marked.join());
  await page.fill('#search-box', 'don bien phong bo heng');
  await page.press('#search-box', 'Enter');
  await page.waitForURL(/q=don/);
  assert.match(await page.locator('.jumps').innerText(), /Đồn Biên phòng Bo Heng/);
  // In a field the key is a letter.
  await page.fill('#search-box', '');
  await page.focus('#search-box');
  await page.keyboard.type('22/11/2026');
  assert.equal(await page.inputValue('#search-box'), '22/11/2026');
  await page.keyboard.press('Enter');
  await page.click('.jumps a');
  await page.waitForURL(/\/activities\?from=2026-11-22&to=2026-11-22/);
  await page.goto('/search?q=' + encodeURIComponent('khong the co xyz'));
  assert.match(await page.locator('.empty').innerText(), /Thử bỏ bớt từ/);
  await page.goto('/search?q=' + encodeURIComponent('<b>"hội'));
  assert.equal(await page.locator('main b').count(), 0);
  await context.close();
});

test('searching works without JavaScript; it can be narrowed and widened again', async (world) => {
  const { page, context } = await signedIn(world, { login: staff, script: false });
  await page.goto('/');
  await page.fill('#search-box', 'biên giới');
  await page.press('#search-box', 'Enter');
  const total = async () => Number((await page.locator('.list-total').innerText()).replace(/\D/g, ''));
  const all = await total();
  await page.click('.narrow a >> nth=0');
  assert.ok((await total()) < all);
  assert.match(page.url(), /type=/);
  await page.click('.chip >> nth=0');
  assert.equal(await total(), all);
  await context.close();
});

test('the list goes on by pages without doubles', async (world) => {
  const { page, context } = await signedIn(world, { login: staff });
  await page.goto('/activities');
  const links = () => page.locator('table.list tbody td:first-child a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  const first = await links();
  await page.click('.pager a >> text=›');
  const second = await links();
  assert.ok(second.length > 0);
  assert.equal(new Set([...first, ...second]).size, first.length + second.length);
  await context.close();
});

test('a record shows facts, source, history and proof; the source shows what rests on it', async (world) => {
  const { page, context } = await signedIn(world, { login: staff });
  await page.goto('/activities?kind=talks&status=held');
  await page.click('table.list tbody td:first-child a >> nth=0');
  const record = new URL(page.url()).pathname;
  assert.ok((await page.locator('dl.facts').count()) > 0);
  assert.match(await page.locator('ol.timeline').innerText(), /Nhập từ tệp/);
  assert.match(await page.locator('main').innerText(), /Vừa kiểm tra/);
  await page.click('ul.sources a >> nth=0');
  assert.match(new URL(page.url()).pathname, /^\/sources\//);
  assert.ok((await page.locator(`a[href="${record}"]`).count()) > 0);
  await context.close();
});

// A second click may break off the navigation that the first began: what counts is where the page ends.
async function arriveAt(page, address) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await page.waitForURL(address);
    } catch (error) {
      if (attempt === 3 || !/ERR_ABORTED/.test(error.message)) throw error;
    }
  }
}

test('an error stands beside its field and keeps what was typed; then one record is made by two clicks', async (world) => {
  const { page, context } = await signedIn(world);
  await fillTalks(page, '31/02/2024');
  await page.click('.submit button.primary');
  assert.match(await page.locator('#f-v-when-from-error').innerText(), /31\/2\/2024/);
  assert.equal(await page.inputValue('[name="v.place.text"]'), 'Cửa khẩu Đắk Ruê <thử>');
  assert.equal(await page.inputValue('[name="v.when.from"]'), '31/02/2024');
  await page.fill('[name="v.when.from"]', '06/05/2026');
  await chooseFirstCandidate(page, 'v.counterpart_units.0.ref');
  await page.dblclick('.submit button.primary');
  await arriveAt(page, /\/records\/[0-9a-f]{32}/);
  const made = page.url().match(/\/records\/([0-9a-f]{32})/)[1];
  assert.match(await page.locator('main').innerText(), /Cửa khẩu Đắk Ruê <thử>/);
  await page.goto('/activities?q=rue%20thu');
  await page.goto('/activities?kind=talks&from=06%2F05%2F2026&to=06%2F05%2F2026');
  assert.equal(await page.locator(`table.list a[href="/records/${made}"]`).count(), 1);
  assert.equal(await page.locator('td:has-text("<thử>")').count(), 1);
  world.made = made;
  await context.close();
});

test('Enter in an input saves and does not ask for more rows', async (world) => {
  const { page, context } = await signedIn(world);
  await fillTalks(page, 'hôm nay');
  await page.press('[name="v.place.text"]', 'Enter');
  assert.match(await page.locator('#f-v-when-from-error').innerText(), /hôm nay/);
  await context.close();
});

test('more rows keep what was typed', async (world) => {
  const { page, context } = await signedIn(world);
  await fillTalks(page);
  await page.click('form.entry button[name=whole]');
  await page.click('button[name=more][value=counterpart_units]');
  assert.equal(await page.inputValue('[name="v.counterpart_units.0.ref"]'), 'mondulkiri');
  assert.equal(await page.locator('[name="v.counterpart_units.3.ref"]').count(), 1);
  await context.close();
});

test('an amended value stands in the history with the one before', async (world) => {
  const { page, context } = await signedIn(world);
  await page.goto(`/records/${world.made}`);
  await page.click('.actions a.primary');
  await page.fill('[name="v.place.text"]', 'Cửa khẩu quốc gia Đắk Ruê');
  await page.click('.submit button.primary');
  assert.match(await page.locator('ol.timeline li >> nth=0').innerText(), /Cửa khẩu quốc gia Đắk Ruê/);
  assert.match(await page.locator('ol.timeline del').first().innerText(), /<thử>/);
  await context.close();
});

test('what somebody else changed meanwhile is shown beside what was typed', async (world) => {
  const one = await signedIn(world), other = await signedIn(world);
  const edit = `/records/${world.made}/edit`;
  await one.page.goto(edit);
  await other.page.goto(edit);
  await one.page.fill('[name="v.place.text"]', 'Nơi thứ nhất');
  await one.page.click('.submit button.primary');
  await other.page.fill('[name="v.place.text"]', 'Nơi thứ hai');
  await other.page.click('.submit button.primary');
  const said = await other.page.locator('ul.conflicts').innerText();
  assert.match(said, /Nơi thứ nhất/);
  assert.match(said, /Nơi thứ hai/);
  assert.equal(await other.page.inputValue('[name="v.place.text"]'), 'Nơi thứ hai');
  await shoot(other.page, 'record-clash-vi-desk');
  await other.page.click('.submit button.primary');
  assert.match(await other.page.locator('main').innerText(), /Nơi thứ hai/);
  await one.context.close();
  await other.context.close();
});

test('what was typed outlives the session', async (world) => {
  const { page, context } = await signedIn(world);
  await fillTalks(page, 'sai ngày');
  await context.clearCookies({ name: '__Host-nhipcau' });
  await page.click('.submit button.primary');
  const asked = await page.content();
  assert.match(asked, /nội dung đã nhập vẫn còn/);
  assert.ok(!asked.includes('Đắk Ruê'), 'nothing of it stands on the log-in page');
  await page.fill('#f-login', officer);
  await page.fill('#f-password', world.node.accounts[officer]);
  await page.click('main button.primary');
  await page.click('main button.primary');
  assert.equal(await page.inputValue('[name="v.place.text"]'), 'Cửa khẩu Đắk Ruê <thử>');
  assert.match(await page.locator('#f-v-when-from-error').innerText(), /sai ngày/);
  await context.close();
});

test('entering works without JavaScript', async (world) => {
  const { page, context } = await signedIn(world, { script: false });
  await page.goto('/records/new');
  assert.ok((await page.locator('ul.types a').count()) > 10);
  await page.click('ul.types a[href$="type=talks"]');
  assert.equal(await page.locator('[name="v.when.from"]').count(), 1);
  await context.close();
});

test('logging out ends the session', async (world) => {
  const { page, context } = await signedIn(world);
  await page.click('.top button:has-text("Đăng xuất")');
  assert.equal(await heading(page), 'Đăng nhập');
  await page.goto('/activities');
  assert.equal(await heading(page), 'Đăng nhập');
  await context.close();
});

test('the administrator sees the node and no record', async (world) => {
  const { page, context } = await newPerson(world.browser, world.node.url);
  await logIn(page, 'quan-tri', world.node.accounts['quan-tri']);
  await page.goto('/admin');
  await page.click('button:has-text("Kiểm tra ngay")');
  assert.match(page.url(), /\/work\/[0-9a-f]{32}$/);
  await page.waitForSelector('#work .badge.good');  // it looks again by itself
  await shoot(page, 'work-vi-desk');
  assert.deepEqual(await axeFindings(page), []);
  assert.equal((await page.goto('/activities')).status(), 404);
  await shoot(page, 'not-found-vi-desk');
  await context.close();
});

test('a filter is kept under a name, stands in the menu, and goes', async (world) => {
  const { page, context, trouble } = await signedIn(world);
  await page.goto('/activities?kind=talks&status=held');
  await page.click('.keep-view summary');
  await page.fill('.keep-view [name="name"]', 'Hội đàm đã thực hiện');
  await page.keyboard.press('Enter');
  await page.waitForURL(/done=view-kept/);
  assert.equal(await page.locator('.rail li.below a[aria-current="page"]').innerText(), 'Hội đàm đã thực hiện');
  await shoot(page, 'saved-view-vi-desk');
  assert.deepEqual(await axeFindings(page), []);
  await page.goto('/views');
  assert.deepEqual(await axeFindings(page), []);
  await shoot(page, 'views-vi-desk');
  await page.click('main button:has-text("Xóa")');
  await page.goto('/activities');
  assert.equal(await page.locator('.rail li.below').count(), 0);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('several records at once: chosen with the keyboard, looked at beforehand, done, told', async (world) => {
  for (const screen of Object.keys(screens)) {
    const { page, context, trouble } = await signedIn(world, { screen });
    await page.goto('/activities?kind=talks&q=Nơi+thứ');
    const boxes = page.locator('input.choose');
    const before = await boxes.count();
    assert.ok(before > 0);
    for (let i = 0; i < Math.min(before, 2); ++i) {
      await boxes.nth(i).focus();
      await page.keyboard.press('Space');
    }
    await page.click('.choosing button[value="chosen"]');
    const levels = await page.locator('select[name="act"] option[value^="set:level:"]').evaluateAll((all) => all.map(({ value }) => value).filter((value) => !value.endsWith(':province')));
    assert.ok(levels.length > 1);
    await page.selectOption('select[name="act"]', screen === 'desk' ? levels[0] : levels[1]);
    await page.click('main button.primary');
    assert.match(await page.locator('main').innerText(), /Sẽ thay đổi \d+ bản ghi/);
    await shoot(page, `bulk-vi-${screen}`);
    assert.deepEqual(await axeFindings(page), []);
    assert.equal(await overflows(page), false);
    await page.click('form[action^="/activities/bulk/do"] button.primary');
    assert.equal(await heading(page), 'Việc đã làm');
    assert.equal(await page.locator('main .badge.bad').count(), 0);
    assert.deepEqual(await axeFindings(page), []);
    await page.reload();
    assert.equal(await heading(page), 'Việc đã làm');
    assert.deepEqual(trouble, []);
    await context.close();
  }
});

test('the list goes into a spreadsheet', async (world) => {
  const { page, context } = await signedIn(world);
  await page.goto('/activities?kind=talks');
  const [saved] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("Xuất XLSX")')]);
  assert.match(saved.suggestedFilename(), /^nhip-cau-\d{4}-\d\d-\d\d\.xlsx$/);
  await context.close();
});

test('an approval is signed over the text on the page, with the password once more and the key', async (world) => {
  const made = `/records/${world.made}`;
  const one = await signedIn(world), other = await signedIn(world, { login: commander });
  await one.page.goto(made);
  await one.page.click('.steps button:has-text("Trình")');
  assert.equal(await one.page.locator('a:has-text("Duyệt")').count(), 0);
  const { page, trouble } = other;
  await page.goto(made);
  await page.click('.steps a:has-text("Duyệt")');
  assert.match(await page.locator('.statement pre').innerText(), /Nơi thứ hai[^]*Trạng thái sau khi ký: Đã duyệt/);
  await page.fill('#f-password', 'khong phai');
  await page.fill('#f-passphrase', passphrase);
  await page.click('.submit button.primary');
  assert.match(await page.locator('#f-password-error').innerText(), /không đúng/);
  assert.equal(await page.inputValue('#f-passphrase'), '');
  await shoot(page, 'sign-vi-desk');
  assert.deepEqual(await axeFindings(page), []);
  await page.waitForTimeout(1500);  // a wrong password delays the next try
  await page.fill('#f-password', world.node.accounts[commander]);
  await page.fill('#f-passphrase', passphrase);
  await page.click('.submit button.primary');
  await page.waitForURL(/done=signed$/);
  assert.match(await page.locator('ol.timeline li >> nth=0').innerText(), /Duyệt[^]*chữ ký cá nhân/);
  assert.deepEqual(trouble, []);
  await one.context.close();
  await other.context.close();
});

// A PIN is set under the account; what is typed outlives the lock; the lock shows nothing of it.
test('the screen locks by its button, keeps what is typed, and opens by PIN', async (world) => {
  const { page, context, trouble } = await signedIn(world, { login: staff });
  await page.goto('/account');
  await shoot(page, 'account-vi-desk');
  await page.click('a:has-text("Đặt mã PIN")');
  await page.fill('#f-password', world.node.accounts[staff]);
  await page.fill('#f-pin', '2580');
  await page.fill('#f-again', '2580');
  await page.click('.submit button.primary');
  assert.match(await page.locator('main').innerText(), /mở bằng mã PIN/);
  await fillTalks(page);
  await page.click('.top button:has-text("Khóa màn hình")');
  assert.equal(await heading(page), 'Màn hình đang khóa');
  const locked = await page.content();
  assert.doesNotMatch(locked, /Đắk Ruê|class="rail"/);
  assert.deepEqual(await axeFindings(page), []);
  await shoot(page, 'locked-vi-desk');
  await page.goBack();
  await page.reload();
  assert.equal(await heading(page), 'Màn hình đang khóa');
  await page.fill('#f-pin', '1357');
  await page.click('.submit button.primary');
  assert.match(await page.locator('[role=alert]').innerText(), /không đúng/);
  await page.waitForTimeout(1500);  // a wrong one delays the next
  await page.fill('#f-pin', '2580');
  await page.click('.submit button.primary');
  await page.click('main button.primary');
  assert.equal(await page.inputValue('[name="v.place.text"]'), 'Cửa khẩu Đắk Ruê <thử>');
  // What is restricted waits for the password.
  await page.click('.top a:has-text("Nhập mật khẩu")');
  await page.fill('#f-password', world.node.accounts[staff]);
  await page.click('.submit button.primary');
  assert.equal(await page.locator('.top a:has-text("Nhập mật khẩu")').count(), 0);
  assert.deepEqual(trouble, []);
  await context.close();
});

test('a password for one use leads to another one before anything else', async (world) => {
  const admin = await signedIn(world, { login: 'quan-tri' });
  await admin.page.goto('/admin');
  await admin.page.click('table.list a:has-text("thanh-tra")');
  await admin.page.fill('#f-password', world.node.accounts['quan-tri']);
  await admin.page.click('.submit button[value=password]');
  const once = (await admin.page.locator('.notice.good').innerText()).match(/: ([a-z0-9-]{19})/)[1];
  await shoot(admin.page, 'admin-account-vi-desk');
  assert.deepEqual(await axeFindings(admin.page), []);
  const { page, context } = await newPerson(world.browser, world.node.url);
  await logIn(page, 'thanh-tra', once);
  assert.equal(await heading(page), 'Đổi mật khẩu');
  await shoot(page, 'password-vi-desk');
  assert.deepEqual(await axeFindings(page), []);
  await page.goto('/audit');
  assert.equal(await heading(page), 'Đổi mật khẩu');
  const own = 'mot mat khau cua rieng toi';
  await page.fill('#f-new_password', own);
  await page.fill('#f-again', own);
  await page.click('.submit button.primary');
  await page.waitForURL('**/audit');
  world.node.accounts['thanh-tra'] = own;
  await admin.context.close();
  await context.close();
});

test('what is to be done comes first, and its button leads to the act', async (world) => {
  const { page, context } = await signedIn(world);
  await page.goto('/records/new?type=agreed_point');
  await page.fill('[name="v.text"]', 'Trao danh sách đầu mối liên lạc');
  await page.selectOption('[name="v.owner_side"]', 'ours');
  await page.fill('[name="v.due_on"]', '20/11/2025');
  await page.click('.submit button.primary');
  await page.waitForURL(/records\/[0-9a-f]{32}/);
  await page.goto('/');
  assert.equal(await heading(page), 'Việc phải làm');
  assert.match(await page.locator('.rail [aria-current] .nav-count').innerText(), /^[1-9]/);
  const row = page.locator('tr', { hasText: 'Trao danh sách đầu mối' });
  assert.match(await page.locator('section', { has: row }).locator('h2').first().innerText(), /Quá hạn/);
  assert.match(await row.innerText(), /20\/11\/2025/);
  await row.locator('a.button').click();
  await page.selectOption('[name="v.state"]', 'done');
  await page.fill('[name="v.settled_on"]', '21/11/2025');
  await page.click('.submit button.primary');
  await page.goto('/');
  assert.equal(await page.locator('tr', { hasText: 'Trao danh sách đầu mối' }).count(), 0);
  await context.close();
});

test('figures without a question open on a year that has reports, and say which', async (world) => {
  const { page, context } = await signedIn(world, { login: 'bo-heng' });
  await page.goto('/figures');
  assert.match(await page.locator('.notice').first().innerText(), /2017, năm gần nhất có báo cáo/);
  assert.ok((await page.locator('table.list tbody tr').count()) > 0);
  await context.close();
});

test('registers stand apart from activities', async (world) => {
  const { page, context } = await signedIn(world, { login: staff });
  await page.goto('/activities');
  assert.equal(await page.locator('table.list td:has-text("Kết nghĩa")').count(), 0);
  await page.goto('/activities?kind=all-registers');
  assert.equal(await heading(page), 'Danh mục, sổ theo dõi');
  assert.ok((await page.locator('table.list td:has-text("Kết nghĩa")').count()) > 0);
  await context.close();
});

test('on paper a page is its contents: no menus, no buttons, nothing cut off', async (world) => {
  const { page, context } = await signedIn(world, { login: staff });
  for (const [name, path] of [['figures', '/figures?unit=vn-bg-daklak&counterpart=Mondulkiri&from=2013&to=12/2022'], ['record', `/records/${world.made}`]]) {
    await page.goto(path);
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 720, height: 1020 });
    for (const hidden of ['.rail', '.menu', '.top-right', '.actions', '.submit', '.steps'])
      for (const one of await page.locator(hidden).all()) assert.equal(await one.isVisible(), false, `${name}: ${hidden}`);
    assert.equal(await overflows(page), false, name);
    await shoot(page, `${name}-vi-paper`);
    await page.emulateMedia({ media: 'screen' });
  }
  await context.close();
});

addPeople(test, { signedIn, heading });
addKeyboard(test, { heading });
addNodes(test, { signedIn });
addPlain(test, { heading, chooseFirstCandidate });
addFirefox(test, { heading, chooseFirstCandidate, pages });

// Every page at both sizes in both languages: nothing blocked, nothing wider than the screen, axe content.
async function pages(world) {
  const { page, context } = await signedIn(world, { login: staff });
  const first = async (list, selector) => {
    await page.goto(list);
    return page.locator(selector).first().getAttribute('href');
  };
  const record = await first('/activities?kind=talks&status=held', 'table.list tbody td:first-child a');
  const source = await first('/sources', 'table.list tbody td:first-child a');
  const unit = await first('/units', 'main a[href^="/units/"]');
  const counterpart = await first('/counterparts', 'main a[href^="/units/"]');
  await context.close();
  return [
    ['to-do', '/'], ['to-do-below', '/?below=1'], ['to-do-late', '/tasks?group=late'], ['overview', '/overview'], ['activities', '/activities'], ['activities-filtered', '/activities?kind=talks&own=dak%20lak&from=2013'],
    ['record', record], ['record-made', `/records/${world.made}`], ['edit', `/records/${world.made}/edit`], ['sources', '/sources'], ['source', source],
    ['new', '/records/new'], ['new-talks', '/records/new?type=talks'], ['figures', '/figures'], ['period', '/period'], ['account', '/account'], ['account-pin', '/account/pin'], ['account-key', '/account/key'], ['account-code', '/account/code'],
    ['standing-in', '/account/standing-in'], ['standing-in-new', '/account/standing-in/new'], ['record-print', `${record}/print`],
    ['activities-print', '/activities/print?kind=talks&from=2024'], ['units', '/units'], ['unit', unit],
    ['search', '/search?q=bi%C3%AAn%20gi%E1%BB%9Bi'], ['search-day', '/search?q=165(1)'], ['search-none', '/search?q=khong-co-xyz'], ['search-empty', '/search'],
    ['counterparts', '/counterparts'], ['views', '/views'], ['keys', '/keys'], ['activities-columns', '/activities?kind=patrol&column=patrol.when&column=patrol.lead_unit&column=patrol.km&column=patrol.persons&column=patrol.summary&column=patrol.counterpart_units&column=patrol.place&column=patrol.marker_from&column=patrol.marker_to&column=patrol.record-number'], ['work', '/work'], ['calendar', '/calendar?day=2019-11-01'], ['calendar-week', '/calendar?view=week&day=2019-11-06'],
    ['calendar-list', '/calendar?view=list&day=2019-11-01'], ['instruments', '/instruments?ever=1'],
    ['counterpart', counterpart], ['talks-sheet', `${counterpart}/sheet`], ['figures-table', '/figures?rows=kind&columns=year&from=2013&to=2022'], ['missing', '/records/00000000000000000000000000000000'],
  ];
}

async function lookAt(world, person, name, path, tag) {
  await person.page.goto(path);
  await shoot(person.page, `${name}-${tag}`);
  const findings = await axeFindings(person.page);
  if (await overflows(person.page)) findings.push('wider than the screen');
  findings.push(...person.trouble.splice(0));
  return findings.map((finding) => `${name} ${tag}: ${finding}`);
}

for (const screen of Object.keys(screens))
  for (const lang of ['vi', 'en'])
    test(`every page, ${screen}, ${lang}: axe finds nothing serious, the policy blocks nothing`, async (world) => {
      const person = await newPerson(world.browser, world.node.url, { screen });
      const tag = `${lang}-${screen}`;
      await person.page.goto(`/login?lang=${lang}`);
      const findings = await lookAt(world, person, 'login', '/login', tag);
      await logIn(person.page, staff, world.node.accounts[staff]);
      world.pages ??= await pages(world);
      for (const [name, path] of world.pages) findings.push(...(await lookAt(world, person, name, path, tag)));
      await person.page.goto('/records/new?type=talks');
      await person.page.fill('[name="v.when.from"]', '31/02/2024');
      await person.page.click('.submit button.primary');
      await shoot(person.page, `form-error-${tag}`);
      findings.push(...(await axeFindings(person.page)).map((finding) => `form-error ${tag}: ${finding}`));
      await person.context.close();
      const admin = await newPerson(world.browser, world.node.url, { screen });
      await admin.page.goto(`/login?lang=${lang}`);
      await logIn(admin.page, 'quan-tri', world.node.accounts['quan-tri']);
      for (const [name, path] of await adminPages(admin.page)) findings.push(...(await lookAt(world, admin, name, path, tag)));
      await admin.context.close();
      assert.deepEqual(findings, []);
    });

test('every page in the dark: axe finds nothing serious', async (world) => {
  const person = await newPerson(world.browser, world.node.url, { dark: true });
  await logIn(person.page, staff, world.node.accounts[staff]);
  world.pages ??= await pages(world);
  const findings = [];
  for (const [name, path] of world.pages) findings.push(...(await lookAt(world, person, name, path, 'vi-desk-dark')));
  await person.context.close();
  assert.deepEqual(findings, []);
});

addFiles(test, { signedIn, fillTalks, chooseFirstCandidate });
addImages(test, { signedIn });

// What a person has to do for a routine patrol report: inputs that he sees, and keys that he presses.
test('a routine patrol report takes twelve inputs at most, and few keys', async (world) => {
  const { page, context } = await signedIn(world, { login: 'bo-heng' });
  let keys = 0;
  const type = async (name, text) => {
    await page.focus(`[name="${name}"]`);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
    keys += text.length + 1;  // and the one that leads to the next input
  };
  await page.goto('/records/new?type=patrol');
  const inputs = await page.locator('form.entry :is(input, select, textarea):visible').count();
  assert.ok(inputs <= 12, `${inputs} inputs`);
  assert.match(await page.inputValue('[name="v.lead_unit"]'), /Bo Heng/);
  // As the last patrol: with whom, and which form.
  assert.match(await page.locator('main').innerText(), /gần nhất cùng loại/);
  assert.match(await page.inputValue('[name="v.counterpart_units.0.ref"]'), /Co Bal Dom Ray/);
  assert.equal(await page.inputValue('[name="v.sub_kind"]'), 'bilateral');
  await type('v.when.from', '19/11/2026');
  await type('v.km', '6,5');
  await type('v.persons.own', '8');
  await type('v.persons.counterpart', '8');
  await page.selectOption('[name="v.boundary_state"]', 'unchanged');
  await type('v.summary', 'Đường biên, mốc giữ nguyên trạng');
  await page.keyboard.press('Tab');  // past the photographs, which may be left out
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  keys += 5;  // two for the choice
  await page.waitForURL(/records\/[0-9a-f]{32}/);
  assert.ok(keys <= 80, `${keys} keys: more than a minute`);
  const facts = await page.locator('main').innerText();
  for (const wanted of [/19\/11\/2026/, /6,5/, /Co Bal Dom Ray/, /song phương/]) assert.match(facts, wanted);
  // The next begins as this one, without its day, its numbers and its findings.
  await page.goto('/records/new?type=patrol');
  for (const name of ['v.when.from', 'v.km', 'v.persons.own', 'v.boundary_state', 'v.summary'])
    assert.equal(await page.inputValue(`[name="${name}"]`), '', name);
  await page.goto('/records/new?type=patrol&empty=1');
  assert.equal(await page.inputValue('[name="v.counterpart_units.0.ref"]'), '');
  await context.close();
});

test('the whole form keeps what the short one had, and an error outside the short one brings it', async (world) => {
  const { page, context } = await signedIn(world, { login: 'bo-heng' });
  await page.goto('/records/new?type=patrol');
  await page.fill('[name="v.km"]', '7,25');
  await page.click('form.entry button[name=whole]');
  assert.equal(await page.inputValue('[name="v.km"]'), '7,25');
  assert.ok((await page.locator('form.entry fieldset, form.entry details.fieldset').count()) > 5);
  await page.fill('[name="v.when.to"]', 'hôm kia');
  await page.click('form.entry .submit button.primary');
  assert.equal(await page.locator('form.entry button[name=whole]').count(), 0);
  assert.equal(await page.inputValue('[name="v.km"]'), '7,25');
  assert.equal(await page.inputValue('[name="v.when.to"]'), 'hôm kia');
  await context.close();
});

test('what is typed outlives a closed tab, by itself; saving ends the draft', async (world) => {
  const { page, context } = await signedIn(world);
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await fillTalks(page, '07/05/2026');
  await page.fill('[name="v.summary"]', 'đang gõ dở');
  await page.locator('#draft-state', { hasText: 'Đã giữ nháp' }).waitFor();
  await page.close();
  const again = await context.newPage();
  await again.goto('/');
  await again.click('text=Lập mới: Hội đàm');
  assert.equal(await again.inputValue('[name="v.summary"]'), 'đang gõ dở');
  assert.match(await again.locator('.notice.accent').innerText(), /bản nháp đồng chí đã giữ/);
  await chooseFirstCandidate(again, 'v.counterpart_units.0.ref');
  await again.click('form.entry .submit button.primary');
  await again.waitForURL(/records\/[0-9a-f]{32}/);
  await again.goto('/records/new?type=talks');
  assert.equal(await again.inputValue('[name="v.summary"]'), '');
  assert.deepEqual(complaints, []);
  await context.close();
});

async function main() {
  const wanted = process.argv[2] ?? '';
  const world = { node: await startNode(), browser: await openBrowser() };
  let passed = 0, failed = 0;
  for (const { name, body } of tests.filter((one) => wanted.split('|').some((part) => one.name.includes(part)))) {
    try {
      await body(world);
      console.log(`ok      ${name}`);
      ++passed;
    } catch (error) {
      console.log(`FAILED  ${name}\n${String(error?.stack ?? error)}`);
      ++failed;
    }
  }
  await world.browser.close();
  await world.node.stop();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error);
  console.log('0 passed, 1 failed');
  process.exit(1);
});
