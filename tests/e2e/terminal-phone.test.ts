import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations, Chromium } from '../support/chromium.ts';
import { LAB, LabPage, says, startLab } from '../support/lab-page.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

/** Rules about parts: with the terminal in sight, a phone's page shows neither its heading nor its main text. */
const OF_PARTS = [
  'aria-allowed-attr',
  'aria-required-children',
  'aria-valid-attr-value',
  'button-name',
  'color-contrast',
  'label',
  'nested-interactive',
  'scrollable-region-focusable',
  'target-size',
];
const CLIPBOARD = ['clipboard-read', 'clipboard-write'];

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

describe('a phone', () => {
  it('E2E-35 a line is composed in a field of its own, and the Enter of a conversion does not send it', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin, phone: true });
    const { page } = visitor;
    const lab = await startLab(page, '電話の人');
    const field = page.getByLabel('入力欄', { exact: true }).and(page.locator('input'));
    await field.tap();
    const ime = await page.context().newCDPSession(page);
    await page.keyboard.type('echo ');
    await ime.send('Input.imeSetComposition', { text: 'どじょう', selectionStart: 4, selectionEnd: 4 });
    await field.dispatchEvent('keydown', { key: 'Enter', code: 'Enter', keyCode: 229, isComposing: true });
    await ime.send('Input.insertText', { text: '土壌' });
    expect(await field.inputValue()).toBe('echo 土壌');
    expect(await lab.screen()).not.toContain('echo');
    await page.keyboard.press('Enter');
    await until(async () => (await lab.lines()).includes('土壌'), { what: 'the answer' });
    expect(await field.inputValue()).toBe('');
    await page.keyboard.press('ArrowUp');
    expect(await field.inputValue()).toBe('echo 土壌');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.type("printf 'tap%s\\n' ped");
    await page.getByRole('button', { name: '送る' }).tap();
    await lab.shows('tapped');
    for (const [name, value] of [
      ['autocapitalize', 'off'],
      ['autocorrect', 'off'],
      ['spellcheck', 'false'],
    ] as const)
      expect(await field.getAttribute(name)).toBe(value);
    expect(await axeViolations(page, OF_PARTS)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });

  it('E2E-35 Ctrl of the key bar goes with a letter of the field; arrows are those that the program asked for', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin, phone: true });
    const { page } = visitor;
    const lab = await startLab(page, '電話の人');
    const bar = page.getByRole('toolbar');
    const field = page.locator('.input-line input');
    await field.fill("printf '\\033[?1h'; cat -v");
    await page.keyboard.press('Enter');
    await lab.shows('cat -v');
    await bar.getByRole('button', { name: '右矢印' }).tap();
    await until(async () => (await lab.lastLine()) === '^[OC', { what: 'an arrow of application mode' });
    await bar.getByRole('button', { name: 'Ctrl' }).tap();
    await field.tap();
    await page.keyboard.type('c');
    await lab.prompt();
    expect(await field.inputValue()).toBe('');
  });

  it('E2E-35 a finger goes back through the output and forth again; a tap gives the focus', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin, phone: true });
    const { page } = visitor;
    const lab = await startLab(page, '電話の人');
    await lab.run('seq 100 300; echo 終わり');
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
    await page.locator('.xterm-screen').tap();
    await page.locator('#terminal textarea:focus').waitFor({ state: 'attached' });
    const box = await page.locator('.terminal-screen').boundingBox();
    if (box === null) throw new Error('no terminal');
    const touch = await page.context().newCDPSession(page);
    const middle = box.y + box.height / 2;
    const swipe = async (way: number) => {
      const at = (y: number) => ({ touchPoints: [{ x: box.x + 100, y }] });
      await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', ...at(middle) });
      for (const part of [0.2, 0.4, 0.6, 0.8, 1])
        await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', ...at(middle + way * part) });
      await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    };
    const last = async () => Number((await lab.lines()).findLast((line) => /^\d+$/.test(line)));
    expect(await last()).toBe(300);
    await swipe(150);
    await until(async () => (await last()) < 300, { what: 'older output' });
    await swipe(-200);
    await until(async () => (await last()) === 300, { what: 'the newest output' });
  });

  it('E2E-35 a line that cannot be sent stays, with the reason; ↑ of the key bar brings back a sent one', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin, phone: true });
    const { page } = visitor;
    const lab = await startLab(page, '電話の人');
    const field = page.locator('.input-line input');
    await field.fill('read wait; exit');
    await page.keyboard.press('Enter');
    await lab.shows('read wait');
    await page.getByRole('toolbar').getByRole('button', { name: '上矢印' }).tap();
    expect(await field.inputValue()).toBe('read wait; exit');
    await field.fill('echo behalten');
    await lab.terminal.locator('textarea').focus();
    await page.keyboard.press('Enter');
    await says(page.locator('.input-line'), 'シェルが動いていない');
    await field.focus();
    await page.keyboard.press('Enter');
    expect(await field.isEditable()).toBe(false);
    expect(await field.inputValue()).toBe('echo behalten');
    await page.getByRole('button', { name: 'もう一度始める' }).tap();
    await until(() => field.isEditable(), { what: 'a line that can be sent' });
    expect(await field.inputValue()).toBe('echo behalten');
    await field.fill('ｅｃｈｏ　１２');
    await page.keyboard.press('Enter');
    await lab.toasts.getByRole('button', { name: '半角にして入力し直す' }).tap();
    expect(await field.inputValue()).toBe('echo 12');
    await page.getByRole('button', { name: 'ターミナルの設定' }).tap();
    expect(
      await lab
        .dialog()
        .getByLabel('文字の大きさ')
        .evaluate((one) => one.tagName),
    ).toBe('SELECT');
  });

  it('E2E-35 a button opens the menu, which copies what is in sight', async () => {
    await using visitor = await chromium.visitor({
      origin: server.origin,
      phone: true,
      permissions: CLIPBOARD,
    });
    const { page } = visitor;
    const lab = await startLab(page, '電話の人');
    await lab.run("printf 'zu%s\\n' sehen");
    await page.getByRole('toolbar').getByRole('button', { name: 'ターミナルのメニュー' }).tap();
    await page.getByRole('menuitem', { name: '画面の文字をコピー' }).tap();
    await until(async () => (await clipboard(page)).split('\n').includes('zusehen'), { what: 'the copy' });
    expect(await page.getByRole('menu').count()).toBe(0);
  });

  it('E2E-35 who may not type now is told why, and who only watches has no keys at all', async () => {
    await using wide = await chromium.visitor({ origin: server.origin });
    const an = await startLab(wide.page, '安', `/labs/${LAB}/?mob`);
    const [take, watch] = await Promise.all(
      ['参加するリンク', '見るだけのリンク'].map((label) => an.dialog().getByLabel(label).inputValue()),
    );
    for (const [link, lines] of [
      [take, 1],
      [watch, 0],
    ] as const) {
      await using narrow = await chromium.visitor({ origin: server.origin, phone: true });
      const { page } = narrow;
      await page.goto(link ?? '');
      await page.getByLabel('呼び名').fill('電話の人');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/rooms\//);
      await page.getByRole('tab', { name: 'ターミナル', exact: true }).first().tap();
      await new LabPage(page).prompt();
      expect(await page.getByRole('toolbar').count()).toBe(0);
      await until(async () => (await page.locator('.input-line').count()) === lines);
      if (lines > 0) {
        await says(page.locator('.input-line'), '安さんの番です');
        expect(await page.locator('.input-line input').isEditable()).toBe(false);
      }
    }
  });
});

function clipboard(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText());
}
