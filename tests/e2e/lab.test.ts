import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { KIB } from '#protocol/limits.ts';
import { Chromium, type Visitor } from '../support/chromium.ts';
import { LAB, LabPage, says } from '../support/lab-page.ts';
import { loaded } from '../support/page-weight.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let chromium: Chromium;
let learner: Visitor;
let lab: LabPage;
let cluster: string;
beforeAll(async () => {
  server = await TestServer.start();
  chromium = await Chromium.launch();
  learner = await chromium.visitor({ origin: server.origin });
  lab = new LabPage(learner.page);
});
afterEach(({ task }) => chromium.judge(task));
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

it('E2E-10 two clicks and a name from the front page to a prompt that has the focus', async () => {
  const { page } = learner;
  await page.goto('/');
  await page.locator('.action-main').click();
  await page.getByLabel('呼び名').fill('試す人');
  await page.getByRole('button', { name: '始める' }).click();
  await lab.prompt();
  await page.locator('#terminal textarea:focus').waitFor({ state: 'attached' });
  expect(page.url()).toMatch(/\/rooms\/[a-z2-7]{16}\/?$/);
  await says(page.locator('#bench-head'), 'これは練習用の AWS です');
});

it('E2E-10 the workspace fits its budget of JavaScript', async () => {
  const { script, foreign } = await loaded(learner.page);
  expect(script).toBeGreaterThan(50 * KIB);
  expect(script).toBeLessThanOrEqual(350 * KIB);
  expect(foreign).toEqual([]);
});

it('E2E-11 one click runs the first command, and its task turns green by itself', async () => {
  await learner.page
    .locator('.run', { hasText: 'get-caller-identity' })
    .getByRole('button', { name: '実行' })
    .click();
  await lab.shows('assumed-role/LabLearner-basic/');
  await lab.passed('whoami');
  await says(lab.task('whoami'), 'できました');
});

it('E2E-11 the panel says who I am and what I may do', async () => {
  const { page } = learner;
  await page.getByRole('button', { name: 'わたしにできること' }).click();
  const panel = page.getByRole('region', { name: 'わたしにできること' });
  await says(panel, 'assumed-role/LabLearner-basic/');
  await says(panel, 'これ以外は断られます');
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
});

it('E2E-12 typed commands pass tasks; a wrong answer gets its sentence, the right one passes', async () => {
  const { page } = learner;
  cluster = /cluster\/(\w+)/.exec(await lab.run('aws ecs list-clusters'))?.[1] ?? '';
  await lab.passed('clusters');
  await lab.answer('service', cluster);
  await says(lab.answerForm('service'), 'それはクラスターの名前です');
  await says(lab.task('service'), 'もう少し');
  await page.locator('.run', { hasText: 'list-services' }).getByRole('button', { name: '実行' }).click();
  await lab.shows('service/');
  await lab.prompt();
  const service = /web-\w+/.exec(await lab.screen())?.[0] ?? '';
  await lab.answerForm('service').locator('input').fill(service);
  await page.keyboard.press('Enter');
  await lab.passed('service');
  await says(page.locator('#steps li').first(), '3/3');
  await says(page.locator('#step-look'), 'ここまでできました。');
});

it('E2E-12 the second step: values that are known now stand in its commands', async () => {
  const { page } = learner;
  await page.getByRole('button', { name: '次のステップへ' }).click();
  await page.locator('#steps [data-go="count"][aria-current="step"]').waitFor();
  // The text scrolls, the window around it never does: nobody could scroll it back.
  expect(await page.evaluate(() => document.scrollingElement?.scrollTop)).toBe(0);
  expect(await page.evaluate(() => document.scrollingElement?.scrollHeight)).toBe(900);
  const describe = page.locator('#step-count .run').first();
  expect(await describe.innerText()).not.toContain('…');
  await describe.getByRole('button', { name: '実行' }).click();
  await lab.passed('describe');
  await lab.prompt();
  await lab.run('clear');
  const name = /--services (\S+)/.exec(await describe.innerText())?.[1] ?? '';
  const counts = await lab.run(
    `aws ecs describe-services --cluster ${cluster} --services ${name} --query 'services[0].[desiredCount,runningCount]' --output text`,
  );
  const [, desired = '', running = ''] = /(\d+)\s+(\d+)/.exec(counts) ?? [];
  await lab.answer('running', desired);
  await says(lab.answerForm('running'), '動いていてほしい数');
  await lab.answer('running', running);
  await lab.passed('running');
  await page.locator('.run', { hasText: 'describe-tasks' }).getByRole('button', { name: '実行' }).click();
  await lab.passed('tasks');
  await lab.prompt();
});

