import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chromium, type Visitor } from '../support/chromium.ts';
import { says } from '../support/lab-page.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

/** As long as a name may be. */
const HOSTILE_NAME = '<img src=x onerror=a()>';
const HOSTILE_ROW = '<script>alert("row")</script>';
const HOSTILE_FOCUS = '<img src=x onerror=alert(1)><b>焦点</b>';

let server: TestServer;
let chromium: Chromium;
let owner: Visitor;
beforeAll(async () => {
  server = await TestServer.start();
  chromium = await Chromium.launch();
  owner = await chromium.visitor({ origin: server.origin });
});
afterEach(({ task }) => chromium.judge(task));
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe('the owner and the team', () => {
  let teamLink: string;

  it('E2E-1 the owner link leaves the address bar, asks for a name, and opens the front page', async () => {
    const { page } = owner;
    await page.goto(server.ownerLink);
    await says(page.locator('main'), '持ち主になります');
    expect(page.url()).toBe(`${server.origin}/join/`);
    await page.getByLabel('呼び名').fill('安');
    await page.getByRole('button', { name: '入る' }).click();
    await page.waitForURL(`${server.origin}/`);
    const actions = page.locator('.actions a');
    expect(await actions.locator('.action-verb').allInnerTexts()).toEqual([
      '15分だけ触ってみる',
      '第1章を読む',
      'みんなで始める',
    ]);
    await says(page.locator('#me'), '安さん');
  });

  it('E2E-1 a second use of the owner link is refused in words, with a way on', async () => {
    await using late = await chromium.visitor({ origin: server.origin });
    late.foresee(/status of 410/);
    await late.page.goto(server.ownerLink);
    await says(late.page.getByRole('alert'), 'このリンクはもう使えません');
    await late.page.getByRole('link', { name: 'コードで入る' }).waitFor();
    expect(late.page.url()).not.toContain('#');
  });

  it('E2E-2 a team link is made on a page, and makes a member of who comes by it', async () => {
    const { page } = owner;
    await page.getByRole('navigation').getByRole('link', { name: 'チーム' }).click();
    await page.getByRole('button', { name: 'リンクを作る' }).click();
    const field = page.locator('.link-card input');
    await field.waitFor();
    teamLink = await field.inputValue();
    expect(teamLink).toContain(`${server.origin}/join/#`);

    await using second = await chromium.visitor({ origin: server.origin });
    await second.page.goto(teamLink);
    await says(second.page.locator('main'), 'チームに招かれています');
    await second.page.getByLabel('呼び名').fill('弁');
    await second.page.keyboard.press('Enter');
    await second.page.waitForURL(`${server.origin}/`);
    await second.page.goto('/team/');
    await says(second.page.locator('main'), 'チームの人');
  });

  it('E2E-2 a revoked link asks once, by name, and is refused from then on', async () => {
    const { page } = owner;
    await page.getByRole('button', { name: '取り消す' }).click();
    const sure = page.getByRole('dialog');
    await says(sure, '「チームに招くリンク」を取り消しますか');
    await sure.getByRole('button', { name: '取り消す' }).click();
    await page.locator('.link-card').waitFor({ state: 'detached' });

    await using late = await chromium.visitor({ origin: server.origin });
    late.foresee(/status of 410/);
    await late.page.goto(teamLink);
    await says(late.page.getByRole('alert'), 'このリンクはもう使えません');
  });
});

