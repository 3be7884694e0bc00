import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Chromium } from '../support/chromium.ts';
import { LAB, LabPage, says } from '../support/lab-page.ts';
import { Person } from '../support/person.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
let chromium: Chromium;
beforeAll(async () => {
  server = await TestServer.start({ env: { DOJOU_SEATS: '1' } });
  chromium = await Chromium.launch();
});
afterEach(({ task }) => chromium.judge(task));
afterAll(async () => {
  await chromium[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

it('E2E-60 who comes to a full machine sees the place in line, reads on, and is served by itself', async () => {
  const first = await Person.named(server.origin, '先の人');
  const there = await first.enter(await first.start(LAB));
  await there.prompt();
  const { page } = await chromium.visitor({ origin: server.origin });
  const lab = new LabPage(page);
  await page.goto(`/labs/${LAB}/`);
  await page.getByLabel('呼び名').fill('待つ人');
  await page.getByRole('button', { name: '始める' }).click();
  await says(lab.gate.getByRole('status'), '次があなたの番です');
  await says(lab.gate, '待つあいだ、本文を読み進められます');
  expect(await lab.gate.getByRole('alert').count()).toBe(0);
  there.type('pkill -9 python3\r');
  await lab.prompt();
  expect(await lab.gate.getByRole('status').count()).toBe(0);
});
