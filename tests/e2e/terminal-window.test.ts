import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chromium, type Visitor } from '../support/chromium.ts';
import { type LabPage, says, startLab } from '../support/lab-page.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const OPEN = 'ターミナルをもう1つ開く';
const SPLIT = '2つ並べる';

/** Each is bounded where it is parsed; one of them unbounded takes minutes, or the memory of the tab. */
const HOSTILE = [
  [
    'an alternate screen that is wiped up to its last cell, and left',
    "'\\033[?1049h\\033[999;999H\\033[1J\\033[?1049l'",
  ],
  ['a letter repeated two thousand million times', "'a\\033[2147483647b'"],
  ['as many lines as nobody has', "'\\033[999999999L'"],
] as const;

describe('the window of a terminal', () => {
  let server: TestServer;
  let chromium: Chromium;
  let visitor: Visitor;
  let lab: LabPage;

  beforeAll(async () => {
    server = await TestServer.start();
    chromium = await Chromium.launch();
    visitor = await chromium.visitor({ origin: server.origin });
    lab = await startLab(visitor.page, '安');
  });
  afterEach(({ task }) => chromium.judge(task));
  afterAll(async () => {
    await chromium[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it.each(HOSTILE)('E2E-53 goes on after %s', async (_, text) => {
    await lab.type(`printf ${text}; clear; printf 'da%s\\n' nach`);
    await until(async () => (await lab.lines()).includes('danach'), { what: 'what was printed after it' });
    expect(await lab.run('echo weiter')).toBe('weiter');
  });

  it('E2E-54 two side by side are one where it is narrow, and two again', async () => {
    const { page } = visitor;
    await page.getByRole('button', { name: OPEN }).click();
    await lab.pane(2).prompt();
    await page.getByRole('button', { name: SPLIT }).click();
    const panes = page.getByRole('tabpanel');
    await until(async () => (await panes.count()) === 2, { what: 'two panes' });
    await page.setViewportSize({ width: 700, height: 800 });
    await page.getByRole('tab', { name: 'ターミナル', exact: true }).click();
    await until(async () => (await panes.count()) === 1, { what: 'one pane' });
    expect(await panes.evaluate((pane) => getComputedStyle(pane).borderLeftWidth)).toBe('0px');
    await page.setViewportSize({ width: 1440, height: 900 });
    await until(async () => (await panes.count()) === 2, { what: 'two panes again' });
    await page.getByRole('button', { name: SPLIT }).click();
  });

  it('E2E-55 a panel and its field have the name of their tab', async () => {
    const { page } = visitor;
    for (const number of [1, 2]) {
      const tab = page.locator('.terminal-tab').nth(number - 1);
      await tab.click();
      const panel = page.locator(`#${await tab.getAttribute('aria-controls')}`);
      await panel.and(page.getByRole('tabpanel', { name: new RegExp(`^${number} `) })).waitFor();
      await panel.getByRole('textbox', { name: `ターミナル${number}に打つところ` }).waitFor();
    }
  });

  it.each([
    [640, 360],
    [390, 500],
    [844, 390],
  ])('E2E-54 a phone of %i × %i has room for a terminal between tabs and keys', async (width, height) => {
    await using phone = await chromium.visitor({ origin: server.origin, phone: true });
    const { page } = phone;
    const one = await startLab(page, '電話の人');
    await page.setViewportSize({ width, height });
    const box = () => one.terminal.boundingBox();
    await until(async () => ((await box())?.height ?? 0) / height > 0.38, { what: 'room for the terminal' });
    await says(one.foot, '打てます');
    for (const name of ['Esc', 'Tab']) {
      const key = await page.getByRole('toolbar').getByRole('button', { name }).boundingBox();
      expect((key?.y ?? height) + (key?.height ?? 0)).toBeLessThanOrEqual(height);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(await one.run('echo ここ')).toBe('ここ');
  });
});