describe('the map', () => {
  it('E2E-3 shows the seven loads, saves each press, and keeps it over a reload', async () => {
    const { page } = owner;
    await page.goto('/map/');
    const rows = page.locator('.chore');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(7);
    for (const [at, who, infra] of [
      [0, '自分だけ', 'いる'],
      [6, 'ほかにもいる', 'いらない'],
    ] as const) {
      const row = rows.nth(at);
      await row.getByRole('radio', { name: who, exact: true }).click();
      await says(row, '保存しました');
      await row.getByRole('radio', { name: infra, exact: true }).click();
      await says(row, '保存しました');
    }
    await says(page.locator('.map-sum'), '7行のうち2行');
    await page.reload();
    await rows.first().waitFor();
    expect(await rows.nth(0).locator('label:has(input:checked)').allInnerTexts()).toEqual([
      '自分だけ',
      'いる',
    ]);
    expect(await rows.nth(6).locator('label:has(input:checked)').allInnerTexts()).toEqual([
      'ほかにもいる',
      'いらない',
    ]);
  });

  it('E2E-3 two presses in a row are both kept on a slow line, and stand at once', async () => {
    const { page } = owner;
    const row = page.locator('.chore').nth(3);
    const chosen = () => row.locator('label:has(input:checked)').allInnerTexts();
    const held: (() => void)[] = [];
    await page.route('**/api/map/chores/*', async (route) => {
      await new Promise<void>((resolve) => held.push(resolve));
      await route.continue();
    });
    await row.getByRole('radio', { name: '自分だけ', exact: true }).click();
    await row.getByRole('radio', { name: 'いる', exact: true }).click();
    expect(await chosen()).toEqual(['自分だけ', 'いる']);
    for (let sent = 1; sent <= 2; sent += 1) {
      await until(() => held.length === sent);
      held.at(-1)?.();
    }
    await says(row, '保存しました');
    await page.unroute('**/api/map/chores/*');
    await page.reload();
    await row.waitFor();
    expect(await chosen()).toEqual(['自分だけ', 'いる']);
  });

  it('E2E-3 a row is added, deleted, and brought back with its answers', async () => {
    const { page } = owner;
    const rows = page.locator('.chore');
    await page.getByLabel('ここにない作業').fill('証明書の更新');
    await page.keyboard.press('Enter');
    const added = rows.filter({ hasText: '証明書の更新' });
    await added.getByRole('radio', { name: '自分だけ', exact: true }).click();
    await says(added, '保存しました');
    await added.getByRole('button', { name: '消す: 証明書の更新' }).click();
    await says(page.locator('.removed'), '「証明書の更新」を消しました');
    expect(await rows.count()).toBe(7);
    await page.getByRole('button', { name: '元に戻す' }).click();
    await says(added, '保存しました');
    await page.reload();
    await rows.first().waitFor();
    expect(await rows.count()).toBe(8);
    expect(await added.locator('label:has(input:checked)').allInnerTexts()).toEqual(['自分だけ']);
  });

  it('E2E-4 the focus, with the day to look again, stands on the front page', async () => {
    const { page } = owner;
    await page.getByLabel('何ができるようになるとよいか').fill('ログ調査を、もうひとりができる');
    await page.getByLabel('どの作業か').selectOption({ label: '証明書の更新' });
    await page.getByLabel('見直す日').fill('2026-12-21');
    await page.getByRole('button', { name: '焦点を保存する' }).click();
    await says(page.locator('.focus-form'), '保存しました');
    await using stranger = await chromium.visitor({ origin: server.origin });
    await stranger.page.goto('/');
    const focus = stranger.page.locator('#home-focus');
    await says(focus, 'ログ調査を、もうひとりができる');
    await says(focus, '証明書の更新');
    await says(focus, /12月21日.*に見直します/);
  });

  it('E2E-5 what people type is shown as text, wherever it comes up', async () => {
    await using hostile = await chromium.visitor({ origin: server.origin });
    const { page } = hostile;
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const { page: ours } = owner;
    await ours.goto('/team/');
    await ours.getByRole('button', { name: 'リンクを作る' }).click();
    await page.goto(await ours.locator('.link-card input').inputValue());
    await page.getByLabel('呼び名').fill(HOSTILE_NAME);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${server.origin}/`);
    await page.goto('/map/');
    await page.getByLabel('ここにない作業').fill(HOSTILE_ROW);
    await page.keyboard.press('Enter');
    await says(page.locator('.chore-name'), HOSTILE_ROW);
    await page.getByLabel('何ができるようになるとよいか').fill(HOSTILE_FOCUS);
    await page.getByLabel('どの作業か').selectOption({ label: HOSTILE_ROW });
    await page.getByRole('button', { name: '焦点を保存する' }).click();
    await says(page.locator('.focus-form'), '保存しました');
    for (const path of ['/', '/map/', '/team/', '/en/']) {
      await page.goto(path);
      await says(page.locator('#me'), HOSTILE_NAME);
      await page.waitForLoadState('networkidle');
      expect(await page.locator('main img, main script, #me img').count(), path).toBe(0);
    }
    await page.goto('/');
    await says(page.locator('#home-focus'), HOSTILE_FOCUS);
    await says(page.locator('#home-focus'), HOSTILE_ROW);
    expect(dialogs).toEqual([]);
  });
});
