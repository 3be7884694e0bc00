import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { axeViolations, Chromium, type Visitor } from '../support/chromium.ts';
import { LAB, type LabPage, says, startLab } from '../support/lab-page.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

let server: TestServer;
let chromium: Chromium;
let learner: Visitor;
let lab: LabPage;
let labs: string;
beforeAll(async () => {
  labs = await mkdtemp(path.join(tmpdir(), 'dojou-labs-'));
  await cp('labs', labs, { recursive: true });
  const facts = path.join(labs, LAB, 'lab.yaml');
  await writeFile(
    facts,
    `${await readFile(facts, 'utf8')}\nlease: { minutes: 60, extendBy: 15, most: 90 }\n`,
  );
  server = await TestServer.start();
  chromium = await Chromium.launch();
  learner = await chromium.visitor({ origin: server.origin });
  lab = await startLab(learner.page, '試す人');
});
afterEach(({ task }) => chromium.judge(task));
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await rm(labs, { recursive: true });
});

async function openDrawer(page: Page) {
  await page.getByRole('button', { name: '練習環境' }).click();
  const drawer = page.getByRole('dialog', { name: '練習環境' });
  await drawer.getByRole('heading', { name: '保存とやり直し' }).waitFor();
  return drawer;
}

it('LIFE-15 a point is saved, things are broken, and the point brings them back; that can be undone', async () => {
  const { page } = learner;
  await lab.run('echo よい > work.txt');
  let drawer = await openDrawer(page);
  expect(await axeViolations(page)).toEqual([]);
  await drawer.getByRole('button', { name: 'ここを保存' }).click();
  await says(drawer.getByRole('status'), '保存しました');
  await says(drawer.locator('.points li'), '自分で保存');
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  await lab.run('echo わるい > work.txt');

  drawer = await openDrawer(page);
  await drawer.locator('.points').getByRole('button', { name: 'この時点に戻す' }).first().click();
  const question = drawer.getByRole('group', { name: /時点に戻しますか/ });
  await says(question, '動いているコマンドは、全部のターミナルで終わります');
  expect(await axeViolations(page)).toEqual([]);
  await question.getByRole('button', { name: '戻す' }).click();
  await lab.shows('ここから、もう一度始まります。');
  await lab.prompt();
  expect(await lab.run('cat work.txt')).toBe('よい');
  await lab.toasts.getByRole('button', { name: '元に戻す' }).click();
  await until(async () => !(await lab.screen()).includes('よい'));
  await lab.prompt();
  expect(await lab.run('cat work.txt')).toBe('わるい');
});

it('LIFE-15 starting over asks first, by keyboard too, and Esc leaves the question alone', async () => {
  const { page } = learner;
  const drawer = await openDrawer(page);
  await drawer.getByRole('button', { name: 'はじめからやり直す' }).focus();
  await page.keyboard.press('Enter');
  const question = drawer.getByRole('group', { name: 'はじめからやり直しますか' });
  await question.waitFor();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  expect(await drawer.isVisible()).toBe(true);
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('はじめからやり直す');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await drawer.waitFor({ state: 'detached' });
  await until(async () => !(await lab.screen()).includes('cat work.txt'));
  await lab.prompt();
  expect(await lab.run('ls | wc -l')).toBe('0');
});

it('LIFE-15 going on alone opens a room of one’s own; a second one asks before it ends the first', async () => {
  const { page } = learner;
  await lab.run('echo 分ける前 > work.txt');
  const from = new URL(page.url()).pathname;
  await (await openDrawer(page)).getByRole('button', { name: 'ここから自分用に分ける', exact: true }).click();
  await page.waitForURL((url) => url.pathname !== from && /\/rooms\//.test(url.pathname));
  await lab.prompt();
  expect(await lab.run('cat work.txt')).toBe('分ける前');
  const first = new URL(page.url()).pathname;
  await says(lab.toasts, 'ここは自分用の部屋です。');
  await page.reload();
  await lab.prompt();
  expect(await lab.toasts.innerText()).not.toContain('自分用の部屋');

  await (await openDrawer(page)).getByRole('link', { name: '元の部屋に戻る' }).click();
  await page.waitForURL((url) => url.pathname !== first);
  await lab.prompt();
  expect(await lab.run('cat work.txt')).toBe('分ける前');
  learner.foresee(/409/); // the refusal that makes it ask
  const drawer = await openDrawer(page);
  await drawer.getByRole('button', { name: 'ここから自分用に分ける', exact: true }).click();
  const question = drawer.getByRole('group', { name: '前に分けた部屋を終えますか' });
  await question.getByRole('button', { name: '新しく分ける' }).click();
  await page.waitForURL((url) => ![from, first].includes(url.pathname) && /\/rooms\//.test(url.pathname));
  await lab.prompt();
});

it('LIFE-15 who does not hold the keyboard reads why; on a phone the drawer has the whole width', async () => {
  const { page } = learner;
  await page.getByRole('button', { name: 'モブにする' }).click();
  const take = await page.getByLabel('参加するリンク', { exact: true }).inputValue();
  await page.keyboard.press('Escape');
  await using guest = await chromium.visitor({ origin: server.origin, phone: true });
  await guest.page.goto(take);
  await guest.page.locator('#name').fill('もうひとり');
  await guest.page.keyboard.press('Enter');
  await guest.page.waitForURL(/\/rooms\//);
  await guest.page.getByRole('tab', { name: 'ターミナル' }).tap();
  const drawer = await openDrawer(guest.page);
  await says(drawer, 'いまは試す人さんの番です。');
  const save = drawer.getByRole('button', { name: 'ここを保存' });
  expect(await save.isDisabled()).toBe(true);
  expect(await drawer.getByRole('button', { name: 'はじめからやり直す' }).isDisabled()).toBe(true);
  const fork = drawer.getByRole('button', { name: 'ここから自分用に分ける', exact: true });
  expect(await fork.isEnabled()).toBe(true);
  const box = await drawer.boundingBox();
  expect(Math.round(box?.width ?? 0)).toBe(390);
  expect(await axeViolations(guest.page)).toEqual([]);
  expect(await guest.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

it('LIFE-15 a lease counts down where a lab asks for one, and is extended with a press; nowhere else', async () => {
  await using other = await TestServer.start({ env: { DOJOU_TEST_LABS: labs } });
  await using visitor = await chromium.visitor({ origin: other.origin });
  const { page } = visitor;
  await startLab(page, '時間の人');
  await says(page.locator('#bench-head'), 'あと60分');
  const drawer = await openDrawer(page);
  await says(drawer.getByRole('timer'), /あと(60:00|59:\d\d)で終わります/);
  const extend = drawer.getByRole('button', { name: '15分のばす' });
  await extend.click();
  await says(drawer.getByRole('timer'), /あと7[45]:\d\d/);
  await extend.click();
  await says(drawer, 'これ以上はのばせません。');
  expect(await extend.count()).toBe(0);
  const here = await openDrawer(learner.page);
  expect(await here.getByRole('timer').count()).toBe(0);
  await learner.page.keyboard.press('Escape');
});
