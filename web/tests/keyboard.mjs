// Everything by keyboard alone: every place of the rail reached and used with Tab, Enter, Space and the arrows; the focus seen at each
// step and going down the page; the link that skips the rail.
import assert from 'node:assert/strict';
import { newPerson } from './browser.mjs';

// What has the focus: its name to the eye, where it stands, and whether it can be seen that it has it.
const focused = (page) => page.evaluate(() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  return {
    text: (one.getAttribute('aria-label') ?? (one.labels?.[0] ?? one).textContent ?? '').trim().replace(/\s+/g, ' '),
    tag: one.tagName.toLowerCase(), name: one.name ?? '', value: one.value ?? '', href: one.getAttribute('href') ?? '', id: one.id, type: one.type ?? '',
    inRail: one.closest('.rail') !== null, inMain: one.closest('main') !== null, inTop: one.closest('.top') !== null,
    top: box.top + scrollY, left: box.left, visible: box.width > 0 && box.height > 0 && style.visibility !== 'hidden', ring,
  };
});

// Presses Tab (or Shift+Tab) until `wanted` says yes of what has the focus; every stop on the way has to be seen.
async function tabTo(page, what, wanted, { back = false, most = 250 } = {}) {
  for (let i = 0; i < most; ++i) {
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    const now = await focused(page);
    if (!now) continue;
    assert.ok(now.visible, `on the way to ${what} the focus is on something that cannot be seen: ${JSON.stringify(now)}`);
    assert.ok(now.ring || now.tag === 'main', `on the way to ${what} it cannot be seen that this has the focus: ${JSON.stringify(now)}`);
    if (wanted(now)) return now;
  }
  throw new Error(`${what} was not reached by Tab on ${page.url()}`);
}

const press = async (page, key = 'Enter') => {
  await Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);
};

// By the keys alone to a place of the rail.
async function toPlace(page, label) {
  await tabTo(page, label, (now) => now.inRail && now.text.startsWith(label));
  await press(page);
  assert.match(await page.locator('.rail [aria-current="page"]').first().innerText(), new RegExp(label));
}

// Chooses an option of the list that has the focus, with the arrow keys.
async function chooseByKeys(page, value) {
  for (let i = 0; i < 80 && (await focused(page)).value !== value; ++i) await page.keyboard.press('ArrowDown');
  assert.equal((await focused(page)).value, value);
}

async function logInByKeys(page, login, password) {
  await page.goto('/login');
  assert.equal((await focused(page)).id, 'f-login', 'the cursor stands in the first field');
  await page.keyboard.type(login);
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await press(page);
}

