import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chromium } from '../support/chromium.ts';
import { LAB, LabPage, says, startLab } from '../support/lab-page.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

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

describe('a phone of 390 px', () => {
  it('E2E-23 the lab is two tabs: run in the text, see it in the terminal, and back', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin, phone: true });
    const { page } = visitor;
    const lab = await startLab(page, '電話の人');
    const [text, terminal] = [
      page.getByRole('tab', { name: '読む' }),
      page.getByRole('tab', { name: 'ターミナル' }),
    ];
    expect(await terminal.getAttribute('aria-selected')).toBe('true');
    await text.tap();
    expect(await page.locator('#main').isVisible()).toBe(true);
    expect(await lab.terminal.isVisible()).toBe(false);
    await page
      .locator('.run', { hasText: 'get-caller-identity' })
      .getByRole('button', { name: '実行' })
      .tap();
    await lab.shows('LabLearner-basic');
    expect(await terminal.getAttribute('aria-selected')).toBe('true');
    await text.tap();
    await lab.passed('whoami');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });

  it('E2E-23 the key bar gives what a phone’s keyboard lacks, and Ctrl holds for one letter', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin, phone: true });
    const { page } = visitor;
    const lab = await startLab(page, '電話の人');
    const bar = page.getByRole('toolbar');
    await lab.run('echo 前の行');
    await bar.getByRole('button', { name: '上矢印' }).tap();
    await lab.shows('printf');
    await bar.getByRole('button', { name: 'Ctrl' }).tap();
    await page.keyboard.type('u');
    await until(async () => (await lab.lastLine()).endsWith('$'));
    await page.keyboard.type('cat no');
    await bar.getByRole('button', { name: 'Ctrl' }).tap();
    await page.keyboard.type('c');
    await lab.shows('^C');
    expect(await lab.run('echo 生きている')).toBe('生きている');
  });

  it('E2E-23 somebody else’s wide screen is scaled: each letter in its cell', async () => {
    await using wide = await chromium.visitor({ origin: server.origin });
    const an = await startLab(wide.page, '安', `/labs/${LAB}/?mob`);
    const link = await an.dialog().getByLabel('見るだけのリンク').inputValue();
    await using narrow = await chromium.visitor({ origin: server.origin, phone: true });
    const { page } = narrow;
    await page.goto(link);
    await page.getByLabel('呼び名').fill('電話の人');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/rooms\//);
    await page.getByRole('tab', { name: 'ターミナル' }).tap();
    await new LabPage(page).prompt();
    await says(page.locator('#bench-foot'), '安さんが操作しています');
    const spacing = () =>
      page
        .locator('.xterm-rows')
        .evaluate((rows) => Math.abs(Number.parseFloat(getComputedStyle(rows).letterSpacing)));
    await until(async () => (await spacing()) < 0.2, { what: 'letters that fit their cells' });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
});

describe('the keyboard alone', () => {
  it('E2E-24 from the front page to a prompt, a command, an answer, and out again', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin });
    const { page } = visitor;
    const lab = new LabPage(page);
    await page.goto('/');
    await tabTo(page, '.action-main');
    await page.keyboard.press('Enter');
    await page.locator('#name:focus').waitFor();
    await page.keyboard.type('鍵盤の人');
    await page.keyboard.press('Enter');
    await lab.prompt();
    await page.locator('#terminal textarea:focus').waitFor({ state: 'attached' });
    await page.keyboard.type('aws sts get-caller-identity');
    await page.keyboard.press('Enter');
    await lab.passed('whoami');
    await lab.prompt();

    await page.keyboard.press('F6');
    await page.locator('#main:focus').waitFor();
    await tabTo(page, '.run-go:not([disabled])');
    await page.keyboard.press('Enter');
    await until(async () => (await lab.screen()).split('assumed-role').length === 3);
    await lab.prompt();
    await page.keyboard.type('aws ecs list-clusters');
    await page.keyboard.press('Enter');
    await lab.passed('clusters');

    await page.keyboard.press('F6');
    await tabTo(page, '#ask-service');
    await page.keyboard.type('web-');
    await page.keyboard.press('Enter');
    await says(lab.answerForm('service'), '名前が「web-」で始まるもの');
  });

  it('E2E-25 the sheet of keys opens with ?, closes with Esc, and gives the focus back', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin });
    const { page } = visitor;
    const lab = await startLab(page, '鍵盤の人');
    await page.keyboard.type('?');
    await lab.shows('$ ?');
    expect(await lab.dialog().count()).toBe(0);
    await page.keyboard.press('F6');
    await page.keyboard.type('?');
    await says(lab.dialog(), 'F6');
    for (let presses = 0; presses < 5; presses += 1) {
      await page.keyboard.press('Tab');
      expect(await page.locator('dialog :focus, body:focus').count()).toBeLessThanOrEqual(1);
      expect(await page.locator('#terminal :focus, #main :focus').count()).toBe(0);
    }
    await page.keyboard.press('Escape');
    await lab.dialog().waitFor({ state: 'detached' });
    await page.locator('#main:focus').waitFor();
  });

  it.each(['/', '/map/', '/team/', '/code/', `/labs/${LAB}/`])(
    'E2E-25 %s has no trap: Tab goes through everything and out at the end',
    async (path) => {
      await using visitor = await chromium.visitor({ origin: server.origin });
      const { page } = visitor;
      await page.goto(path, { waitUntil: 'networkidle' });
      for (let presses = 0; presses < TABS && (await focused(page)) !== null; presses += 1) {
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Tab');
      expect(await page.locator('.skip:focus').count()).toBe(1);
      const seen = new Set<string>();
      for (;;) {
        const at = await focused(page);
        if (at === null) break;
        expect([...seen]).not.toContain(at.place);
        expect(at.seen, `${at.place} has the focus out of sight`).toBe(true);
        seen.add(at.place);
        await page.keyboard.press('Tab');
      }
      expect(seen.size).toBeGreaterThan(6);
    },
  );
});

/** More than any page has places to stop at. */
const TABS = 80;

async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < TABS; presses += 1) {
    if ((await page.locator(`${selector}:focus`).count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${TABS} tabs did not lead to ${selector}`);
}

/** Which element has the focus, and whether it is in sight; null when it has left the page. */
function focused(page: Page): Promise<{ readonly place: string; readonly seen: boolean } | null> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return null;
    const all = [...document.querySelectorAll('*')];
    const { width, height, bottom, right } = element.getBoundingClientRect();
    const seen = width > 0 && height > 0 && bottom > 0 && right > 0;
    return { place: `${all.indexOf(element)} ${element.tagName} ${element.textContent?.slice(0, 30)}`, seen };
  });
}