it('E2E-13 the last step: the version, a refusal that the page explains, and the end', async () => {
  const { page } = learner;
  await lab.run('clear');
  const step = page.locator('#step-version');
  await step
    .locator('.run', { hasText: 'services[0].taskDefinition' })
    .getByRole('button', { name: '実行' })
    .click();
  await lab.shows('task-definition/');
  await lab.prompt();
  const definition = /task-definition\/([\w-]+:\d+)/.exec(await lab.screen())?.[1] ?? '';
  await step.getByRole('button', { name: '続きを打つ' }).click();
  await lab.shows('--task-definition');
  await page.keyboard.type(`${definition} --query taskDefinition.containerDefinitions[].image`);
  await page.keyboard.press('Enter');
  await lab.shows('2026.11.');
  await lab.prompt();
  const [, image = '', tag = ''] = /"([^"]+:(2026\.11\.\d+))"/.exec(await lab.screen()) ?? [];
  await lab.answer('image', image);
  await says(lab.answerForm('image'), 'イメージはそれです');
  await lab.answer('image', tag);
  await lab.passed('image');

  await lab.run('clear');
  await step.locator('.run', { hasText: 'update-service' }).getByRole('button', { name: '実行' }).click();
  await lab.shows('because no session policy allows the ecs:UpdateService action');
  await says(page.locator('.denied'), 'ecs:UpdateService は断られました');
  await page.getByRole('button', { name: 'わけを見る' }).click();
  await says(page.locator('.denial'), 'セッションポリシー');
  await lab.passed('refused');
  await says(page.locator('#lab-done'), '全部できました');
});

it('E2E-14 a reload shows the same screen, tasks and answers, and takes the next key', async () => {
  const { page } = learner;
  await page.getByRole('button', { name: '閉じる' }).click();
  await lab.run('clear; echo 覚えている');
  const before = await lab.lines();
  await page.reload();
  await lab.shows('覚えている');
  expect(await lab.lines()).toEqual(before);
  for (const task of ['whoami', 'clusters', 'service', 'running', 'image', 'refused']) await lab.passed(task);
  expect(await lab.answerForm('service').locator('input').inputValue()).toMatch(/^web-/);
  expect(await lab.run('echo $((6*7))')).toContain('42');
});

it('E2E-15 a server that is killed and started again: the page comes back by itself, nothing is lost', async () => {
  const { page } = learner;
  learner.foresee(/ERR_|WebSocket|Failed to load resource/);
  await lab.run('echo 土 > note.txt');
  await server.stop('SIGKILL');
  await says(page.locator('#bench-foot'), 'つながりが切れました');
  server = await TestServer.start({ data: server.data, env: { DOJOU_PORT: new URL(server.origin).port } });
  await says(lab.toasts, 'シェルを開き直しました');
  await lab.prompt();
  for (const task of ['whoami', 'clusters', 'service', 'running', 'image', 'refused']) await lab.passed(task);
  expect(await lab.answerForm('service').locator('input').inputValue()).toMatch(/^web-/);
  expect(await lab.run('aws ecs list-clusters')).toContain(`cluster/${cluster}`);
});

it('E2E-14 the front page leads back to it', async () => {
  const { page } = learner;
  await page.goto('/');
  await says(page.locator('#home-rooms'), '課題 8 / 8');
  await page.locator('#home-rooms a').click();
  await lab.prompt();
});

it('E2E-16 a shell that ended says so, and starts again with one press', async () => {
  await lab.type('exit 3');
  const ended = learner.page.locator('.ended-bar');
  await says(ended, '終了コード 3');
  expect(await lab.screen()).toContain('exit 3');
  await ended.getByRole('button', { name: 'もう一度始める' }).click();
  await lab.prompt();
  expect(await lab.run('echo また')).toContain('また');
});

it('E2E-31 the end offers the lab once more, with other values, in a room of its own', async () => {
  const { page } = learner;
  const before = page.url();
  const account = /sts::(\d{12}):/;
  const [, old] = account.exec(await lab.run('aws sts get-caller-identity --query Arn')) ?? [];
  await page.getByRole('button', { name: '新しい値でもう一度' }).click();
  await lab.dialog().locator('.button').click();
  await page.waitForURL((url) => url.href !== before && url.pathname.startsWith('/rooms/'));
  await lab.prompt();
  await says(lab.task('whoami'), '未');
  const [, drawn] = account.exec(await lab.run('aws sts get-caller-identity --query Arn')) ?? [];
  expect([old, drawn]).toEqual([expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+$/)]);
  expect(drawn).not.toBe(old);
  await page.goto(before);
  await lab.passed('refused');
});

it(`E2E-10 /labs/${LAB}/ opened by itself starts nothing until somebody asks for it`, async () => {
  const { page } = learner;
  await page.goto(`/labs/${LAB}/`);
  await lab.gate.getByRole('button', { name: 'シェルを始める' }).click();
  await lab.prompt();
});
