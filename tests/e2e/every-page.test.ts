import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations, Chromium, type Visitor } from '../support/chromium.ts';
import { LAB, LabPage, says, startLab } from '../support/lab-page.ts';
import { TestServer } from '../support/server.ts';

const CHAPTER = '/chapters/unraveling-one-person-ops/';
const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1440, height: 900 };

let server: TestServer;
let chromium: Chromium;
let owner: Visitor;
let alone: Visitor;
let mob: string;
let solo: string;
let teamLink: string;
beforeAll(async () => {
  server = await TestServer.start();
  chromium = await Chromium.launch();
  owner = await chromium.visitor({ origin: server.origin });
  await owner.page.goto(server.ownerLink);
  await owner.page.getByLabel('呼び名').fill('安');
  await owner.page.keyboard.press('Enter');
  await owner.page.waitForURL(`${server.origin}/`);
  await owner.page.goto('/team/');
  await owner.page.getByRole('button', { name: 'リンクを作る' }).click();
  teamLink = await owner.page.locator('.link-card input').inputValue();
  await owner.page.goto('/map/');
  await owner.page.getByLabel('ここにない作業').fill('証明書の更新');
  await owner.page.keyboard.press('Enter');
  await owner.page.getByLabel('何ができるようになるとよいか').fill('ログ調査を、もうひとりができる');
  await owner.page.getByRole('button', { name: '焦点を保存する' }).click();
  await says(owner.page.locator('.focus-form'), '保存しました');
  await owner.page.goto(`/labs/${LAB}/?mob`);
  const room = new LabPage(owner.page);
  await room.dialog().waitFor();
  mob = new URL(owner.page.url()).pathname;
  await owner.page.keyboard.press('Escape');
  await room.run('aws ecs update-service --cluster a --service b --desired-count 0; clear');
  alone = await chromium.visitor({ origin: server.origin });
  await startLab(alone.page, '試す人');
  solo = new URL(alone.page.url()).pathname;
});
afterEach(({ task }) => chromium.judge(task));
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe.each(['ja', 'en'] as const)('in %s', (lang) => {
  const prefix = lang === 'en' ? '/en' : '';
  let visitor: Visitor;
  let page: Page;
  beforeAll(async () => {
    visitor = await chromium.visitor({ origin: server.origin });
    page = visitor.page;
  });
  afterAll(() => visitor[Symbol.asyncDispose]());

  const actAs = async (person: Visitor) => visitor.context.addCookies(await person.context.cookies());

  /** All of axe in the light and what changes in the dark; then nothing wider than the window of a phone. */
  async function expectGood(place: string): Promise<void> {
    expect.soft(await axeViolations(page), `axe at ${place}`).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect.soft(await axeViolations(page, ['color-contrast']), `axe at ${place} in the dark`).toEqual([]);
    await page.setViewportSize(PHONE);
    expect.soft(await overflow(page), `too wide on a phone at ${place}`).toEqual([]);
    await page.setViewportSize(DESKTOP);
    await page.emulateMedia({ colorScheme: 'light' });
  }

  it.each([
    '/',
    '/chapters/',
    CHAPTER,
    '/labs/',
    `/labs/${LAB}/`,
    '/map/',
    '/team/',
    '/code/',
    '/join/',
    '/security/',
  ])('E2E-29 %s, for somebody without a name', async (path) => {
    await page.goto(prefix + path, { waitUntil: 'networkidle' });
    await expectGood(path);
  });

  it('E2E-29 a page that is not there', async () => {
    visitor.foresee(/status of 404/);
    await page.goto(`${prefix}/nowhere/`);
    await expectGood('404');
  });

  it('E2E-29 an invitation that asks for a name', async () => {
    await page.goto(teamLink.replace('/join/', `${prefix}/join/`));
    await page.locator('#name').waitFor();
    await expectGood('invitation');
  });

  it('E2E-30 a lab with its shell, alone', async () => {
    await actAs(alone);
    await page.goto(prefix + solo);
    await new LabPage(page).prompt();
    await expectGood('lab');
  });

  it('E2E-30 a mob: the room, the panel, the keys, the invitation', async () => {
    await actAs(owner);
    await page.goto(prefix + mob);
    await new LabPage(page).prompt();
    await expectGood('mob');
    await page.locator('#bench-head [aria-controls="rights"]').click();
    await page.locator('#rights').waitFor();
    await expectGood('panel of rights');
    await page.keyboard.press('Escape');
    await page.locator('#main').focus();
    await page.keyboard.press('?');
    await page.locator('dialog[open]').waitFor();
    await expectGood('sheet of keys');
    await page.keyboard.press('Escape');
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: lang === 'ja' ? '招く' : 'Invite' }).click();
    await page.locator('dialog[open]').waitFor();
    await expectGood('invitation to a room');
  });

  it.each(['/', '/map/', '/team/', `/labs/${LAB}/`])('E2E-30 %s, for the owner', async (path) => {
    await page.goto(prefix + path, { waitUntil: 'networkidle' });
    await says(page.locator('#me'), '安');
    await expectGood(`${path} of the owner`);
  });
});

/** Nothing, or the elements that reach beyond the window's right edge. */
function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth } = document.documentElement;
    if (scrollWidth <= innerWidth) return [];
    const wide = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > innerWidth + 1,
    );
    return [
      `${scrollWidth} > ${innerWidth}`,
      ...wide.slice(0, 5).map(({ tagName, className }) => `${tagName}.${className}`),
    ];
  });
}
