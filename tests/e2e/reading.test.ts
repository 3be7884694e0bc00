import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { KIB } from '#protocol/limits.ts';
import { Chromium } from '../support/chromium.ts';
import { layoutShift, loaded } from '../support/page-weight.ts';
import { TestServer } from '../support/server.ts';

const CHAPTER = '/chapters/unraveling-one-person-ops/';
const STOPS = ['monday', 'knots', 'map', 'turn'];

let server: TestServer;
let chromium: Chromium;
beforeAll(async () => {
  server = await TestServer.start();
  chromium = await Chromium.launch();
});
afterEach(({ task }) => chromium.judge(task));
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

it('E2E-6 the chapter is complete without JavaScript: stops, a question each, words, notes, sources', async () => {
  await using reader = await chromium.visitor({ origin: server.origin, script: false });
  const { page } = reader;
  await page.goto(CHAPTER);
  expect(await page.locator('.stop').evaluateAll((stops) => stops.map((stop) => stop.id))).toEqual(STOPS);
  for (const id of STOPS) expect(await page.locator(`#${id} .question`).count(), id).toBeGreaterThan(0);
  expect(await page.locator('.prose').innerText()).toContain('結び目は 4 つある');
  await page.locator('.host-notes summary').click();
  expect(await page.locator('.host-notes-body').isVisible()).toBe(true);
  for (const heading of ['ことば', '進行メモ', '出典']) {
    expect(await page.getByRole('heading', { name: heading }).count(), heading).toBeGreaterThan(0);
  }
});

it.each([
  [CHAPTER, 60 * KIB, 10 * KIB],
  [`/en${CHAPTER}`, 60 * KIB, 10 * KIB],
])('E2E-7 %s fits its budget of bytes, and does not move while it loads', async (path, bytes, script) => {
  await using reader = await chromium.visitor({ origin: server.origin });
  const { page } = reader;
  const shift = await layoutShift(page);
  await page.goto(path, { waitUntil: 'networkidle' });
  const weight = await loaded(page);
  expect(weight.script).toBeGreaterThan(0);
  expect(weight.all).toBeGreaterThan(weight.script);
  expect(weight.all).toBeLessThanOrEqual(bytes);
  expect(weight.script).toBeLessThanOrEqual(script);
  expect(weight.foreign).toEqual([]);
  expect(await shift()).toBeLessThan(0.02);
});

it('E2E-8 on paper the facilitator’s notes are open, and what only a screen needs is gone', async () => {
  await using reader = await chromium.visitor({ origin: server.origin });
  const { page } = reader;
  await page.goto(CHAPTER, { waitUntil: 'networkidle' });
  expect(await page.locator('.host-notes-body').isVisible()).toBe(false);
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  expect(await page.locator('.host-notes-body').isVisible()).toBe(true);
  for (const part of ['.site-nav', '.site-tools', '.chapter-tools']) {
    expect(await page.locator(part).isVisible(), part).toBe(false);
  }
  expect(await page.locator('#turn').isVisible()).toBe(true);
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  await page.emulateMedia({ media: 'screen' });
  expect(await page.locator('.host-notes-body').isVisible()).toBe(false);
});

it('E2E-9 the English mirror is one click away, and has the same stops', async () => {
  await using reader = await chromium.visitor({ origin: server.origin });
  const { page } = reader;
  await page.goto(`${CHAPTER}#knots`);
  await page.getByRole('link', { name: 'English' }).click();
  await page.waitForURL(`${server.origin}/en${CHAPTER}#knots`);
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  expect(await page.locator('.stop').evaluateAll((stops) => stops.map((stop) => stop.id))).toEqual(STOPS);
});
