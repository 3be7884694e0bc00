import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations, Chromium } from '../support/chromium.ts';
import { LAB, LabPage, says, startLab } from '../support/lab-page.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

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

describe('copying and pasting', () => {
  it('E2E-32 what the mouse selects is copied, and pasted again by the menu', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin, permissions: CLIPBOARD });
    const { page } = visitor;
    const lab = await startLab(page, '写す人');
    await lab.run("printf 'kopi%s\\n' ja");
    await dragOver(page, lab, 'kopija');
    await until(async () => (await clipboard(page)).trim() === 'kopija', { what: 'the copy' });
    await says(lab.toasts, '選んだ文字をコピーしました');
    await lab.type('cat');
    await page.locator('.xterm-screen').click({ button: 'right', position: { x: 300, y: 200 } });
    await page.getByRole('menuitem', { name: '貼り付ける' }).click();
    await until(async () => (await lab.lastLine()) === 'kopija', { what: 'the paste' });
    expect(await page.getByRole('menu').count()).toBe(0);
    await page.keyboard.press('Control+c');
    await lab.prompt();
  });

  it('E2E-32 a paste of several lines is shown and asked about; nothing breaks out of it', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin, permissions: CLIPBOARD });
    const { page } = visitor;
    const lab = await startLab(page, '貼る人');
    await setClipboard(page, 'echo one\necho two\u001b[201~\n');
    await lab.terminal.locator('textarea').focus();
    await page.keyboard.press('Control+Shift+V');
    await says(lab.dialog(), '2行、');
    await says(lab.dialog(), '1個とりのぞきました');
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await lab.dialog().waitFor({ state: 'detached' });
    expect(await lab.screen()).not.toContain('echo one');

    await setClipboard(page, "printf 'la%s\\n' st\n");
    await page.keyboard.press('Shift+Insert');
    await lab.dialog().getByRole('button', { name: '最後の改行をとって' }).click();
    await until(async () => (await lab.lastLine()).endsWith("printf 'la%s\\n' st"), { what: 'the line' });
    await page.keyboard.press('Enter');
    await lab.shows('last');

    await setClipboard(page, "printf 'fir%s\\n' st1\nprintf 'seco%s\\n' nd2\n");
    await page.keyboard.press('Control+Shift+V');
    await lab.dialog().getByLabel('このページでは確かめない').check();
    await lab.dialog().getByRole('button', { name: '貼り付ける', exact: true }).click();
    await page.keyboard.press('Enter');
    await until(async () => {
      const lines = await lab.lines();
      return lines.includes('first1') && lines.includes('second2');
    });
    await lab.prompt();
    await page.keyboard.press('Control+Shift+V');
    await page.keyboard.press('Enter');
    await until(async () => (await lab.lines()).filter((line) => line === 'second2').length === 2);
  });

  it('E2E-32 the menu opens by keyboard, goes by arrows, and Esc gives the focus back', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin });
    const { page } = visitor;
    const lab = await startLab(page, '鍵盤の人');
    await lab.terminal.locator('textarea').focus();
    await page.keyboard.press('Shift+F10');
    const menu = page.getByRole('menu');
    await menu.waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('End');
    await page.locator('[role=menuitem]:focus', { hasText: '設定' }).waitFor();
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    await page.locator('#terminal textarea:focus').waitFor({ state: 'attached' });
    expect(await lab.run('echo 無事')).toBe('無事');
  });
});

