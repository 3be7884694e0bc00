import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chromium, type Visitor } from '../support/chromium.ts';
import { type LabPage, startLab } from '../support/lab-page.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const GREEDY = `/usr/bin/python3 -c 'x = bytearray(3 * 1024 ** 3)'`;

describe('what a seat uses', () => {
  let server: TestServer;
  let chromium: Chromium;
  let visitor: Visitor;
  let lab: LabPage;

  beforeAll(async () => {
    server = await TestServer.start();
    chromium = await Chromium.launch();
    visitor = await chromium.visitor({ origin: server.origin });
    lab = await startLab(visitor.page, '量る人');
  });
  afterEach(({ task }) => chromium.judge(task));
  afterAll(async () => {
    await chromium[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it('LIMIT-4 a limit that is hit says so by the terminal, in it, and in the drawer', async () => {
    const { page } = visitor;
    await lab.type(GREEDY);
    await lab.toasts.getByText('メモリーの上限に届いたので').waitFor();
    await until(async () => (await lab.lines()).some((line) => line.includes('Dojou: memory was full')), {
      what: 'a line in the terminal',
    });
    expect(await lab.run('echo 続き')).toBe('続き');
    await lab.toasts.getByRole('button', { name: '使っている量を見る' }).click();
    const drawer = lab.dialog();
    await drawer.getByText('上限に届きました').waitFor();
    await drawer.getByRole('heading', { name: '使っている量' }).waitFor();
    await drawer.getByText(/^256 MiB のうち \d+ MiB/).waitFor();
    await drawer.getByText(/^128 のうち \d+/).waitFor();
    const bars = drawer.locator('.usage-bar');
    expect(await bars.count()).toBe(3);
    await page.setViewportSize({ width: 360, height: 640 });
    const wide = await drawer.evaluate((box) => box.scrollWidth > box.clientWidth);
    expect(wide).toBe(false);
  });

  it('LIMIT-3 a seat that was ended from inside begins again with one press', async () => {
    const { page } = visitor;
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 1440, height: 900 });
    await lab.type('kill -9 2');
    await lab.gate.getByText('練習環境が止まりました').waitFor();
    await lab.gate.getByRole('button').first().click();
    await lab.prompt();
    expect(await lab.run('echo again')).toBe('again');
  });
});
