import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Chromium, type Visitor } from '../support/chromium.ts';
import { LabPage, says } from '../support/lab-page.ts';
import { handOver, hostMob, join, sameScreens } from '../support/mob-pages.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const SMALL = { width: 1100, height: 720 };

describe('several windows on one terminal', () => {
  let server: TestServer;
  let chromium: Chromium;
  let first: Visitor;
  let second: Visitor;
  let an: LabPage;
  let ben: LabPage;

  beforeAll(async () => {
    server = await TestServer.start();
    chromium = await Chromium.launch();
    const host = await hostMob(chromium, { origin: server.origin });
    first = host.visitor;
    an = host.lab;
    second = await chromium.visitor({ origin: server.origin });
    ben = await join(second.page, host.take, '弁');
    await ben.prompt();
  });
  afterEach(({ task }) => chromium.judge(task));
  afterAll(async () => {
    await chromium[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it('E2E-44 a reload in the middle of `cat`: the shell is as it was, nothing is missing or doubled', async () => {
    await an.run('seq -f "%06.0f 土壌" 250000 > /tmp/long');
    await an.type('clear; cat /tmp/long');
    await until(async () => /^\d+ 土壌$/.test(await an.lastLine()), { what: 'lines of the file' });
    await first.page.reload();
    await says(an.foot, 'シェルはそのままです');
    await an.shows('250000 土壌', 30_000);
    await an.prompt();
    await ben.shows('250000 土壌', 30_000);
    for (const lab of [an, ben]) await countsUp(lab, 250_000);
    await sameScreens(an, ben);
  });

  it('E2E-44 a reload of driver and watcher while a program counts', async () => {
    await an.type('clear; for i in $(seq 300); do printf "%06d 土壌\\n" $i; sleep 0.01; done');
    await an.shows('000030');
    await Promise.all([first.page.reload(), second.page.reload()]);
    await an.shows('000300');
    await an.prompt();
    for (const lab of [an, ben]) {
      await lab.shows('000300');
      const counted = (await lab.linesSince('000001 土壌')).slice(0, 300);
      expect(counted).toEqual(
        Array.from({ length: 300 }, (_, i) => `${String(i + 1).padStart(6, '0')} 土壌`),
      );
      await lab.field.press('Shift+End');
    }
    await an.type('clear');
    await sameScreens(an, ben);
  });

  it('E2E-45 two windows of one person: the one that typed last has the size, the other scales its letters', async () => {
    const page = await first.context.newPage();
    await page.setViewportSize(SMALL);
    await page.goto(first.page.url());
    const other = new LabPage(page);
    await other.prompt();
    const wide = await an.run('clear; stty size; printf "%*s\\n" $COLUMNS "|"');
    await an.run("printf '\\033[1;31m赤\\033[0m \\033[7m逆\\033[0m\\n'");
    await sameScreens(an, other, ben);
    await until(() => fits(other), { what: 'all of the wider screen in the smaller window' });
    await other.field.focus();
    await page.keyboard.press('Enter');
    await until(async () => (await other.rows.count()) < Number(wide.split(' ')[0]), { what: 'fewer rows' });
    expect(columns(await other.run('clear; stty size'))).toBeLessThan(columns(wide));
    await sameScreens(an, other, ben);
    await an.field.focus();
    await first.page.keyboard.press('Enter');
    await until(async () => `${await an.run('stty size')}` === wide.split('\n')[0], {
      what: 'the wide window',
    });
    await sameScreens(an, other, ben);
  });

  it('E2E-45 a question of a program is answered once, however many windows see it', async () => {
    const ask =
      "clear; printf '\\033[6n'; IFS= read -rs -t 2 -d '' x; printf '%s' \"$x\" | tr '\\033' E; echo";
    expect(await an.run(ask)).toMatch(/^E\[1;1R$/);
    await first.context.pages()[1]?.close();
  });

  it('E2E-46 the keyboard changes hands while a command runs, and the command goes on', async () => {
    const size = await an.run('clear; stty size');
    await an.type(
      `clear; bash -c 'trap "echo とめた; exit" INT; for i in $(seq 2000); do echo 数$i; sleep 0.02; done'`,
    );
    await an.shows('数20');
    await handOver(an, ben);
    await ben.field.focus();
    await second.page.keyboard.press('Control+c');
    await until(async () =>
      (await ben.lines()).some((line) => line.endsWith('とめた') && !line.includes('trap')),
    );
    await ben.prompt();
    await an.prompt();
    await sameScreens(an, ben);
    expect(await ben.run('clear; stty size')).toBe(size);
    await an.field.focus();
    await first.page.keyboard.press('x');
    await says(an.toasts, 'いまは弁さんの番です');
    await handOver(ben, an);
  });

  it('E2E-46 a driver’s tab that is hidden and stands still holds up nobody, and is right when it comes back', async () => {
    await an.type('clear; cat /tmp/long /tmp/long /tmp/long');
    await until(async () => /^\d+ 土壌$/.test(await an.lastLine()), { what: 'lines of the file' });
    const asleep = await sleep(first);
    await second.page.bringToFront();
    await ben.prompt();
    await countsUp(ben, 250_000);
    await asleep.wake();
    await an.prompt();
    await countsUp(an, 250_000);
    await sameScreens(an, ben);
    expect(await an.run('echo 戻った')).toBe('戻った');
  });
});

/** What is in sight are the last lines of a count, each once and in order. */
async function countsUp(lab: LabPage, last: number): Promise<void> {
  const counted = (await lab.lines()).filter((line) => line.endsWith(' 土壌'));
  expect(counted.length).toBeGreaterThan(10);
  const from = last - counted.length + 1;
  expect(counted).toEqual(counted.map((_, i) => `${String(from + i).padStart(6, '0')} 土壌`));
}

function columns(size: string): number {
  return Number(size.split(' ')[1]);
}

/** Every cell is inside of its window. */
function fits({ page }: LabPage): Promise<boolean> {
  return page.locator('.xterm-screen').evaluate((screen) => {
    const [inner, outer] = [screen, screen.closest('.terminal-pane')].map((one) =>
      one?.getBoundingClientRect(),
    );
    return (
      inner !== undefined && outer !== undefined && inner.right <= outer.right && inner.bottom <= outer.bottom
    );
  });
}

/** A tab in the background that gets no time at all: it says that it is hidden, and then nothing runs. */
async function sleep({ context, page }: Visitor) {
  const cdp = await context.newCDPSession(page);
  // Chromium under automation says `visible` whatever lies before the window.
  const hide = (on: boolean) =>
    page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event('visibilitychange'));
    }, on);
  await hide(true);
  await cdp.send('Debugger.enable');
  const paused = new Promise((resolve) => cdp.once('Debugger.paused', resolve));
  await cdp.send('Debugger.pause');
  await paused;
  return {
    wake: async () => {
      await cdp.send('Debugger.disable');
      await page.bringToFront();
      await hide(false);
    },
  };
}