describe('finding', () => {
  it('E2E-33 finds in what has scrolled away, counts, goes both ways, and says what is wrong', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin });
    const { page } = visitor;
    const lab = await startLab(page, '探す人');
    await lab.type('for i in $(seq 1 200); do echo "nummer-$i 日本"; done');
    await lab.shows('nummer-200');
    await lab.prompt();
    await page.keyboard.press('Control+Shift+F');
    const bar = page.getByRole('search');
    const count = bar.locator('.search-count');
    await page.keyboard.type('nummer-1');
    // nummer-1, 10 to 19, 100 to 199; the command itself says nummer-$i.
    await says(count, '111件中111件目');
    await page.locator('#terminal textarea').focus();
    await page.keyboard.press('Control+Shift+F');
    expect(await bar.locator('input:focus').evaluate(selected)).toBe('nummer-1');
    await page.keyboard.press('Shift+Enter');
    await says(count, '111件中110件目');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await says(count, '111件中1件目');
    await lab.shows('nummer-1 日本');
    await bar.getByLabel('正規表現で探す').click();
    await bar.getByLabel('探す文字').fill('nummer-(');
    await says(count, '書きかたが違います');
    await bar.getByLabel('探す文字').fill('^nummer-1\\d 日本$');
    await says(count, '10件中');
    expect(await axeViolations(page)).toEqual([]);
    await bar.getByLabel('探す文字').press('Escape');
    await bar.waitFor({ state: 'detached' });
    await page.locator('#terminal textarea:focus').waitFor({ state: 'attached' });
  });

  it('E2E-33 a conversion of an input method does not search before it is confirmed', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin });
    const { page } = visitor;
    const lab = await startLab(page, '探す人');
    await lab.run('echo 土壌');
    await page.getByRole('button', { name: '文字を探す' }).click();
    const count = page.locator('.search-count');
    const ime = await page.context().newCDPSession(page);
    await ime.send('Input.imeSetComposition', { text: 'どじょう', selectionStart: 4, selectionEnd: 4 });
    expect(await count.textContent()).toBe('');
    await ime.send('Input.insertText', { text: '土壌' });
    await says(count, '件中');
  });
});

describe('settings', () => {
  it('E2E-34 colours, letters, cursor and numbers change at once, and are there after a reload', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin });
    const { page } = visitor;
    const lab = await startLab(page, '好みの人');
    const paper = 'rgb(250, 247, 241)';
    const background = () =>
      page.locator('.terminal .xterm-viewport').evaluate((one) => getComputedStyle(one).backgroundColor);
    await page.getByRole('button', { name: 'ターミナルの設定' }).click();
    await lab.dialog().getByLabel('紙').check();
    await lab.dialog().getByLabel('行番号を出す').check();
    await lab.dialog().getByLabel('文字の大きさ').selectOption('18');
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await until(async () => (await background()) === paper, { what: 'paper' });
    expect(await axeViolations(page)).toEqual([]);
    await page.reload();
    await lab.prompt();
    expect(await background()).toBe(paper);
    await numbered(page);
    const letters = () => page.locator('.xterm-rows').evaluate((rows) => getComputedStyle(rows).fontSize);
    await until(async () => (await letters()) === '18px', { what: 'larger letters' });
  });

  it('E2E-34 line numbers are the same in every window, and stand beside their rows while one scrolls', async () => {
    await using first = await chromium.visitor({ origin: server.origin });
    const an = await startLab(first.page, '安', `/labs/${LAB}/?mob`);
    const link = await an.dialog().getByLabel('見るだけのリンク').inputValue();
    await first.page.keyboard.press('Escape');
    await an.run('seq 1 100; echo 目印');
    await using second = await chromium.visitor({ origin: server.origin });
    await second.page.goto(link);
    await second.page.getByLabel('呼び名').fill('べん');
    await second.page.keyboard.press('Enter');
    await second.page.waitForURL(/\/rooms\//);
    const ben = new LabPage(second.page);
    await ben.shows('目印');
    const beside: string[] = [];
    for (const lab of [an, ben]) {
      await lab.page.getByRole('button', { name: 'ターミナルの設定' }).click();
      await lab.dialog().getByLabel('行番号を出す').check();
      await lab.page.keyboard.press('Escape');
      await numbered(lab.page);
      beside.push(await numberBeside(lab, '目印'));
    }
    expect(beside[0]).toMatch(/^\d+$/);
    expect(beside[1]).toBe(beside[0]);
    await an.terminal.locator('textarea').focus();
    await first.page.keyboard.press('Shift+PageUp');
    await until(
      async () => (await first.page.locator('.line-numbers').textContent())?.startsWith('−') === true,
    );
    await numbered(first.page);
  });
});

