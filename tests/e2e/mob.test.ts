import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chromium, type Visitor } from '../support/chromium.ts';
import { type LabPage, LabPage as Page, says, startLab } from '../support/lab-page.ts';
import { LossyLine } from '../support/lossy-line.ts';
import { freePort } from '../support/sandbox.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

describe('a mob of two and a watcher, behind a line that breaks', () => {
  let line: LossyLine;
  let server: TestServer;
  let chromium: Chromium;
  let first: Visitor;
  let second: Visitor;
  let watcher: Visitor;
  let an: LabPage;
  let ben: LabPage;
  let eye: LabPage;
  let code: string;
  let watchLink: string;

  beforeAll(async () => {
    line = await LossyLine.open();
    const port = await freePort();
    server = await TestServer.start({ env: { DOJOU_URL: line.origin, DOJOU_PORT: String(port) } });
    line.leadTo(port);
    chromium = await Chromium.launch();
    first = await chromium.visitor({ origin: line.origin });
    second = await chromium.visitor({ origin: line.origin });
    watcher = await chromium.visitor({ origin: line.origin });
    an = await startLab(first.page, '安');
    ben = new Page(second.page);
    eye = new Page(watcher.page);
  });
  afterEach(({ task }) => chromium.judge(task));
  afterAll(async () => {
    await chromium[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await line[Symbol.asyncDispose]();
  });

  it('E2E-17 「モブにする」 gives a link, a code of six, and says that only this PC can get in', async () => {
    await an.run('echo 先にいた人の出力');
    await an.bar.getByRole('button', { name: 'モブにする' }).click();
    const dialog = an.dialog();
    await says(dialog, 'この PC からだけ入れます');
    code = (await dialog.locator('.big-code').innerText()).replaceAll(/\s/g, '');
    expect(code).toMatch(/^[2-9A-HJKMNP-TV-Z]{6}$/);
    expect(await dialog.getByLabel('参加するリンク').inputValue()).toContain(`${line.origin}/join/#`);
    watchLink = await dialog.getByLabel('見るだけのリンク').inputValue();
    expect(await dialog.locator('.qr').count()).toBe(0);
    await first.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('E2E-18 a second person comes in by the code as it is spoken, and sees the same screen', async () => {
    const { page } = second;
    await page.goto('/code/');
    await page.getByLabel('6文字のコード').fill(` ${code.slice(0, 3).toLowerCase()}-${code.slice(3)} `);
    await page.getByRole('button', { name: '入る' }).click();
    await page.getByLabel('呼び名').fill('弁');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/rooms\//);
    await ben.shows('先にいた人の出力');
    const shown = async (lab: LabPage) => (await lab.lines()).join('\n').trimEnd();
    await until(async () => (await shown(ben)) === (await shown(an)));
    await says(an.bar, '弁さん');
  });

  it('E2E-18 somebody with the watch-only link sees, and cannot', async () => {
    await watcher.page.goto(watchLink);
    await watcher.page.getByLabel('呼び名').fill('見る人');
    await watcher.page.keyboard.press('Enter');
    await watcher.page.waitForURL(/\/rooms\//);
    await eye.shows('先にいた人の出力');
    await eye.terminal.locator('.xterm-cursor').waitFor(); // where things happen, before any click
    await eye.terminal.locator('textarea').focus();
    await watcher.page.keyboard.press('x');
    await says(eye.toasts, '見るだけのリンクで入っています');
    expect(await eye.bar.getByRole('button', { name: '次にやりたい' }).count()).toBe(0);
  });

  it('E2E-19 who types out of turn is refused, kindly, and nothing arrives', async () => {
    await ben.terminal.locator('textarea').focus();
    await second.page.keyboard.press('z');
    await says(ben.toasts, 'いまは安さんの番です。『次にやりたい』を押せます。');
    expect(await an.run('echo 続き')).toBe('続き');
    expect(await an.lastLine()).not.toContain('z');
  });

  it('E2E-19 asks with F8, is handed the keyboard with F8 and Enter, and types', async () => {
    await ben.terminal.locator('textarea').focus();
    await second.page.keyboard.press('F8');
    await says(an.toasts, '弁さんが次にやりたいそうです');
    await says(an.bar.getByRole('button'), '弁さんに渡す');
    await first.page.keyboard.press('F8');
    await says(an.dialog(), 'だれに渡しますか');
    await first.page.keyboard.press('Enter');
    await says(ben.toasts, 'キーボードがあなたに渡りました');
    expect(await ben.run('echo わたしの番')).toBe('わたしの番');
    await an.shows('わたしの番');
    await eye.shows('わたしの番');
  });

  it('E2E-19 the bar shows driver, navigator and who watches, in words', async () => {
    for (const { bar } of [an, ben, eye]) {
      await says(bar.locator('.person-driver'), /キーボード\s*弁さん/);
      await says(bar.locator('.person-navigator'), /ナビゲーター\s*安さん/);
      await says(bar.locator('.person-watching'), /いまは見るだけ\s*見る人さん/);
    }
    await says(an.bar.locator('.person-navigator'), '進行役');
  });

  it('E2E-20 a clock of seven minutes starts for everybody, and two are added without asking', async () => {
    await ben.bar.getByRole('button', { name: '7分の番を始める' }).click();
    for (const { bar } of [an, ben, eye]) await says(bar.getByRole('timer'), /^(7:00|6:5\d)$/);
    await ben.bar.getByRole('button', { name: '+2分' }).click();
    for (const { bar } of [an, ben, eye]) await says(bar.getByRole('timer'), /^(9:00|8:5\d|8:4\d)$/);
    expect(await eye.bar.getByRole('button', { name: '+2分' }).count()).toBe(0);
  });

  it('E2E-21 a line that breaks in the middle of output: not one line is lost, doubled or out of place', async () => {
    for (const visitor of [first, second, watcher]) visitor.foresee(/ERR_|WebSocket|Failed to load/);
    const lines = 400;
    await ben.type(`clear; for i in $(seq ${lines}); do echo "土-$i"; sleep 0.01; done`);
    await ben.shows('土-20');
    line.cut();
    await says(second.page.locator('#bench-foot'), 'つながりが切れました');
    line.mend();
    await says(second.page.locator('#bench-foot'), 'シェルはそのままです');
    await ben.shows(`土-${lines}`, 60_000); // each line is a process, and the machine may be busy
    await ben.prompt();
    for (const lab of [ben, an, eye]) {
      await lab.shows(`土-${lines}`);
      const output = (await lab.linesSince('土-1')).slice(0, lines);
      expect(output).toEqual(Array.from({ length: lines }, (_, i) => `土-${i + 1}`));
    }
  });

  it('E2E-22 who came by a revoked link is told so, and is out of the room', async () => {
    watcher.foresee(/Failed to load|WebSocket/);
    await first.page.goto('/team/');
    const card = first.page.locator('.link-card', { hasText: '見るだけのリンク' });
    await card.getByRole('button', { name: '取り消す' }).click();
    await first.page.getByRole('dialog').getByRole('button', { name: '取り消す' }).click();
    await says(eye.gate, '部屋から離れています');
    await says(eye.gate, '取り消されました');
    expect(await ben.run('echo まだいます')).toBe('まだいます');
  });
});
