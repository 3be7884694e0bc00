import { createHash } from 'node:crypto';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chromium, type Visitor } from '../support/chromium.ts';
import { InputMethod } from '../support/input-method.ts';
import { type LabPage, says, startLab } from '../support/lab-page.ts';
import { LossyLine } from '../support/lossy-line.ts';
import { give, handOver, join, sameScreens } from '../support/mob-pages.ts';
import { freePort } from '../support/sandbox.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const CLIPBOARD = ['clipboard-read', 'clipboard-write'];
/** What is left of a lab's page beside a terminal of some 80 columns. */
const NARROW = { width: 1100, height: 640 };

describe('a terminal and its keys', () => {
  let line: LossyLine;
  let server: TestServer;
  let chromium: Chromium;
  let first: Visitor;
  let second: Visitor;
  let an: LabPage;
  let ben: LabPage;

  beforeAll(async () => {
    line = await LossyLine.open();
    const port = await freePort();
    server = await TestServer.start({ env: { DOJOU_URL: line.origin, DOJOU_PORT: String(port) } });
    line.leadTo(port);
    chromium = await Chromium.launch();
    first = await chromium.visitor({ origin: line.origin, permissions: CLIPBOARD });
    second = await chromium.visitor({ origin: line.origin });
    an = await startLab(first.page, '安', '/labs/see-whats-running/?mob');
    const link = await an.dialog().getByLabel('参加するリンク').inputValue();
    await first.page.keyboard.press('Escape');
    ben = await join(second.page, link, '弁');
    await ben.prompt();
  });
  afterEach(({ task }) => chromium.judge(task));
  afterAll(async () => {
    await chromium[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await line[Symbol.asyncDispose]();
  });

  it.each([
    ['', 0],
    [' over a slow line', 40],
  ])('E2E-40 300 keys in a burst arrive in order, each once%s', async (_, lagMs) => {
    line.lagMs = lagMs;
    const keys = Array.from({ length: 300 }, (_, i) =>
      String.fromCharCode(97 + ((i * 7 + (i >> 3)) % 26)),
    ).join('');
    await an.field.focus();
    await first.page.keyboard.type(`echo ${keys} | md5sum`);
    await first.page.keyboard.press('Enter');
    await an.shows(md5(`${keys}\n`));
    await an.prompt();
    line.lagMs = 0;
  });

  it('E2E-41 Japanese is composed at the cursor, Enter confirms and runs nothing, the text comes once', async () => {
    const { page } = first;
    const ime = await InputMethod.before(page);
    await an.field.focus();
    await page.keyboard.type("printf '<%s>\\n' ");
    await until(async () => (await an.lastLine()).endsWith("'<%s>\\n'"));
    await page.evaluate(noteWhereComposingBegins);
    await ime.write(['ｄ', 'ど', 'どｊ', 'どじょう']);
    const shown = page.locator('.composition-view.active');
    await says(shown, 'どじょう');
    for (const place of [an.field, shown])
      await until(() => atCursor(page, place), { what: 'it at the cursor' });
    expect(await page.locator('body').getAttribute('data-began')).toBe('at the cursor');
    await ime.write(['土壌'], 'Space');
    await ime.confirm('土壌');
    await until(async () => (await an.lastLine()).endsWith('土壌'), { what: 'the text at the prompt' });
    expect(await an.lines()).not.toContain('<土壌>');
    await shown.waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await an.shows('<土壌>');
    expect((await an.screen()).split('土壌').length - 1).toBe(2);
  });

  it('E2E-42 one line is pasted as it is; of several a program that asked knows where they begin and end', async () => {
    const { page } = first;
    await setClipboard(first, "printf 'ein%s\\n' mal");
    await an.field.focus();
    await page.keyboard.press('Control+Shift+V');
    await until(async () => (await an.lastLine()).endsWith('mal'));
    await page.keyboard.press('Enter');
    await until(async () => (await an.lines()).includes('einmal'));
    await an.type("clear; printf '\\033[?2004hbe%s\\n' reit; cat -v");
    await until(async () => (await an.lines()).includes('bereit'));
    await setClipboard(first, '一行目\n二行目');
    await page.keyboard.press('Control+Shift+V');
    await an.dialog().getByRole('button', { name: '貼り付ける', exact: true }).click();
    await page.keyboard.press('Enter');
    await an.shows('^[[200~');
    await an.shows('^[[201~');
    await page.keyboard.press('Control+c');
    await an.prompt();
    await an.run("printf '\\033[?2004l'");
  });

  it('E2E-42 a paste of 100 kB arrives whole', async () => {
    const { page } = first;
    const text = Array.from(
      { length: 1600 },
      (_, i) => `${String(i).padStart(5, '0')} 土壌 ${'x'.repeat(48)}`,
    ).join('\n');
    await an.type('clear; cat > /tmp/pasted');
    await setClipboard(first, `${text}\n`);
    await page.keyboard.press('Control+Shift+V');
    await an.dialog().getByRole('button', { name: '貼り付ける', exact: true }).click();
    await until(async () => (await an.screen()).includes('01599'), { ms: 20_000, what: 'the last line' });
    await page.keyboard.press('Control+d');
    await an.prompt();
    expect(await an.run('wc -c < /tmp/pasted')).toBe(String(Buffer.byteLength(`${text}\n`)));
    expect(await an.run('md5sum < /tmp/pasted')).toContain(md5(`${text}\n`));
  });

  it('E2E-43 the shell follows the driver’s window while output runs, everybody has the same cells', async () => {
    const { page } = first;
    const wide = await an.run('stty size');
    await an.type('for i in $(seq 150); do printf "%04d %s\\n" $i $COLUMNS; sleep 0.01; done');
    await an.shows('0020');
    await page.setViewportSize(NARROW);
    await an.shows('0150');
    await an.prompt();
    const narrow = await an.run('stty size');
    expect(columns(narrow)).toBeLessThan(columns(wide));
    await says(ben.foot, `（画面は${columns(narrow)}×${narrow.split(' ')[0]}）`);
    expect(await an.run('printf "%*s|" $((COLUMNS - 1)) x')).toHaveLength(columns(narrow));
    await sameScreens(an, ben);
    await page.setViewportSize({ width: 1440, height: 900 });
    await until(async () => (await an.rows.count()) > Number(narrow.split(' ')[0]), { what: 'more rows' });
    expect(await an.run('stty size')).toBe(wide);
    await sameScreens(an, ben);
    const size = (lab: LabPage) =>
      lab.page.locator('.xterm-rows').evaluate((rows) => Number.parseFloat(getComputedStyle(rows).fontSize));
    await second.page.setViewportSize(NARROW);
    await until(async () => (await size(ben)) < (await size(an)), { what: 'smaller letters' });
    await sameScreens(an, ben);
    await second.page.setViewportSize({ width: 1440, height: 900 });
  });

  it('E2E-41 the keyboard does not leave in the middle of a conversion, and does after it', async () => {
    const { page } = first;
    await give(an);
    await says(ben.bar, '安さんがキーボードを渡そうとしています');
    const ime = await InputMethod.before(page);
    await an.field.focus();
    await ime.write(['と', 'とちゅう']);
    await ben.bar.getByRole('button', { name: '受け取る' }).click();
    await says(ben.toasts, '変換の途中なので、まだ渡せません');
    await ime.confirm('途中');
    await ben.bar.getByRole('button', { name: '受け取る' }).click();
    await says(ben.foot, '打てます');
    await until(async () => (await ben.lastLine()).endsWith('途中'));
    await ben.field.focus();
    await second.page.keyboard.press('Control+u');
    expect(await ben.run('echo 受け取った')).toBe('受け取った');
    await handOver(ben, an);
  });
});

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function columns(size: string): number {
  return Number(size.split(' ')[1]);
}

/** Within one cell: what an input method opens beside it is where people look. */
async function atCursor(page: Page, place: Locator): Promise<boolean> {
  const [cursor, box] = await Promise.all([page.locator('.xterm-cursor').boundingBox(), place.boundingBox()]);
  if (cursor === null || box === null) return false;
  return Math.abs(box.x - cursor.x) < cursor.width && Math.abs(box.y - cursor.y) < cursor.height / 2;
}

/** In the page. There an input method opens its list of candidates, whatever moves afterwards. */
function noteWhereComposingBegins(): void {
  const note = ({ target }: Event) => {
    const cursor = document.querySelector('.xterm-cursor')?.getBoundingClientRect();
    if (!(target instanceof HTMLElement) || cursor === undefined) return;
    const { x, y } = target.getBoundingClientRect();
    const near = Math.abs(x - cursor.x) < cursor.width && Math.abs(y - cursor.y) < cursor.height;
    document.body.dataset.began = near ? 'at the cursor' : 'elsewhere';
  };
  document.addEventListener('compositionstart', note, { once: true });
}

function setClipboard(visitor: Visitor, text: string): Promise<void> {
  return visitor.page.evaluate((one) => navigator.clipboard.writeText(one), text);
}