describe('commands as text', () => {
  it('E2E-36 each command with its output and how it ended, in words; the end is told', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin });
    const { page } = visitor;
    const lab = await startLab(page, '聞く人');
    await page.getByRole('button', { name: 'コマンドの一覧を見る' }).click();
    const list = page.getByRole('region', { name: 'コマンドの一覧' });
    await says(list, 'まだコマンドを実行していません');
    await lab.type("printf 'zeile %s\\n' eins zwei");
    await says(list.getByRole('status'), 'zwei が終わりました。成功');
    await lab.prompt();
    await lab.type('true');
    await says(list.getByRole('status').locator('p:last-child'), 'true が終わりました。');
    const told = await list.getByRole('status').locator('p:last-child').elementHandle();
    await lab.type('true');
    await until(async () => (await told?.evaluate((one) => one.nextSibling !== null)) === true, {
      what: 'the same once more',
    });
    const item = (line: string) => list.locator('li', { hasText: line });
    await says(item('printf'), '成功');
    await says(item('printf'), '聞く人');
    await item('printf').getByText('出力を読む').click();
    expect((await item('printf').locator('pre').textContent())?.trim()).toBe('zeile eins\nzeile zwei');
    await lab.type('ls /nirgends');
    await says(item('ls /nirgends'), '失敗（終了コード 2）');
    await says(list.getByRole('status'), 'ls /nirgends が終わりました。失敗（終了コード 2）');
    await lab.type("printf '\\033[?1049hganz\\033[?1049l'");
    await says(item('ganz'), '画面全体を使ったコマンド');
    await lab.type('sleep 60');
    await says(item('sleep 60'), '実行中');
    expect(await axeViolations(page)).toEqual([]);
    await page.keyboard.press('Control+c');
    await says(item('sleep 60'), '失敗（終了コード 130）');
    await lab.type('exit 7');
    await says(page.locator('.ended-bar'), '終了コード 7');
    await says(item('exit 7'), '終わりました');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'コマンドの一覧を閉じる' }).click();
    await list.waitFor({ state: 'detached' });
  });
});

describe('full-width letters', () => {
  it('E2E-37 are said, and typed again in half width with one press', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin });
    const { page } = visitor;
    const lab = await startLab(page, '全角の人');
    await lab.terminal.locator('textarea').focus();
    await page.keyboard.insertText('ｅｃｈｏ　１２');
    await until(async () => (await lab.lastLine()).includes('ｅｃｈｏ'), { what: 'the letters' });
    await lab.toasts.getByRole('button', { name: '半角にして入力し直す' }).click();
    await until(async () => (await lab.lastLine()).endsWith('$ echo 12'), { what: 'half width' });
    await page.keyboard.press('Enter');
    await until(async () => (await lab.lines()).includes('12'));
    await lab.prompt();
    await page.keyboard.insertText('ｐｗｄ');
    await lab.toasts.getByRole('button', { name: '半角にして入力し直す' }).waitFor();
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: '半角にして入力し直す' }).press('Enter');
    await until(async () => (await lab.lastLine()).endsWith('$ pwd'), { what: 'half width by the menu' });
    expect(await lab.toasts.getByRole('button').count()).toBe(0);
  });
});

function selected(field: SVGElement | HTMLElement): string {
  if (!(field instanceof HTMLInputElement)) throw new Error('no field');
  return field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0);
}

function clipboard(page: Page): Promise<string> {
  return page.evaluate(() => navigator.clipboard.readText());
}

function setClipboard(page: Page, text: string): Promise<void> {
  return page.evaluate((one) => navigator.clipboard.writeText(one), text);
}

/** From the first letter to the last of the row that says exactly this. */
async function dragOver(page: Page, lab: LabPage, text: string): Promise<void> {
  const { x, y, height } = await rowOf(lab, text);
  await page.mouse.move(x + 1, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + 400, y + height / 2, { steps: 6 });
  await page.mouse.up();
}

async function rowOf(lab: LabPage, text: string) {
  const index = (await lab.lines()).lastIndexOf(text);
  const box = await lab.page.locator('.xterm-rows > div').nth(index).boundingBox();
  if (index < 0 || box === null) throw new Error(`no row says ${text}`);
  return box;
}

/** Every number stands level with its row. */
async function numbered(page: Page): Promise<void> {
  const apart = () =>
    page.evaluate(() => {
      const tops = (selector: string) =>
        [...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect().top);
      const rows = tops('.xterm-rows > div');
      const numbers = tops('.line-numbers span');
      if (rows.length === 0 || rows.length !== numbers.length) return 999;
      return Math.max(...rows.map((top, i) => Math.abs(top - (numbers[i] ?? 999))));
    });
  await until(async () => (await apart()) < 1.5, { what: 'numbers level with their rows' });
}

async function numberBeside(lab: LabPage, text: string): Promise<string> {
  const index = (await lab.lines()).lastIndexOf(text);
  return (await lab.page.locator('.line-numbers span').nth(index).textContent()) ?? '';
}
