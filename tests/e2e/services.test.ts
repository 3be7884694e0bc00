import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { axeViolations, Chromium, type Visitor } from '../support/chromium.ts';
import { LabPage, says } from '../support/lab-page.ts';
import { type LabFolder, labWithServices } from '../support/lab-with-services.ts';
import { TestServer } from '../support/server.ts';

let labs: LabFolder;
let server: TestServer;
let chromium: Chromium;
let learner: Visitor;
let lab: LabPage;

beforeAll(async () => {
  labs = await labWithServices();
  server = await TestServer.start({ env: { DOJOU_TEST_LABS: labs.path } });
  chromium = await Chromium.launch();
  learner = await chromium.visitor({ origin: server.origin });
  lab = new LabPage(learner.page);
  await learner.page.goto('/labs/see-whats-running/?start');
  await learner.page.getByLabel('呼び名').fill('試す人');
  await learner.page.getByRole('button', { name: '始める' }).click();
  await lab.prompt();
}, 60_000);
afterEach(({ task }) => chromium.judge(task));
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await labs[Symbol.asyncDispose]();
});

it('SVC-5 the drawer shows each service with its state, how to reach it, and its log', async () => {
  const { page } = learner;
  await page.getByRole('button', { name: '練習環境' }).click();
  const drawer = page.getByRole('dialog', { name: '練習環境' });
  const db = drawer.locator('[data-service="db"]');
  await says(db, '店のデータベース');
  await says(db, '動いています');
  expect(await db.getByLabel('店のデータベースをターミナルから使う').inputValue()).toMatch(/^psql /);
  await db.getByText('ログ', { exact: true }).click();
  await says(db, 'database system is ready to accept connections');
  expect(await axeViolations(page)).toEqual([]);
  const link = drawer.getByRole('link', { name: '店のウェブサーバーのページを開く（新しいタブ）' });
  // A browser asks our origin for an icon, and keeps it from the page.
  learner.foresee(/favicon\.ico/);
  const [opened] = await Promise.all([learner.context.waitForEvent('page'), link.click()]);
  await opened.getByText('いらっしゃいませ').waitFor();
  await opened.getByRole('link', { name: '奥へ' }).click();
  await opened.getByText('奥のページ').waitFor();
  await opened.close();
});

it('PRV-10 a page in a preview has nothing of ours: no cookie, no API, no socket, no window', async () => {
  const { page } = learner;
  const link = page.getByRole('link', { name: 'ポート 8000 のページを開く' });
  await page.keyboard.press('Escape');
  await lab.run('curl -s http://127.0.0.1:8080/spy.py > spy.py');
  await lab.run('(python3 spy.py >/dev/null 2>&1 &)');
  await page.getByRole('button', { name: '練習環境' }).click();
  const before = await learner.context.cookies();
  expect(before.length).toBeGreaterThan(0);
  for (const complaint of [/favicon\.ico/, /CORS/, /ERR_FAILED/, /WebSocket/, /status of 40[0-9]/])
    learner.foresee(complaint);
  const [opened] = await Promise.all([learner.context.waitForEvent('page'), link.click()]);
  await opened.getByText('| done').waitFor();
  const found = (await opened.locator('#out').textContent())?.split(' | ') ?? [];
  expect(found).toMatchObject([
    'cookie: refused SecurityError',
    'storage: refused SecurityError',
    'me: refused TypeError',
    'join: refused TypeError',
    'socket: refused Error',
    'opener: null',
    expect.stringMatching(/^own: \[.*'accept'.*\]$/),
    'done',
  ]);
  expect(found.join()).not.toMatch(/cookie'|authorization|'referer'|'origin'/);
  // Nor did it leave a cookie of its own.
  expect(await learner.context.cookies()).toEqual(before);
  await opened.close();
});
