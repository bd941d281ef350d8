// People on the pages: accounts and their rights, standing in, the authenticator, personal data, what leaves on paper.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { axeFindings, logIn, newPerson, overflows, shoot } from './browser.mjs';
import { passphrase } from './node.mjs';

const administrator = 'quan-tri', commander = 'chi-huy', custodian = 'giu-ho-so', second = 'phe-duyet', deputy = 'dak-lak', staff = 'toan-quoc';

// What an authenticator shows that was given this key (RFC 6238).
function codeNow(key, more = 0) {
  const bits = [...key.replaceAll(' ', '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + more));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1000000).padStart(6, '0');
}

const dayText = (more) => {
  const day = new Date(Date.now() + more * 86400000);
  return `${String(day.getDate()).padStart(2, '0')}/${String(day.getMonth() + 1).padStart(2, '0')}/${day.getFullYear()}`;
};

export function addPeople(test, { signedIn, heading }) {
  // What a page looks like at both sizes, and what axe says.
  async function look(page, name) {
    for (const [screen, size] of [['phone', { width: 390, height: 844 }], ['desk', { width: 1366, height: 768 }]]) {
      await page.setViewportSize(size);
      await shoot(page, `${name}-vi-${screen}`);
      assert.equal(await overflows(page), false, `${name} ${screen} is wider than the screen`);
      assert.deepEqual(await axeFindings(page), [], `${name} ${screen}`);
    }
  }

  test('an account is made, gets a role for some days, loses it, is closed', async (world) => {
    const admin = await signedIn(world, { login: administrator });
    const { page } = admin;
    await page.goto('/admin');
    await look(page, 'admin');
    await page.click('a:has-text("Lập tài khoản")');
    await look(page, 'admin-new');
    await page.fill('#f-login', 'truc ban');
    await page.click('.submit button.primary');
    assert.match(await page.locator('#f-login-error').innerText(), /không dấu/);
    await look(page, 'admin-new-errors');
    await page.fill('#f-login', 'truc-ban-moi');
    await page.fill('#f-display', 'Trực ban Bo Heng');
    await page.fill('#f-unit', 'vn-post-boheng');
    await page.selectOption('#f-role', 'duty_officer');
    await page.fill('#f-scope', 'vn-post-boheng');
    await page.fill('#f-password', world.node.accounts[administrator]);
    await page.click('.submit button.primary');
    world.node.accounts['truc-ban-moi'] = (await page.locator('.notice.good').innerText()).match(/: ([a-z0-9-]{19})/)[1];
    await look(page, 'admin-made');
    await page.click('a:has-text("Đến tài khoản")');
    await page.click('a:has-text("Giao vai trò")');
    await page.selectOption('#f-role', 'inspector');
    await page.selectOption('#f-line', 'guidance');
    await page.fill('#f-until', dayText(30));
    await look(page, 'admin-grant');
    await page.click('.submit button.primary');
    assert.match(await page.locator('main').innerText(), /Thanh tra[^]*tuyến chỉ đạo nghiệp vụ/);
    await look(page, 'admin-account');
    await page.locator('tr', { hasText: 'Thanh tra' }).locator('a:has-text("Thôi giao")').click();
    await look(page, 'admin-end-grant');
    await page.click('.submit button.primary');
    assert.doesNotMatch(await page.locator('table.list').first().innerText(), /Thanh tra[^]*đang có hiệu lực/);
    await page.click('button[value=close]');
    assert.match(await page.locator('main').innerText(), /đã khóa/);
    const { page: other, context } = await newPerson(world.browser, world.node.url);
    await logIn(other, 'truc-ban-moi', world.node.accounts['truc-ban-moi']);
    assert.match(await other.locator('[role=alert]').innerText(), /không đúng/);
    await page.click('button[value=open]');
    await logIn(other, 'truc-ban-moi', world.node.accounts['truc-ban-moi']);
    assert.equal(await heading(other), 'Đổi mật khẩu');
    assert.deepEqual(admin.trouble, []);
    await admin.context.close();
    await context.close();
  });

  test('a role is handed over with a signature, seen by both, ended early', async (world) => {
    const one = await signedIn(world, { login: commander });
    const { page } = one;
    await page.goto('/account/standing-in/new');
    await page.fill('#f-to', deputy);
    await page.fill('#f-from', dayText(0));
    await page.fill('#f-until', dayText(2));
    await page.fill('#f-reason', 'đi công tác');
    await look(page, 'standing-in-new');
    await page.fill('#f-password', world.node.accounts[commander]);
    await page.fill('#f-passphrase', passphrase);
    await page.click('.submit button.primary');
    await page.waitForURL(/done=handed-over$/);
    await look(page, 'standing-in');
    const other = await signedIn(world, { login: deputy });
    await other.page.goto('/');
    assert.match(await other.page.locator('main').innerText(), /đang làm thay Chỉ huy/);
    await look(other.page, 'overview-standing-in');
    await other.page.goto('/account/standing-in');
    await other.page.click('table.list a:has-text("Thôi sớm")');
    await look(other.page, 'standing-in-end');
    await other.page.fill('#f-reason', 'đã về');
    await other.page.click('.submit button:has-text("Thôi ngay")');
    await other.page.waitForURL(/done=handed-back$/);
    assert.deepEqual([...one.trouble, ...other.trouble], []);
    await one.context.close();
    await other.context.close();
  });

  test('an authenticator is enrolled, asked at log-in, taken away by the administrator and told', async (world) => {
    const login = 'bo-heng';
    const first = await signedIn(world, { login });
    await first.page.goto('/account/code');
    await look(first.page, 'code-none');
    await first.page.fill('#f-password', world.node.accounts[login]);
    await first.page.click('.submit button.primary');
    const key = await first.page.locator('.guide code').innerText();
    assert.equal(key.replaceAll(' ', '').length, 32);
    await look(first.page, 'code-scan');
    await first.page.fill('#f-code', codeNow(key));
    await first.page.click('.submit button.primary');
    assert.equal(await first.page.locator('ol.codes li').count(), 10);
    const recovery = await first.page.locator('ol.codes li').first().innerText();
    await look(first.page, 'code-recovery');
    assert.deepEqual(first.trouble, []);
    await first.context.close();
    const next = await newPerson(world.browser, world.node.url);
    await logIn(next.page, login, world.node.accounts[login]);
    assert.equal(await heading(next.page), 'Còn một bước nữa');
    await look(next.page, 'code-asked');
    await next.page.fill('#f-code', codeNow(key, -5));
    await next.page.click('.submit button.primary');
    assert.match(await next.page.locator('[role=alert]').innerText(), /không đúng/);
    await next.page.fill('#f-code', recovery);
    await next.page.click('.submit button.primary');
    assert.equal(await heading(next.page), 'Việc phải làm');
    await next.page.goto('/account/code');
    await look(next.page, 'code-in-use');
    const admin = await signedIn(world, { login: administrator });
    await admin.page.goto('/admin');
    await admin.page.click(`table.list a:text-is("${login}")`);
    await admin.page.fill('#f-password', world.node.accounts[administrator]);
    await admin.page.click('button[value=no-code]');
    await admin.page.waitForURL(/done=code-removed$/);
    await next.page.goto('/');
    assert.match(await next.page.locator('main').innerText(), /đã bị gỡ/);
    await look(next.page, 'code-told');
    await admin.context.close();
    await next.context.close();
  });

  test('personal data are read for a purpose and erased by two; the inspector sees who read', async (world) => {
    const name = 'Nguyễn Thị Thử';
    const keeper = await signedIn(world, { login: custodian });
    const { page } = keeper;
    await page.goto('/records/new?type=pupil');
    await page.fill('[name="v.code"]', 'HS-2026-01');
    const folded = page.locator('main details.fieldset:not([open]) > summary');
    while (await folded.count()) await folded.first().click();
    await page.selectOption('[name="v.consent_support"]', 'both');
    await page.fill('[name="v.person_name"]', name);
    await look(page, 'new-pupil');
    await page.click('.submit button.primary');
    await page.waitForURL(/done=created$/);
    const record = new URL(page.url()).pathname;
    assert.doesNotMatch(await page.content(), /Thị Thử/);
    await look(page, 'record-personal');
    await page.selectOption('#f-purpose', 'visit');
    await page.fill('#f-more', 'kế hoạch quý IV');
    await page.click('.submit button:has-text("Xem cho mục đích này")');
    assert.match(await page.locator('main').innerText(), /Nguyễn Thị Thử/);
    await look(page, 'personal-read');
    for (const login of [custodian, second]) {
      const person = login === custodian ? keeper : await signedIn(world, { login });
      await person.page.goto(`${record}/erase`);
      if (login === second) await look(person.page, 'erase-second');
      await person.page.fill('#f-reason', 'hết thời hạn lưu');
      if (await person.page.locator('#f-password').count()) await person.page.fill('#f-password', world.node.accounts[login]);
      await person.page.fill('#f-passphrase', passphrase);
      await person.page.click('.submit button.primary');
      await person.page.waitForURL(/done=erase/);
      if (login === second) await look(person.page, 'record-erased');
      assert.deepEqual(person.trouble, []);
      if (login === second) await person.context.close();
    }
    await page.goto(record);
    assert.match(await page.locator('main').innerText(), /đã xóa ở 1\/1 nơi giữ/);
    await keeper.context.close();
    const inspector = await signedIn(world, { login: 'thanh-tra' });
    await inspector.page.goto('/audit?action=read-personal');
    assert.match(await inspector.page.locator('table.list').innerText(), /kế hoạch quý IV/);
    await inspector.context.close();
  });

  test('a record and a list on paper and in a file are written down', async (world) => {
    const { page, context, trouble } = await signedIn(world, { login: staff });
    await page.goto('/activities?kind=talks&status=held');
    await page.click('.actions a:text-is("In")');
    await look(page, 'activities-print');
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 720, height: 1020 });
    await shoot(page, 'activities-print-vi-paper');
    assert.equal(await overflows(page), false);
    await page.emulateMedia({ media: 'screen' });
    await page.locator('table.list tbody a').first().click();
    await page.click('.actions a:text-is("In")');
    await look(page, 'record-print');
    await page.goto('/activities?kind=talks&from=2020');
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('.actions a:has-text("Xuất CSV")')]);
    assert.match(file.suggestedFilename(), /^nhip-cau-\d{4}-\d\d-\d\d\.csv$/);
    assert.deepEqual(trouble.filter((line) => !/ERR_ABORTED/.test(line)), []);
    await context.close();
    const inspector = await signedIn(world, { login: 'thanh-tra' });
    await inspector.page.goto('/audit?action=print');
    assert.ok(await inspector.page.locator('table.list tbody tr').count() >= 2);
    await inspector.page.goto('/audit?action=export');
    // The list went out here, and may have gone out in tests before.
    assert.ok(await inspector.page.locator('table.list tbody tr').count() >= 1);
    await inspector.context.close();
  });
}
