import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Chromium, type Visitor } from '../support/chromium.ts';
import { LAB, LabPage, says } from '../support/lab-page.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let chromium: Chromium;
let learner: Visitor;
beforeAll(async () => {
  server = await TestServer.start();
  chromium = await Chromium.launch();
  learner = await chromium.visitor({ origin: server.origin });
});
afterEach(({ task }) => chromium.judge(task));
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

it('E2E-28 in English: two clicks and a name to a prompt, a wrong answer, a refusal explained', async () => {
  const { page } = learner;
  const lab = new LabPage(page);
  await page.goto('/en/');
  await page.getByRole('link', { name: 'Try it for 15 minutes' }).click();
  await page.getByLabel('What shall we call you?').fill('Ann');
  await page.getByRole('button', { name: 'Begin' }).click();
  await lab.prompt();
  expect(new URL(page.url()).pathname).toMatch(/^\/en\/rooms\//);
  await page.locator('.run', { hasText: 'get-caller-identity' }).getByRole('button', { name: 'Run' }).click();
  await lab.passed('whoami');
  await lab.prompt();
  await lab.answer('service', 'arn:aws:ecs');
  await says(lab.answerForm('service'), 'That is the right kind of thing.');
  await lab.type('aws ecs update-service --cluster a --service b --desired-count 0');
  await page.getByRole('button', { name: 'See why' }).click();
  await says(page.locator('.denial'), 'session policy');
  expect(await japanese(learner)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Make it a mob' }).click();
  await says(lab.dialog(), 'Only this computer can get in');
  expect(await japanese(learner)).toEqual([]);
  await page.keyboard.press('Escape');
});

it.each([
  '/en/',
  '/en/chapters/',
  '/en/chapters/unraveling-one-person-ops/',
  '/en/labs/',
  `/en/labs/${LAB}/`,
  '/en/map/',
  '/en/team/',
  '/en/code/',
  '/en/join/',
])('E2E-28 %s has no Japanese in it but what is marked as Japanese', async (path) => {
  await learner.page.goto(path, { waitUntil: 'networkidle' });
  expect(await learner.page.locator('html').getAttribute('lang')).toBe('en');
  expect(await learner.page.title()).not.toMatch(/\p{Script=Hiragana}|\p{Script=Katakana}/u);
  expect(await japanese(learner)).toEqual([]);
});

/** Texts and labels with kana or kanji, outside of everything that says that it is Japanese. */
function japanese({ page }: Visitor): Promise<string[]> {
  return page.evaluate(() => {
    const JAPANESE = /\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Han}/u;
    const marked = (element: Element | null) => element?.closest('[lang]')?.getAttribute('lang') === 'ja';
    const found: string[] = [];
    for (const element of document.body.querySelectorAll('*')) {
      if (marked(element) || element.closest('#terminal, script') !== null) continue;
      const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
      const labels = ['aria-label', 'title', 'placeholder', 'alt'].map(
        (name) => element.getAttribute(name) ?? '',
      );
      for (const text of [...own.map((node) => node.textContent ?? ''), ...labels]) {
        if (JAPANESE.test(text)) found.push(`${element.tagName}.${element.className}: ${text.trim()}`);
      }
    }
    return found;
  });
}
