/** Several people in one room, each in front of a page of their own. */
import type { Page } from 'playwright-core';
import type { Chromium, Visitor, VisitorOptions } from './chromium.ts';
import { LAB, LabPage, says, startLab } from './lab-page.ts';
import { until } from './until.ts';

export interface Host {
  readonly visitor: Visitor;
  readonly lab: LabPage;
  readonly take: string;
  readonly watch: string;
}

/** Somebody who has begun a mob: drives, and is its facilitator. */
export async function hostMob(chromium: Chromium, options: VisitorOptions, name = '安'): Promise<Host> {
  const visitor = await chromium.visitor(options);
  const lab = await startLab(visitor.page, name, `/labs/${LAB}/?mob`);
  const take = await lab.dialog().getByLabel('参加するリンク').inputValue();
  const watch = await lab.dialog().getByLabel('見るだけのリンク').inputValue();
  await visitor.page.keyboard.press('Escape');
  await lab.dialog().waitFor({ state: 'detached' });
  return { visitor, lab, take, watch };
}

export async function join(page: Page, link: string, name: string): Promise<LabPage> {
  await page.goto(link);
  await page.getByLabel('呼び名').fill(name);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/rooms\//);
  const lab = new LabPage(page);
  await lab.bar.locator('.people').waitFor();
  return lab;
}

/** One asks, the other gives. */
export async function handOver(from: LabPage, to: LabPage): Promise<void> {
  await to.bar.getByRole('button', { name: '次にやりたい' }).click();
  await says(from.toasts, '次にやりたいそうです');
  await give(from);
  await says(to.foot, '打てます');
}

/** Hands over to whom the page suggests; who has not asked has to take it. */
export async function give(from: LabPage): Promise<void> {
  await from.bar.getByRole('button', { name: 'に渡す' }).click();
  await from.dialog().locator('[data-first]:focus').press('Enter');
  await from.dialog().waitFor({ state: 'detached' });
}

/** All see the same letters in the same colours, at the same places. */
export async function sameScreens(first: LabPage, ...others: readonly LabPage[]): Promise<void> {
  for (const other of others) {
    await until(async () => (await first.cells()).join('\n') === (await other.cells()).join('\n'), {
      what: 'the same screen in both windows',
      ms: 15_000,
    });
  }
}
