import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chromium, type Visitor } from '../support/chromium.ts';
import { LAB, LabPage, says } from '../support/lab-page.ts';
import { freePort } from '../support/sandbox.ts';
import { TestServer } from '../support/server.ts';

const BANNER = '暗号化なしの http';
/** An address by which other machines would reach this one. */
const address = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

describe.skipIf(address === undefined)('plain http on a LAN, as DOJOU_INSECURE_LAN=1 allows it', () => {
  let server: TestServer;
  let chromium: Chromium;
  let owner: Visitor;
  let second: Visitor;
  let invited: string;
  beforeAll(async () => {
    const port = String(await freePort());
    server = await TestServer.start({
      env: {
        DOJOU_HOST: '0.0.0.0',
        DOJOU_PORT: port,
        DOJOU_URL: `http://${address}:${port}`,
        DOJOU_INSECURE_LAN: '1',
      },
    });
    chromium = await Chromium.launch();
    owner = await chromium.visitor({ origin: server.origin });
    second = await chromium.visitor({ origin: server.origin });
  });
  afterEach(({ task }) => chromium.judge(task));
  afterAll(async () => {
    await chromium[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it('E2E-26 the owner comes in; the session lives in a cookie that plain http can carry', async () => {
    const { page, context } = owner;
    expect(new URL(server.ownerLink).hostname).toBe(address);
    await page.goto(server.ownerLink);
    await page.getByLabel('呼び名').fill('安');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${server.origin}/`);
    const [cookie, ...more] = await context.cookies();
    expect(more).toEqual([]);
    expect(cookie).toMatchObject({ secure: false, httpOnly: true, sameSite: 'Lax' });
    expect(cookie?.name).not.toContain('__Host-');
    await page.reload();
    await says(page.locator('#me'), '安さん');
  });

  it.each(['/', '/chapters/', '/chapters/unraveling-one-person-ops/', '/labs/', '/map/', '/team/', '/code/'])(
    'E2E-26 %s says that nothing is encrypted',
    async (path) => {
      await owner.page.goto(path);
      await says(owner.page.locator('#banners'), BANNER);
    },
  );

  it('E2E-27 a room shows its QR code, and copies its link without the clipboard of safe pages', async () => {
    const { page } = owner;
    await page.goto(`/labs/${LAB}/?mob`);
    const lab = new LabPage(page);
    const dialog = lab.dialog();
    await dialog.getByRole('img', { name: '参加するリンクの QR コード' }).waitFor();
    await says(page.locator('#banners'), BANNER);
    expect(await dialog.getByText('この PC からだけ入れます').count()).toBe(0);
    expect(await page.evaluate(() => [isSecureContext, 'clipboard' in navigator])).toEqual([false, false]);
    const field = dialog.locator('.copy-field').first();
    invited = await field.getByLabel('参加するリンク').inputValue();
    await field.getByRole('button', { name: 'コピー' }).click();
    await says(field, 'コピーしました');
    await page.keyboard.press('Escape');
    await lab.prompt();
    await lab.terminal.locator('textarea').focus();
    await page.keyboard.press('Control+Shift+V');
    await lab.shows(invited.slice(-20));
    await page.keyboard.press('Control+C');
  });

  it('E2E-27 who opens the link comes in, and the lab runs', async () => {
    const { page } = second;
    await page.goto(invited);
    await page.getByLabel('呼び名').fill('弁');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/rooms\//);
    const [an, ben] = [new LabPage(owner.page), new LabPage(page)];
    expect(await an.run('aws sts get-caller-identity')).toContain('LabLearner-basic');
    await ben.shows('LabLearner-basic');
    await ben.passed('whoami');
  });
});
