// The pictures of the README, taken from the demo: NHIPCAU_IMAGES=docs/images writes them anew, otherwise they are only taken
// and compared with what is there: each page that the README shows still exists and has its picture.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from './node.mjs';

const folder = join(projectDir, 'docs/images');
const bytesMax = 1_500_000;  // of all pictures together: they travel with every clone

const first = async (page, list, selector) => {
  await page.goto(list);
  return page.locator(selector).first().getAttribute('href');
};

// Name of the file, who looks, how wide, and where.
export const pictures = [
  ['overview', 'dak-lak', 'desk', async () => '/overview'],
  ['activities', 'toan-quoc', 'desk', async () => '/activities?kind=talks'],
  ['record', 'toan-quoc', 'desk', (page) => first(page, '/activities?kind=talks&status=held', 'table.list tbody td:first-child a')],
  ['new-patrol', 'bo-heng', 'desk', async () => '/records/new?type=patrol'],
  ['calendar', 'toan-quoc', 'desk', async () => '/calendar?day=2025-11-01'],
  ['calendar-phone', 'toan-quoc', 'phone', async () => '/calendar?day=2025-11-01'],
  ['counterpart', 'toan-quoc', 'desk', (page) => first(page, '/counterparts?q=mondulkiri%20cong%20an', 'main a[href^="/units/"]')],
  ['figures', 'toan-quoc', 'desk', async () => '/figures?unit=vn-bg-daklak&counterpart=Mondulkiri&from=2013&to=12/2022'],
  ['figures-table', 'toan-quoc', 'desk', async () => '/figures?rows=kind&columns=year&from=2013&to=2022'],
  ['instruments', 'toan-quoc', 'desk', async () => '/instruments?ever=1'],
];

export function addImages(test, { signedIn }) {
  test('the ten pictures of the README are of pages that exist', async (world) => {
    const into = process.env.NHIPCAU_IMAGES ?? join(projectDir, 'build/screenshots/readme');
    mkdirSync(into, { recursive: true });
    const readmes = ['README.md', 'README.vi.md'].map((name) => readFileSync(join(projectDir, name), 'utf8'));
    for (const [name, login, screen, address] of pictures) {
      const { page, context } = await signedIn(world, { login, screen });
      const response = await page.goto(await address(page));
      assert.equal(response.status(), 200, name);
      await page.screenshot({ path: join(into, `${name}.png`) });
      await context.close();
      assert.ok(existsSync(join(folder, `${name}.png`)), `docs/images/${name}.png is missing: NHIPCAU_IMAGES=docs/images makes it`);
      for (const text of readmes) assert.ok(text.includes(`docs/images/${name}.png`), `${name} stands in no README`);
    }
    const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    assert.ok(bytes < bytesMax, `${bytes} bytes of pictures`);
  });
}
