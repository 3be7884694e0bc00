/** `node docs/picture.ts`: takes the README's picture of the running product, two people in lab 1. */
import { chromium, type Page } from 'playwright-core';
import { Person } from '../tests/support/person.ts';
import { TestServer } from '../tests/support/server.ts';

const server = await TestServer.start();
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
});
try {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
  });
  const page = await context.newPage();
  const room = await begin(page);
  await invite(page, room);
  await page.locator('.run-go').first().click();
  await page.locator('[data-task=whoami][data-status=pass]').waitFor();
  // A key that arrives before the prompt is drawn twice: by the terminal, then by the shell.
  await page.waitForFunction(
    () => (document.querySelector('.xterm-rows')?.textContent ?? '').split('learner@dojou').length > 2,
  );
  await type(page, 'aws ecs list-clusters');
  await page.locator('[data-task=clusters][data-status=pass]').waitFor();
  await page.locator('#toasts .toast').waitFor({ state: 'detached' });
  await page.screenshot({ path: 'docs/lab.png' });
} finally {
  await browser.close();
  await server[Symbol.asyncDispose]();
}

async function begin(page: Page): Promise<string> {
  await page.goto(`${server.origin}/labs/see-whats-running/`);
  await page.locator('#name').fill('はる');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/rooms\//);
  await page.locator('.xterm-rows', { hasText: 'learner@dojou' }).waitFor();
  return /rooms\/(\w+)/.exec(page.url())?.[1] ?? '';
}

/** A second person takes part, by the link that the page gives. */
async function invite(page: Page, room: string): Promise<void> {
  await page.getByRole('button', { name: 'モブにする' }).click();
  const link = await page.locator('#link-take').inputValue();
  await page.keyboard.press('Escape');
  const second = new Person(server.origin);
  await second.join(link, 'なぎ');
  await second.enter(room);
}

async function type(page: Page, command: string): Promise<void> {
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.type(command);
  await page.keyboard.press('Enter');
}
