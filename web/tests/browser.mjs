// Chromium with what every test wants: nothing blocked by the policy unseen, axe, screenshots.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import playwright from 'playwright-core';
import { projectDir } from './node.mjs';

export const screens = { desk: { width: 1366, height: 768 }, phone: { width: 390, height: 844 } };
const shots = join(projectDir, 'build/screenshots');

export async function openBrowser() {
  mkdirSync(shots, { recursive: true });
  return playwright.chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

// Firefox as Debian has it, by WebDriver BiDi, which Playwright speaks to an unchanged Firefox.
export async function openFirefox() {
  mkdirSync(shots, { recursive: true });
  return playwright._bidiFirefox.launch({ executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', headless: true });
}

// A page of a person with cookies of his own. `trouble` fills with what the console says against us.
export async function newPerson(browser, url, { screen = 'desk', script = true, dark = false } = {}) {
  const context = await browser.newContext({
    viewport: screens[screen], baseURL: url, javaScriptEnabled: script,
    colorScheme: dark ? 'dark' : 'light' });
  context.setDefaultTimeout(15000);
  const page = await context.newPage();
  const trouble = [];
  // A status of 4xx is told to the console as an error; tests look at the status themselves.
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !/status of 4\d\d/.test(message.text())) trouble.push(message.text());
  });
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    if (why !== 'NS_BINDING_ABORTED') trouble.push(`${request.url()} ${why}`);  // Firefox: its page was left, which blocks nothing
  });
  return { context, page, trouble };
}

export async function logIn(page, login, password) {
  await page.goto('/login');
  await page.fill('#f-login', login);
  await page.fill('#f-password', password);
  await page.click('main button.primary');
}

// Serious and critical findings of axe, one line each.
export async function axeFindings(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

// Whether the page is wider than the screen.
export async function overflows(page) {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}

export async function shoot(page, name) {
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}