export function addKeyboard(test, { heading }) {
  const entering = 'dak-lak', staff = 'toan-quoc', administrator = 'quan-tri', inspector = 'thanh-tra';
  async function byKeys(world, login) {
    const person = await newPerson(world.browser, world.node.url);
    await logInByKeys(person.page, login, world.node.accounts[login]);
    return person;
  }

  test('keyboard: every place of the rail is reached and opened, for everybody', async (world) => {
    for (const login of [staff, administrator, inspector]) {
      const { page, context } = await byKeys(world, login);
      const places = await page.locator('.rail a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
      assert.ok(places.length >= 2, `${login}: ${places}`);
      for (const place of places) {
        await tabTo(page, place, (now) => now.inRail && now.href === place);
        await press(page);
        assert.equal(new URL(page.url()).pathname, place.split('?')[0], login);
        assert.equal(await page.locator('main h1').count(), 1, place);
      }
      await context.close();
    }
  });

  test('keyboard: the first stop skips the rail; stops follow the page from the top down', async (world) => {
    const { page, context } = await byKeys(world, staff);
    for (const path of ['/', '/overview', '/activities', '/figures', '/units', '/calendar', '/instruments', '/counterparts', '/sources']) {
      await page.goto(path);
      await page.keyboard.press('Tab');
      const skip = await focused(page);
      assert.equal(skip.href, '#main', `${path}: ${JSON.stringify(skip)}`);
      assert.ok(skip.top >= 0, `${path}: the link is in view while it has the focus`);
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      const first = await focused(page);
      assert.ok(first.inMain, `${path}: the rail is skipped, and not ${JSON.stringify(first)}`);
      // The order of reading: no stop lies far above the one before it, and what follows the last leaves the page.
      let before = first;
      for (let i = 0; i < 60; ++i) {
        await page.keyboard.press('Tab');
        const now = await focused(page);
        if (!now || !now.inMain) break;
        assert.ok(now.ring, `${path}: ${JSON.stringify(now)}`);
        assert.ok(now.top > before.top - 60 || now.left > before.left, `${path}: ${JSON.stringify(before)} leads up to ${JSON.stringify(now)}`);
        before = now;
      }
    }
    await context.close();
  });

  test('keyboard: the list is filtered, sorted, paged on, and a record of it opened', async (world) => {
    const { page, context } = await byKeys(world, staff);
    await toPlace(page, 'Hoạt động đối ngoại');
    await tabTo(page, 'the filters', (now) => now.tag === 'summary' && now.text === 'Bộ lọc');
    await page.keyboard.press('Enter');
    await tabTo(page, 'the kind', (now) => now.name === 'kind');
    await chooseByKeys(page, 'talks');
    await tabTo(page, 'the first day', (now) => now.name === 'from');
    await page.keyboard.type('2013');
    await press(page);
    assert.match(page.url(), /kind=talks/);
    assert.match(page.url(), /from=2013/);
    await tabTo(page, 'the heading that sorts', (now) => now.href.includes('sort=oldest'));
    await press(page);
    assert.equal(await page.locator('th[aria-sort="ascending"]').count(), 1);
    await page.goto('/activities');
    await tabTo(page, 'the next page', (now) => now.href.includes('after='));
    await press(page);
    assert.match(page.url(), /after=/);
    const record = await tabTo(page, 'a record', (now) => now.href.startsWith('/records/') && now.inMain && !now.href.includes('new'));
    await press(page);
    assert.equal(new URL(page.url()).pathname, record.href);
    await context.close();
  });

  test('keyboard: single keys lead to the search, to a new record, to the keys; nothing happens while one types', async (world) => {
    const { page, context, trouble } = await byKeys(world, entering);
    await page.goto('/overview');
    await page.keyboard.press('/');
    assert.equal((await focused(page)).id, 'search-box');
    await page.keyboard.type('n?/');
    assert.equal(await page.inputValue('#search-box'), 'n?/');
    assert.equal(new URL(page.url()).pathname, '/overview');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('Control+/');
    assert.equal(await focused(page), null, 'with Ctrl it is another key');
    await press(page, 'n');
    assert.equal(new URL(page.url()).pathname, '/records/new');
    await press(page, '?');
    assert.equal(new URL(page.url()).pathname, '/keys');
    assert.match(await page.locator('main').innerText(), /n\s+lập bản ghi mới/);
    // A form that is being filled in stays; the other page opens beside it.
    await page.goto('/records/new?type=talks');
    await page.fill('[name="v.place.text"]', 'gõ dở');
    await page.keyboard.type('n?');
    assert.equal(await page.inputValue('[name="v.place.text"]'), 'gõ dởn?');
    await page.evaluate(() => document.activeElement.blur());
    for (const [key, path] of [['?', '/keys'], ['n', '/records/new']]) {
      const [beside] = await Promise.all([context.waitForEvent('page'), page.keyboard.press(key)]);
      await beside.waitForLoadState();
      assert.equal(new URL(beside.url()).pathname, path);
      await beside.close();
    }
    assert.equal(await page.inputValue('[name="v.place.text"]'), 'gõ dởn?');
    await page.goto('/keys');
    await tabTo(page, 'turn them off', (now) => now.inMain && now.tag === 'button');
    await press(page);
    await page.keyboard.press('n');
    await page.keyboard.press('/');
    assert.equal(new URL(page.url()).pathname, '/keys');
    assert.notEqual((await focused(page))?.id, 'search-box');
    await tabTo(page, 'turn them on', (now) => now.inMain && now.tag === 'button');
    await press(page);
    await press(page, 'n');
    assert.deepEqual(trouble, []);
    await context.close();
  });

  test('keyboard: a record is made, amended, declared void with its reason, restored, handed in', async (world) => {
    const { page, context } = await byKeys(world, entering);
    await toPlace(page, 'Hoạt động đối ngoại');
    await tabTo(page, 'a new record', (now) => now.href.startsWith('/records/new'));
    await press(page);
    await tabTo(page, 'talks', (now) => now.href.endsWith('type=talks'));
    await press(page);
    const put = async (name, text) => {
      await tabTo(page, name, (now) => now.name === name);
      await page.keyboard.press('Control+A');
      await page.keyboard.type(text);
    };
    await put('v.when.from', '17/06/2026');
    await tabTo(page, 'the sub-kind', (now) => now.name === 'v.sub_kind');
    await chooseByKeys(page, 'periodic');
    await tabTo(page, 'the level', (now) => now.name === 'v.level');
    await chooseByKeys(page, 'province');
    const unit = await page.locator('datalist#list-counterpart option[value*="Mondulkiri"]').first().getAttribute('value');
    await put('v.counterpart_units.0.ref', unit);
    await page.keyboard.press('Escape');
    await put('v.place.text', 'Nơi gõ bằng phím');
    await tabTo(page, 'save', (now) => now.inMain && now.tag === 'button' && now.text === 'Lưu');
    await press(page);
    assert.match(page.url(), /records\/[0-9a-f]{32}/, (await page.locator('main').innerText()).slice(0, 500));
    const made = new URL(page.url()).pathname;
    await tabTo(page, 'amend', (now) => now.href.endsWith('/edit'));
    await press(page);
    await put('v.place.text', 'Nơi sửa bằng phím');
    await press(page);
    assert.equal(new URL(page.url()).pathname, made);
    assert.match(await page.locator('main').innerText(), /Nơi sửa bằng phím/);
    await tabTo(page, 'void', (now) => now.tag === 'summary' && now.text.startsWith('Hủy bản ghi'));
    await page.keyboard.press('Enter');
    await tabTo(page, 'the reason', (now) => now.name === 'reason');
    await page.keyboard.type('nhập để thử bàn phím');
    await press(page);
    assert.match(await page.locator('ol.timeline li').first().innerText(), /nhập để thử bàn phím/);
    await tabTo(page, 'restore', (now) => now.tag === 'summary' && now.text.startsWith('Khôi phục'));
    await page.keyboard.press('Enter');
    await tabTo(page, 'the reason', (now) => now.name === 'reason');
    await page.keyboard.type('để trình');
    await press(page);
    await tabTo(page, 'hand in', (now) => now.tag === 'button' && now.text === 'Trình');
    await press(page);
    assert.match(await page.locator('ol.timeline li').first().innerText(), /Trình/);
    await context.close();
  });

  test('keyboard: figures are asked as a table, and a number leads to its records', async (world) => {
    const { page, context } = await byKeys(world, staff);
    await toPlace(page, 'Số liệu');
    await tabTo(page, 'the first day', (now) => now.name === 'from');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('2013');
    await tabTo(page, 'the last day', (now) => now.name === 'to');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('2022');
    await tabTo(page, 'more of the question', (now) => now.tag === 'summary' && now.text.includes('bảng'));
    if (!(await page.locator('[name="rows"]').isVisible())) await page.keyboard.press('Enter');
    await tabTo(page, 'the rows', (now) => now.name === 'rows');
    await chooseByKeys(page, 'kind');
    await tabTo(page, 'the columns', (now) => now.name === 'columns');
    await chooseByKeys(page, 'year');
    await tabTo(page, 'ask', (now) => now.tag === 'button' && now.text === 'Lập số liệu');
    await press(page);
    const cell = await tabTo(page, 'a number', (now) => now.inMain && now.href.startsWith('/figures/'));
    await press(page);
    assert.equal(new URL(page.url()).pathname, new URL(cell.href, page.url()).pathname);
    await tabTo(page, 'a record behind it', (now) => now.href.startsWith('/records/') && !now.href.includes('/new'));
    await press(page);
    assert.ok((await page.locator('dl.facts').count()) > 0);
    await context.close();
  });

  test('keyboard: the calendar changes month and view; "/" searches from anywhere', async (world) => {
    const { page, context } = await byKeys(world, staff);
    await toPlace(page, 'Lịch');
    const month = () => page.locator('main h2').first().innerText();
    const now = await month();
    await tabTo(page, 'the month before', (one) => one.inMain && one.text.includes('Trước'));
    await press(page);
    assert.notEqual(await month(), now);
    await tabTo(page, 'the list', (one) => one.href.includes('view=list'));
    await press(page);
    assert.match(page.url(), /view=list/);
    await page.keyboard.press('/');
    assert.equal((await focused(page)).id, 'search-box');
    await page.keyboard.type('quý 4/2019');
    await press(page);
    await tabTo(page, 'the days', (one) => one.href.startsWith('/activities?from=2019-10-01'));
    await press(page);
    assert.match(page.url(), /to=2019-12-31/);
    assert.equal(await heading(page), 'Hoạt động đối ngoại');
    await context.close();
  });

  test('keyboard: units, counterparts, instruments and sources are opened and left again', async (world) => {
    const { page, context } = await byKeys(world, staff);
    for (const [place, wanted] of [['Đơn vị ta', '/units/'], ['Phía bạn', '/units/'], ['Nguồn', '/sources/']]) {
      await toPlace(page, place);
      if (place === 'Phía bạn') {  // by country, folded
        await tabTo(page, 'Campuchia', (now) => now.tag === 'summary' && now.text.startsWith('Campuchia'));
        await page.keyboard.press('Enter');
      }
      const to = await tabTo(page, wanted, (now) => now.inMain && now.href.startsWith(wanted));
      await press(page);
      assert.equal(new URL(page.url()).pathname, to.href.split('?')[0]);
    }
    await context.close();
  });
}
