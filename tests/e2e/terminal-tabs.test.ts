import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations, Chromium, type Visitor } from '../support/chromium.ts';
import { type LabPage, says, startLab } from '../support/lab-page.ts';
import { handOver, hostMob, join, sameScreens } from '../support/mob-pages.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const OPEN = 'ターミナルをもう1つ開く';
const SPLIT = '2つ並べる';
const CLOSE = 'このターミナルを閉じる';

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

describe('several terminals and who follows them', () => {
  let first: Visitor;
  let an: LabPage;
  let ben: LabPage;
  let eye: LabPage;

  beforeAll(async () => {
    const host = await hostMob(chromium, { origin: server.origin });
    first = host.visitor;
    an = host.lab;
    const second = await chromium.visitor({ origin: server.origin, dark: true });
    ben = await join(second.page, host.take, '弁');
    const third = await chromium.visitor({ origin: server.origin, phone: true });
    eye = await join(third.page, host.watch, '電話の人');
    await third.page.getByRole('tab', { name: 'ターミナル', exact: true }).first().tap();
    await ben.prompt();
    await eye.prompt();
  });

  it('E2E-47 another one is opened and written in at once; both are the same place', async () => {
    await an.run('echo いちの出力; echo 同じ場所 > /tmp/note');
    await first.page.getByRole('button', { name: OPEN }).click();
    await an.pane(2).prompt();
    await first.page.locator('[data-terminal="2"] textarea:focus').waitFor({ state: 'attached' });
    expect(await an.pane(2).run('cat /tmp/note')).toBe('同じ場所');
    await an.pane(2).type('sleep 300');
    await says(tab(an, 2), 'sleep 300');
    expect(await an.screen()).not.toContain('いちの出力');
  });

  it('E2E-48 watchers follow the driver, may look elsewhere, and come back', async () => {
    for (const lab of [ben, eye]) {
      await lab.shows('sleep 300');
      await says(tab(lab, 2), '安さんはここ');
      await tab(lab, 1).click();
      await lab.shows('いちの出力');
    }
    await first.page.keyboard.type('打っている');
    await an.shows('打っている');
    for (const lab of [ben, eye]) {
      await lab.shows('いちの出力');
      await lab.page.getByRole('button', { name: '安さんの画面に戻る' }).click();
      await lab.shows('打っている');
    }
    await tab(ben, 1).click();
    await tab(an, 1).click();
    await sameScreens(an, ben, eye);
    // Where the driver has met somebody, both go on together.
    await tab(an, 2).click();
    await ben.shows('打っている');
    await tab(an, 1).click();
    await sameScreens(an, ben, eye);
  });

  it('E2E-48 a phone shows a wide terminal whole in letters that fit, and its page never goes sideways', async () => {
    await an.run('printf "%*s\\n" $COLUMNS "|"');
    await eye.shows('|');
    await sameScreens(an, eye);
    const spacing = () =>
      eye.page
        .locator('.terminal-pane:not([hidden]) .xterm-rows')
        .evaluate((rows) => Math.abs(Number.parseFloat(getComputedStyle(rows).letterSpacing)));
    await until(async () => (await spacing()) < 0.2, { what: 'letters that fit their cells' });
    expect(await eye.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    for (const one of await eye.page.locator('.terminal-tab').all()) {
      expect((await one.boundingBox())?.height).toBeGreaterThanOrEqual(36);
    }
  });

  it('E2E-47 two stand side by side, and each gets its own keys', async () => {
    await first.page.getByRole('button', { name: SPLIT }).click();
    const [left, right] = [an.pane(1), an.pane(2)];
    await right.field.click({ force: true });
    await first.page.keyboard.press('Control+c');
    await right.prompt();
    expect(await right.run('echo 右')).toBe('右');
    expect(await left.run('echo 左')).toBe('左');
    expect((await right.screen()).includes('左')).toBe(false);
    const cols = async (lab: LabPage) => Number((await lab.run('stty size')).split(' ')[1]);
    await until(async () => (await cols(left)) < 60 && (await cols(right)) < 60, {
      what: 'half of the width',
    });
    for (const [theirs, mine] of [
      [1, left],
      [2, right],
    ] as const) {
      await tab(ben, theirs).click();
      await sameScreens(mine, ben);
    }
  });

  it('E2E-47 a reload brings back all of them; one that is busy is closed after a question', async () => {
    const { page } = first;
    await an.pane(2).type('sleep 200');
    await says(tab(an, 2), 'sleep 200');
    await page.reload();
    await says(an.foot, 'シェルはそのままです');
    await an.shows('sleep 200');
    await tab(an, 1).click();
    await an.shows('左');
    await tab(an, 2).click();
    await an.shows('sleep 200');
    await page.getByRole('button', { name: CLOSE }).click();
    await says(an.dialog(), 'ターミナル2を閉じますか');
    await says(an.dialog(), '「sleep 200」がまだ動いています');
    await an.dialog().getByRole('button', { name: 'やめる' }).click();
    expect(await page.locator('.terminal-tab').count()).toBe(2);
    await page.getByRole('button', { name: CLOSE }).click();
    await an.dialog().getByRole('button', { name: '閉じる', exact: true }).last().click();
    for (const lab of [an, ben, eye]) {
      await until(async () => (await lab.page.locator('.terminal-tab').count()) === 1, { what: 'one tab' });
      await lab.shows('左');
    }
    expect(await page.getByRole('button', { name: CLOSE }).count()).toBe(0);
  });

  it('E2E-49 who watches sees asterisks in place of a secret of the seat, also who comes late and after a hand-over', async () => {
    const secret = await an.run('clear; echo $AWS_CONTAINER_AUTHORIZATION_TOKEN');
    const token = secret.replaceAll('\n', '');
    expect(token.length).toBeGreaterThan(16);
    const stars = '*'.repeat(token.length);
    for (const lab of [ben, eye]) {
      await lab.shows(stars);
      expect(await lab.screen()).not.toContain(token.slice(0, 8));
    }
    await ben.page.reload();
    await ben.shows(stars);
    await handOver(an, ben);
    expect(await ben.screen()).not.toContain(token.slice(0, 8));
    await handOver(ben, an);
  });

  it('E2E-50 the last output of a shell that ended stays for everybody, with its status; only the driver begins again', async () => {
    await an.type('clear; echo さいごの行; exit 7');
    for (const lab of [an, ben, eye]) {
      await says(lab.page.locator('.ended-bar'), '終了コード 7');
      await lab.shows('さいごの行');
      await says(tab(lab, 1), '終わりました');
      await until(() => fits(lab), { what: 'the last line in sight' });
    }
    expect(await ben.page.locator('.ended-bar button').count()).toBe(0);
    await first.page.keyboard.press('Enter'); // the focus is on 「もう一度始める」
    for (const lab of [an, ben, eye]) await lab.prompt();
    expect(await an.run('echo また')).toBe('また');
  });
});

describe('the keyboard alone, and what axe finds', () => {
  it('E2E-51 a second terminal is opened, gone to by arrows, put beside, closed and left without a mouse', async () => {
    await using visitor = await chromium.visitor({ origin: server.origin });
    const { page } = visitor;
    const lab = await startLab(page, '鍵盤の人');
    await page.keyboard.press('F6');
    await page.locator('#main:focus').waitFor();
    await tabTo(page, OPEN);
    await page.keyboard.press('Enter');
    await page.locator('[data-terminal="2"] textarea:focus').waitFor({ state: 'attached' });
    await lab.pane(2).prompt();
    await page.keyboard.type("printf 'zw%s\\n' ei");
    await page.keyboard.press('Enter');
    await lab.shows('zwei');
    await page.keyboard.press('F6');
    await page.locator('#main:focus').waitFor();
    await backTo(page, '.terminal-tab');
    await page.keyboard.press('ArrowLeft');
    await page.locator('#terminal-tab-1:focus[aria-selected=true]').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.locator('#terminal-tab-2:focus[aria-selected=true]').waitFor();
    await page.keyboard.press('Tab');
    expect(await focusedName(page)).toBe(SPLIT);
    await page.keyboard.press('Enter');
    await until(async () => (await page.locator('.terminal-pane:visible').count()) === 2, {
      what: 'two panes',
    });
    await page.keyboard.press('Tab');
    expect(await focusedName(page)).toBe(CLOSE);
    await page.keyboard.press('Enter');
    await until(async () => (await page.locator('.terminal-tab').count()) === 1, { what: 'one terminal' });
    // Whoever closed one goes on in the other.
    await page.locator('[data-terminal="1"] textarea:focus').waitFor({ state: 'attached' });
    expect(await lab.run('echo 続き')).toBe('続き');
  });

  it.each([
    ['ja', false],
    ['en', true],
  ] as const)(
    'E2E-52 axe finds nothing in tabs, a split, an ended shell and the list of commands (%s)',
    async (lang, dark) => {
      await using visitor = await chromium.visitor({ origin: server.origin, dark });
      const { page } = visitor;
      const lab = await startLab(page, '読む人');
      if (lang === 'en') {
        await page.getByRole('link', { name: 'English' }).click();
        await lab.prompt();
      }
      const words = {
        ja: { open: OPEN, split: SPLIT, list: 'コマンドの一覧を見る' },
        en: { open: 'Open another terminal', split: 'Show two side by side', list: 'List the commands' },
      }[lang];
      await page.getByRole('button', { name: words.open }).click();
      await lab.pane(2).prompt();
      await lab.pane(2).type('sleep 100');
      await says(tab(lab, 2), 'sleep 100');
      expect(await axeViolations(page)).toEqual([]);
      await page.getByRole('button', { name: words.split }).click();
      await lab.pane(1).type('exit 4');
      await page.locator('.ended-bar').waitFor();
      await page.getByRole('button', { name: words.list }).click();
      expect(await axeViolations(page)).toEqual([]);
    },
  );
});

function tab({ page }: LabPage, number: number) {
  return page.locator('.terminal-tab').nth(number - 1);
}

/** The last line of the terminal in sight is inside of its window. */
function fits({ page }: LabPage): Promise<boolean> {
  return page.locator('.terminal-pane:not([hidden])').evaluate((pane) => {
    const bottom = pane.querySelector('.xterm-rows')?.getBoundingClientRect().bottom ?? 0;
    return bottom > 0 && bottom <= pane.getBoundingClientRect().bottom;
  });
}

const TABS = 90;

/** By Tab, to what has this name. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < TABS && (await focusedName(page)) !== name; presses += 1) {
    await page.keyboard.press('Tab');
  }
  expect(await focusedName(page)).toBe(name);
}

/** From the text, round the divider, to the row of tabs. */
async function backTo(page: Page, selector: string): Promise<void> {
  for (
    let presses = 0;
    presses < TABS && (await page.locator(`${selector}:focus`).count()) === 0;
    presses += 1
  ) {
    await page.keyboard.press('Tab');
  }
}

function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
}
